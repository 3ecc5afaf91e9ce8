/*
 * module -- our part inside baresip: a loadable "application" module.
 *
 * It listens on the socket the parent handed over, carries out its few
 * commands, and tells what happens on the line.  When the parent is gone the
 * socket reads 0 and baresip is asked to end: no phone is left behind.
 *
 * Debian ships no baresip headers.  The slice of its ABI used here is
 * declared by hand below: strings, numbers and opaque pointers only, all
 * found in baresip 1.0.0's symbol table; phone.c refuses other versions.
 * Everything runs on baresip's own loop, so nothing is locked.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <re.h>

#include "phone/phone_wire.h"

/* ---- baresip's ABI ----------------------------------------------------- */

struct ua;
struct call;
struct audio;
struct commands;

typedef void(ua_event_h)(struct ua *ua, int ev, struct call *call,
			 const char *prm, void *arg);
typedef void(log_h)(uint32_t level, const char *msg);
struct log {
	struct le le;
	log_h *h;
};

int uag_event_register(ua_event_h *eh, void *arg);
void uag_event_unregister(ua_event_h *eh);
int event_encode_dict(struct odict *od, struct ua *ua, int ev,
		      struct call *call, const char *prm);
struct commands *baresip_commands(void);
int cmd_process_long(struct commands *commands, const char *str, size_t len,
		     struct re_printf *pf_resp, void *data);
struct audio *call_audio(const struct call *call);
void audio_mute(struct audio *a, bool muted);
int call_send_digit(struct call *call, char key);
void ua_hangup(struct ua *ua, struct call *call, uint16_t scode,
	       const char *reason);
void log_register_handler(struct log *log);
void log_unregister_handler(struct log *log);

enum { LEVEL_WARN = 2, KEY_RELEASED = 0x04 };

/* A key is held for 100 ms with 80 ms between: RFC 4733 2.5.1.3 leaves it to
 * us; most receivers ask for 40 ms or more. */
enum { KEY_MS = 100, KEY_GAP_MS = 80 };

/* ---- our state: one module, one line ----------------------------------- */

static struct {
	int fd;
	struct call *call;	/* the line, from dialling to its end        */
	struct tmr ready, keys_tmr;
	char keys[PHONE_DIGITS_MAX + 1];
	size_t keys_n, keys_at;
	bool dialling;		/* from a dial to its first event            */
	bool rejecting;		/* events now are of a stranger's call       */
	bool key_down, muted, in_log;
	struct log log;
} me = { .fd = -1 };

