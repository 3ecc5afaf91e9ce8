#include "phone/sip_peer.h"

#include "base/str.h"

#include <arpa/inet.h>
#include <string.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <re.h>

#define REALM "waihu"
#define NONCE "0123456789abcdef"

static int udp(uint16_t *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) ||
	    getsockname(fd, (struct sockaddr *)&a, &len))
		return -1;
	*port = ntohs(a.sin_port);
	return fd;
}

bool peer_open(struct sip_peer *p)
{
	memset(p, 0, sizeof(*p));
	p->sip = udp(&p->sip_port);
	p->rtp = udp(&p->rtp_port);
	return p->sip >= 0 && p->rtp >= 0;
}

void peer_close(struct sip_peer *p)
{
	close(p->sip);
	close(p->rtp);
}

/* Copies the header lines that begin with name, with their line ends. */
static void headers(const char *msg, const char *name, char *out, size_t size)
{
	size_t n = strlen(name);

	for (const char *l = msg; l && *l; l = strstr(l, "\r\n"),
	     l = l ? l + 2 : NULL) {
		if (!strncmp(l, "\r\n", 2))
			return;
		if (!strncasecmp(l, name, n) && l[n] == ':')
			str_add(out, size, "%.*s\r\n",
				(int)strcspn(l, "\r\n"), l);
	}
}

static void value(const char *msg, const char *name, char *out, size_t size)
{
	char line[1024] = "";

	headers(msg, name, line, sizeof(line));
	line[strcspn(line, "\r\n")] = '\0';
	str_copy(out, size, *line ? line + strlen(name) + 2 : "");
}

static void reply(struct sip_peer *p, const char *msg, unsigned code,
		  const char *body, const struct sockaddr_in *to)
{
	char out[4096], tag[32] = ";tag=peer", line[512];

	str_fmt(out, sizeof(out), "SIP/2.0 %u %s\r\n", code,
		code == 200 ? "OK" : code == 180 ? "Ringing" : "Refused");
	headers(msg, "Via", out, sizeof(out));
	headers(msg, "From", out, sizeof(out));
	value(msg, "To", line, sizeof(line));
	str_add(out, sizeof(out), "To: %s%s\r\n", line,
		strstr(line, "tag=") ? "" : tag);
	headers(msg, "Call-ID", out, sizeof(out));
	headers(msg, "CSeq", out, sizeof(out));
	if (code == 401)
		str_add(out, sizeof(out), "WWW-Authenticate: Digest realm=\""
			REALM "\", nonce=\"" NONCE "\", algorithm=MD5\r\n");
	str_add(out, sizeof(out), "Contact: <sip:peer@127.0.0.1:%u>\r\n"
		"%sContent-Length: %zu\r\n\r\n%s", p->sip_port,
		*body ? "Content-Type: application/sdp\r\n" : "",
		strlen(body), body);
	sendto(p->sip, out, strlen(out), 0, (const struct sockaddr *)to,
	       sizeof(*to));
}

/* What a BYE in the other direction needs: From and To change places. */
static void remember(struct sip_peer *p, const char *msg)
{
	char from[256], to[256], id[256], contact[256];
	const char *m = strstr(msg, "m=audio ");

	value(msg, "From", from, sizeof(from));
	value(msg, "To", to, sizeof(to));
	value(msg, "Call-ID", id, sizeof(id));
	value(msg, "Contact", contact, sizeof(contact));
	str_fmt(p->dialog, sizeof(p->dialog), "From: %s;tag=peer\r\nTo: %s\r\n"
		"Call-ID: %s\r\n", to, from, id);
	const char *lt = strchr(contact, '<');

	str_fmt(p->target, sizeof(p->target), "%.*s",
		(int)strcspn(lt ? lt + 1 : contact, ">"),
		lt ? lt + 1 : contact);
	p->phone_rtp = m ? (uint16_t)atoi(m + 8) : 0;
	p->pt = m && strstr(m, "RTP/AVP 0") ? 0 : 8;
}

/* The text of name="..." in a header, "" if it is not there. */
static void quoted(const char *header, const char *name, char *out,
		   size_t size)
{
	const char *at = strstr(header, name);

	at = at ? strchr(at, '"') : NULL;
	str_fmt(out, size, "%.*s", at ? (int)strcspn(at + 1, "\"") : 0,
		at ? at + 1 : "");
}

/* RFC 2617 3.2.2 without qop, as the challenge offers none. */
static bool is_proof(const struct sip_peer *p, const char *header)
{
	uint8_t ha1[MD5_SIZE], ha2[MD5_SIZE], md[MD5_SIZE];
	char user[64], uri[200], response[64], want[64] = "";

	quoted(header, "username=", user, sizeof(user));
	quoted(header, "uri=", uri, sizeof(uri));
	quoted(header, "response=", response, sizeof(response));
	if (md5_printf(ha1, "%s:" REALM ":%s", p->user, p->password) ||
	    md5_printf(ha2, "INVITE:%s", uri) ||
	    md5_printf(md, "%w:" NONCE ":%w", ha1, sizeof(ha1), ha2,
		       sizeof(ha2)))
		return false;
	for (size_t i = 0; i < sizeof(md); i++)
		str_add(want, sizeof(want), "%02x", md[i]);
	return str_eq(user, p->user) && str_eq(response, want);
}

