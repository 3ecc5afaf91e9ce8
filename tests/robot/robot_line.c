/*
 * robot_line -- a robot's open line: one INVITE, digest, RTP both ways.
 */
#include "robot/robot.h"

#include "base/str.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <re.h>

enum { AGAIN_MS = 1000, LOST_MS = 1500, LOSSES = 2 };

static void again_h(void *arg);

/* What is left of an ended session; the line itself stays. */
static void session_clear(struct robot_line *l)
{
	l->r->crew->counts.rtp_in += l->rtp.in;
	l->r->crew->counts.rtp_out += l->rtp.out;
	l->rtp.in = l->rtp.out = 0;
	l->sess = mem_deref(l->sess);
	l->sdp = mem_deref(l->sdp);
	l->audio = NULL;
	l->rtp.on = false;
	l->rtp.plays = 0;
	l->up = false;
}

static void lost(struct robot_line *l)
{
	struct crew *c = l->r->crew;

	c->counts.lines_lost += l->up && !c->stopping;
	session_clear(l);
	if (l->wanted && !c->stopping)
		loop_timer_start(l->again, AGAIN_MS);
	robot_line_changed(l->r);
}

static void close_h(int err, const struct sip_msg *msg, void *arg)
{
	struct robot_line *l = arg;

	if (l->r->crew->opt.verbose)
		fprintf(stderr, "robot %u: line closed: %d %u\n",
			l->r->number, err, msg ? msg->scode : 0);
	lost(l);
}

static void media_take(struct robot_line *l)
{
	const struct sa *to = sdp_media_raddr(l->audio);
	const struct sdp_format *f = sdp_media_rformat(l->audio, NULL);

	l->rtp.to.ip = htonl(sa_in(to));
	l->rtp.to.port = htons(sa_port(to));
	l->rtp.a_law = f && f->pt == 8;
	l->rtp.dtmf_pt = 101;
	l->rtp.on = true;
}

static int answer_h(const struct sip_msg *msg, void *arg)
{
	struct robot_line *l = arg;
	int err = sdp_decode(l->sdp, msg->mb, false);

	if (!err)
		media_take(l);
	return err;
}

/* A re-INVITE: the server's media moved. */
static int offer_h(struct mbuf **descp, const struct sip_msg *msg, void *arg)
{
	struct robot_line *l = arg;
	int err = 0;

	*descp = NULL;
	if (mbuf_get_left(msg->mb)) {
		err = sdp_decode(l->sdp, msg->mb, true);
		if (!err)
			media_take(l);
	}
	return err ? err : sdp_encode(descp, l->sdp, false);
}

static void established_h(const struct sip_msg *msg, void *arg)
{
	struct robot_line *l = arg;

	(void)msg;
	if (l->up)
		return;
	l->up = true;
	l->r->crew->counts.lines_up++;
	robot_line_changed(l->r);
}

static int auth_h(char **user, char **password, const char *realm, void *arg)
{
	const struct robot_line *l = arg;
	int err = str_dup(user, l->user);

	(void)realm;
	return err ? err : str_dup(password, l->password);
}

static int session_sdp(struct robot_line *l, struct mbuf **mb)
{
	struct sa sa;
	int err = sa_set_str(&sa, l->r->crew->opt.listen, 0);

	if (!err)
		err = sdp_session_alloc(&l->sdp, &sa);
	if (!err)
		err = sdp_media_add(&l->audio, l->sdp, "audio", l->rtp.port,
				    "RTP/AVP");
	if (!err)
		err = sdp_format_add(NULL, l->audio, false, "8", "PCMA", 8000,
				     1, NULL, NULL, NULL, false, NULL);
	if (!err)
		err = sdp_format_add(NULL, l->audio, false, "0", "PCMU", 8000,
				     1, NULL, NULL, NULL, false, NULL);
	if (!err)
		err = sdp_format_add(NULL, l->audio, false, "101",
				     "telephone-event", 8000, 1, NULL, NULL,
				     NULL, false, "0-15");
	return err ? err : sdp_encode(mb, l->sdp, true);
}

static void dial(struct robot_line *l)
{
	struct crew *c = l->r->crew;
	struct mbuf *mb = NULL;
	char from[160], user[96];
	const char *at = strchr(l->uri, '@');
	int err;

	str_copy(user, sizeof(user), l->user);
	str_fmt(from, sizeof(from), "sip:%s@%.*s", l->user,
		at ? (int)strcspn(at + 1, ";>") : 9, at ? at + 1 : "localhost");
	err = session_sdp(l, &mb);
	if (!err)
		err = sipsess_connect(&l->sess, c->sock, l->uri, NULL, from,
				      user, NULL, 0, "application/sdp", mb,
				      auth_h, l, false, offer_h, answer_h,
				      NULL, established_h, NULL, NULL, close_h,
				      l, NULL);
	mem_deref(mb);
	if (err)
		lost(l);
}