static void tell(enum phone_wire_kind kind, int32_t value, const char *text)
{
	struct phone_wire w = { PHONE_WIRE_VERSION, (uint8_t)kind, 0, value,
				"" };

	if (me.fd < 0)
		return;
	str_ncpy(w.text, text ? text : "", sizeof(w.text));
	/* A parent that does not read loses levels first, then all else; it
	 * is never waited for. */
	(void)send(me.fd, &w, sizeof(w), MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* Warnings go to the parent: it has no other way to learn that a sound
 * device is missing.  Sending must not warn in turn. */
static void log_handler(uint32_t level, const char *msg)
{
	if (level < LEVEL_WARN || me.in_log)
		return;
	me.in_log = true;
	tell(WIRE_WARN, (int32_t)level, msg);
	me.in_log = false;
}

/* ---- keys -------------------------------------------------------------- */

static void keys_next(void *arg)
{
	(void)arg;
	if (!me.call) {
		me.keys_n = me.keys_at = 0;
		me.key_down = false;
		return;
	}
	if (me.key_down) {
		(void)call_send_digit(me.call, KEY_RELEASED);
		me.key_down = false;
		tmr_start(&me.keys_tmr, KEY_GAP_MS, keys_next, NULL);
		return;
	}
	if (me.keys_at == me.keys_n) {
		me.keys_n = me.keys_at = 0;
		return;
	}
	(void)call_send_digit(me.call, me.keys[me.keys_at++]);
	me.key_down = true;
	tmr_start(&me.keys_tmr, KEY_MS, keys_next, NULL);
}

static void keys_add(const char *text)
{
	bool idle = !tmr_isrunning(&me.keys_tmr);

	for (; *text && me.keys_n < PHONE_DIGITS_MAX; text++)
		me.keys[me.keys_n++] = *text;
	if (idle)
		keys_next(NULL);
}

/* ---- what the parent wants --------------------------------------------- */

static int answer_add(const char *p, size_t size, void *arg)
{
	struct mbuf *mb = arg;

	return mbuf_write_mem(mb, (const uint8_t *)p, size);
}

static void command(const char *text)
{
	struct mbuf *mb = mbuf_alloc(128);
	struct re_printf pf = { answer_add, mb };
	int err = mb ? cmd_process_long(baresip_commands(), text,
					strlen(text), &pf, NULL) : ENOMEM;

	if (err) {
		me.dialling = false;
		tell(WIRE_REFUSED, err, strerror(err));
	}
	mem_deref(mb);
}

static void obey(const struct phone_wire *w)
{
	char text[PHONE_WIRE_TEXT + 8];

	switch (w->kind) {
	case WIRE_DIAL:
		if (re_snprintf(text, sizeof(text), "dial %s", w->text) > 0) {
			me.dialling = true;
			command(text);
		}
		break;
	case WIRE_HANGUP:
		if (me.call || me.dialling)
			command("hangup");
		else
			tell(WIRE_DOWN, 0, "no line");
		break;
	case WIRE_MUTE:
		me.muted = w->value != 0;
		if (me.call)
			audio_mute(call_audio(me.call), me.muted);
		break;
	case WIRE_DIGITS:
		keys_add(w->text);
		break;
	case WIRE_PING:
		tell(WIRE_PONG, w->value, NULL);
		break;
	default:
		break;
	}
}

static void readable(int flags, void *arg)
{
	struct phone_wire w;

	(void)flags;
	(void)arg;
	for (;;) {
		ssize_t n = recv(me.fd, &w, sizeof(w), MSG_DONTWAIT);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0)
			break;
		w.text[sizeof(w.text) - 1] = '\0';
		if (n == sizeof(w) && w.version == PHONE_WIRE_VERSION)
			obey(&w);
	}
	fd_close(me.fd);
	close(me.fd);
	me.fd = -1;
	re_cancel();
}

/* ---- what happens on the line ------------------------------------------ */

static void line_over(struct call *call, const char *why)
{
	if (!me.call || call != me.call)
		return;
	me.call = NULL;
	me.dialling = false;
	tell(WIRE_DOWN, 0, why);
}

static void on_event(const char *type, struct ua *ua, struct call *call,
		     const char *prm)
{
	if (!strcmp(type, "CALL_INCOMING")) {
		/* Nobody calls an agent's phone but by its open line. */
		me.rejecting = true;
		ua_hangup(ua, call, 403, "Forbidden");
		me.rejecting = false;
	} else if (me.rejecting) {
		return;
	} else if (!strcmp(type, "CALL_RINGING") ||
		   !strcmp(type, "CALL_PROGRESS")) {
		/* Ours: strangers' calls were refused above. */
		me.call = call;
		tell(WIRE_RINGING, 0, NULL);
	} else if (!strcmp(type, "CALL_ESTABLISHED")) {
		me.call = call;
		audio_mute(call_audio(call), me.muted);
		tell(WIRE_UP, 0, NULL);
	} else if (!strcmp(type, "CALL_CLOSED")) {
		if (!me.call && me.dialling)
			me.call = call;	/* it never rang */
		line_over(call, prm);
	} else if (!strcmp(type, "CALL_DTMF_START")) {
		tell(WIRE_DIGIT, prm ? prm[0] : 0, NULL);
	} else if (!strcmp(type, "VU_TX_REPORT") && prm) {
		tell(WIRE_MIC, (int32_t)lround(atof(prm)), NULL);
	} else if (!strcmp(type, "VU_RX_REPORT") && prm) {
		tell(WIRE_EAR, (int32_t)lround(atof(prm)), NULL);
	} else if (!strcmp(type, "AUDIO_ERROR")) {
		tell(WIRE_WARN, LEVEL_WARN, prm);
	}
}

static void event_handler(struct ua *ua, int ev, struct call *call,
			  const char *prm, void *arg)
{
	struct odict *od = NULL;
	const char *type;

	(void)arg;
	/* The numbers of events differ between versions, their names do not. */
	if (odict_alloc(&od, 8))
		return;
	if (!event_encode_dict(od, ua, ev, call, prm)) {
		type = odict_string(od, "type");
		if (type)
			on_event(type, ua, call, prm);
	}
	mem_deref(od);
}

/* ---- life -------------------------------------------------------------- */

static void ready(void *arg)
{
	(void)arg;
	tell(WIRE_READY, 0, NULL);
}

static int module_start(void)
{
	const char *text = getenv(PHONE_WIRE_ENV);
	int err;

	if (!text || !*text)
		return EBADF;
	me.fd = atoi(text);
	me.log.h = log_handler;
	log_register_handler(&me.log);
	err = uag_event_register(event_handler, NULL);
	if (!err)
		err = fd_listen(me.fd, FD_READ, readable, NULL);
	tmr_init(&me.keys_tmr);
	tmr_init(&me.ready);
	/* The first turn of the loop: by then everything is loaded. */
	tmr_start(&me.ready, 0, ready, NULL);
	return err;
}

static int module_stop(void)
{
	tmr_cancel(&me.ready);
	tmr_cancel(&me.keys_tmr);
	uag_event_unregister(event_handler);
	log_unregister_handler(&me.log);
	if (me.fd >= 0) {
		fd_close(me.fd);
		close(me.fd);
		me.fd = -1;
	}
	return 0;
}

const struct mod_export exports = {
	"waihu_phone", "application", module_start, module_stop
};
