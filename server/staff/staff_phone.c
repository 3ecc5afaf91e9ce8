/* staff_phone -- which telephones a terminal may name for itself. */
#include "staff/staff.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

enum { HOST_SIZE = 64 };

static bool is_of(char c, const char *more)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr(more, c));
}

/*
 * sip:[user@]host[:port] and nothing else: no parameter or header (RFC 3261
 * 19.1.1) that would send the call elsewhere than the host says.
 */
static bool host_of(const char *uri, char host[HOST_SIZE])
{
	const char *s = uri + 4, *at, *end, *marks = ".-";
	int64_t port;

	if (strncmp(uri, "sip:", 4))
		return false;
	at = strchr(s, '@');
	for (const char *u = s; at && u < at; u++)
		if (!is_of(*u, "._+-"))
			return false;
	if (at == s)
		return false;
	s = at ? at + 1 : s;
	if (*s == '[') {
		end = strchr(++s, ']');
		marks = ":.";
	} else {
		end = s + strcspn(s, ":");
	}
	/* What is cut would be another host. */
	if (!end || !str_fmt(host, HOST_SIZE, "%.*s", (int)(end - s), s))
		return false;
	for (const char *h = host; *h; h++)
		if (!is_of(*h, marks))
			return false;
	end += *end == ']';
	if (!*host || (*end && *end != ':'))
		return false;
	return !*end || !str_to_i64(end + 1, 1, 65535, &port);
}

/* Of an IPv4 or IPv6 address, its bytes; 0: it is a name. */
static size_t bytes_of(const char *host, uint8_t b[16])
{
	if (inet_pton(AF_INET, host, b) == 1)
		return 4;
	return inet_pton(AF_INET6, host, b) == 1 ? 16 : 0;
}

/* "192.0.2.0/24" */
static bool net_of(const char *net, uint8_t b[16], size_t *n, int64_t *bits)
{
	const char *slash = strchr(net, '/');
	char host[HOST_SIZE];

	str_fmt(host, sizeof(host), "%.*s",
		(int)(slash ? slash - net : (long)strlen(net)), net);
	*n = bytes_of(host, b);
	*bits = (int64_t)*n * 8;
	return *n && (!slash || !str_to_i64(slash + 1, 0, *bits, bits));
}

bool staff_is_net(const char *net)
{
	uint8_t b[16];
	int64_t bits;
	size_t n;

	if (net_of(net, b, &n, &bits))
		return true;
	for (const char *s = net; *s; s++)
		if (!is_of(*s, ".-"))
			return false;
	/* "10.1" or "1.2.3.400" was meant as an address. */
	return *net && strspn(net, "0123456789.") < strlen(net);
}

bool staff_phone_in(const char *uri, const char *net)
{
	uint8_t host_b[16], net_b[16];
	char host[HOST_SIZE];
	size_t host_n, net_n;
	int64_t bits;

	if (!host_of(uri, host))
		return false;
	host_n = bytes_of(host, host_b);
	if (!net_of(net, net_b, &net_n, &bits))
		return !host_n && !strcasecmp(host, net);
	if (host_n != net_n)
		return false;
	for (int64_t i = 0; i < bits; i++)
		if ((host_b[i / 8] ^ net_b[i / 8]) >> (7 - i % 8) & 1)
			return false;
	return true;
}

bool staff_phone_uri(const char *uri)
{
	char host[HOST_SIZE];

	return host_of(uri, host);
}