static void again_h(void *arg)
{
	struct robot_line *l = arg;

	if (l->wanted && !l->sess)
		dial(l);
}

void line_want(struct robot_line *l, const struct msg_login_ok *ok)
{
	/* A come-back has new credentials; a living line keeps its own. */
	str_copy(l->uri, sizeof(l->uri), ok->sip_dial);
	str_copy(l->user, sizeof(l->user), ok->sip_user);
	str_copy(l->password, sizeof(l->password), ok->sip_pass);
	l->wanted = l->uri[0] != '\0';
	if (l->wanted && !l->sess)
		dial(l);
}

void line_redial(struct robot_line *l)
{
	session_clear(l);
	if (l->wanted)
		dial(l);
}

void line_drop(struct robot_line *l)
{
	l->wanted = false;
	loop_timer_stop(l->again);
	session_clear(l);		/* libre sends the BYE */
}

void line_speak(struct robot_line *l, bool on)
{
	struct crew *c = l->r->crew;
	unsigned voice = l->r->number % SND_VOICES;

	l->rtp.plays = 0;
	if (!on)
		return;
	rtp_leg_play(&l->rtp, &c->sounds->hello[voice], 0, false, true);
	rtp_leg_play(&l->rtp, &c->sounds->talk[voice],
		     (size_t)chance_between(&l->r->chance, 0, 30) * 8000,
		     true, false);
}

/* As a telephone that is unplugged for a moment. */
static void lose(struct robot_line *l)
{
	double every_s = l->r->crew->opt.lose;
	int64_t now = robot_mono_ms();

	if (every_s <= 0 || !l->up || l->losses >= LOSSES)
		return;
	if (!l->lose_ms)
		l->lose_ms = now + (int64_t)(every_s * 1000);
	if (now < l->lose_ms)
		return;
	l->lose_ms = 0;
	l->losses++;
	l->r->crew->counts.lines_lost++;
	session_clear(l);
	robot_line_changed(l->r);
	loop_timer_start(l->again, LOST_MS);
}

void line_tick(struct robot_line *l)
{
	lose(l);
	if (l->rtp.on)
		rtp_leg_tick(&l->rtp);
}

enum err line_init(struct robot_line *l, struct robot *r)
{
	const struct robot_opt *o = &r->crew->opt;
	char path[512];
	enum err e;

	l->r = r;
	l->rtp.fd = -1;
	l->rtp.dtmf_pt = -1;
	if (o->probe)
		l->rtp.probe = (struct probe){ .says = 'A', .hears = 'C',
					.heard_at_us = -1 };
	l->rtp.ssrc = (uint32_t)(chance_unit(&r->chance) * 4294967295.0);
	str_fmt(path, sizeof(path), "%s/agent-%u.wav",
		o->record ? o->record : "", r->number);
	e = loop_timer_new(again_h, l, &l->again);
	return e ? e : rtp_leg_open(&l->rtp, o->listen,
				    o->record ? path : NULL);
}

void line_fini(struct robot_line *l)
{
	if (l->again)
		line_drop(l);
	l->again = loop_timer_free(l->again);
	if (l->r)
		rtp_leg_close(&l->rtp);
}

/* ---- all lines share one SIP socket -------------------------------------- */

/* Nobody calls a robot. */
static void invited_h(const struct sip_msg *msg, void *arg)
{
	struct crew *c = arg;

	(void)sip_treply(NULL, c->sip, msg, 486, "Busy Here");
}

/* "Do you still live?" inside the dialog, or outside. */
static bool request_h(const struct sip_msg *msg, void *arg)
{
	struct crew *c = arg;

	if (pl_strcmp(&msg->met, "OPTIONS"))
		return false;
	(void)sip_treply(NULL, c->sip, msg, 200, "OK");
	return true;
}

enum err lines_open(struct crew *c)
{
	struct sa sa;
	int err = sa_set_str(&sa, c->opt.listen, 0);

	if (!err)
		err = sip_alloc(&c->sip, NULL, 256, 256, 256, "waihu-robot",
				NULL, NULL);
	if (!err)
		err = sip_transp_add(c->sip, SIP_TRANSP_UDP, &sa);
	if (!err)
		err = sipsess_listen(&c->sock, c->sip, 256, invited_h, c);
	if (!err)
		err = sip_listen(NULL, c->sip, true, request_h, c);
	return err_from_errno(err);
}

void lines_close(struct crew *c)
{
	if (c->sock)
		sipsess_close_all(c->sock);
	c->sock = mem_deref(c->sock);
	if (c->sip)
		sip_close(c->sip, true);
	c->sip = mem_deref(c->sip);
}