/* True when the INVITE may go on. */
static bool admitted(struct sip_peer *p, const char *msg,
		     const struct sockaddr_in *from)
{
	char header[600];

	if (!p->user)
		return true;
	value(msg, "Authorization", header, sizeof(header));
	if (*header && is_proof(p, header))
		return true;
	p->challenged += !*header;
	p->wrong += *header != '\0';
	reply(p, msg, *header ? 403 : 401, "", from);
	return false;
}

static void invite(struct sip_peer *p, const char *msg,
		   const struct sockaddr_in *from)
{
	char sdp[512];

	if (!admitted(p, msg, from))
		return;
	p->invites++;
	if (p->refuse) {
		reply(p, msg, p->refuse, "", from);
		return;
	}
	remember(p, msg);
	p->phone = *from;
	reply(p, msg, 180, "", from);
	str_fmt(sdp, sizeof(sdp), "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\n"
		"c=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %u RTP/AVP %u 101\r\n"
		"a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"
		"a=sendrecv\r\n", p->rtp_port, p->pt);
	reply(p, msg, 200, sdp, from);
	p->up = true;
}

static void hear_sip(struct sip_peer *p)
{
	char msg[4096];
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	ssize_t n;

	while ((n = recvfrom(p->sip, msg, sizeof(msg) - 1, 0,
			     (struct sockaddr *)&from, &len)) > 0) {
		msg[n] = '\0';
		if (!strncmp(msg, "INVITE ", 7)) {
			invite(p, msg, &from);
		} else if (!strncmp(msg, "ACK ", 4)) {
			p->acks++;
		} else if (!strncmp(msg, "BYE ", 4)) {
			p->byes++;
			p->up = false;
			reply(p, msg, 200, "", &from);
		} else if (strncmp(msg, "SIP/2.0", 7)) {
			reply(p, msg, 200, "", &from);
		}
	}
}

/* Silence in PCMU is 0xff or 0x7f, in PCMA 0xd5 or 0x55; a muted phone sends
 * one value only. */
static bool is_loud(const uint8_t *s, size_t n)
{
	size_t other = 0;

	for (size_t i = 0; i < n; i++)
		other += s[i] != s[0];
	return other > n / 4;
}

static void hear_rtp(struct sip_peer *p)
{
	static const char keys[] = "0123456789*#ABCD";
	uint8_t b[2048];
	ssize_t n;

	while ((n = recv(p->rtp, b, sizeof(b), 0)) > 0) {
		uint8_t pt = n > 12 ? b[1] & 0x7f : 0xff;
		uint32_t ts = n > 12 ? (uint32_t)b[4] << 24 | b[5] << 16 |
				       b[6] << 8 | b[7] : 0;

		if (pt == p->pt) {
			p->packets++;
			p->loud += is_loud(b + 12, (size_t)n - 12);
		} else if (pt == 101 && n >= 16 && b[12] < 16 &&
			   (b[13] & 0x80) && ts != p->last_key_ts) {
			p->last_key_ts = ts;	/* its end, sent three times */
			str_add(p->keys, sizeof(p->keys), "%c", keys[b[12]]);
		}
	}
}

void peer_pump(struct sip_peer *p)
{
	hear_sip(p);
	hear_rtp(p);
}

void peer_bye(struct sip_peer *p)
{
	char out[2048];

	str_fmt(out, sizeof(out), "BYE %s SIP/2.0\r\nVia: SIP/2.0/UDP "
		"127.0.0.1:%u;branch=z9hG4bK%u;rport\r\n%sCSeq: 1 BYE\r\n"
		"Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n", p->target,
		p->sip_port, p->invites, p->dialog);
	sendto(p->sip, out, strlen(out), 0, (struct sockaddr *)&p->phone,
	       sizeof(p->phone));
	p->up = false;
}

bool peer_talk(struct sip_peer *p)
{
	uint8_t b[172] = { 0x80, p->pt };
	struct sockaddr_in to = { .sin_family = AF_INET };

	if (!p->phone_rtp)
		return false;
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons(p->phone_rtp);
	b[2] = (uint8_t)(p->seq >> 8);
	b[3] = (uint8_t)p->seq++;
	for (int i = 0; i < 4; i++)
		b[4 + i] = (uint8_t)(p->ts >> (24 - 8 * i));
	p->ts += 160;
	b[11] = 1;
	for (int i = 0; i < 160; i++)
		b[12 + i] = i / 8 % 2 ? 0x90 : 0x10;
	return sendto(p->rtp, b, sizeof(b), 0, (struct sockaddr *)&to,
		      sizeof(to)) == sizeof(b);
}
