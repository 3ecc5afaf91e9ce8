/*
 * phone -- the parent's side: the child's life and the line's life.
 *
 *   child   none -> starting -> running -> none ...   (again after a pause)
 *   line    idle -> dialling -> up -> waiting -> dialling ...
 *
 * Both pauses grow from half a second to RETRY_MAX_MS and begin anew after
 * STEADY_MS without a loss.  Time comes in with phone_pump.
 */
#include "phone/phone_priv.h"

#include "base/str.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	RETRY_MIN_MS = 500,
	RETRY_MAX_MS = 30000,
	STEADY_MS = 60000,
	START_MS = 5000,	/* until the child must be ready             */
	DIAL_MS = 70000,	/* baresip gives up at 60 s                  */
	PING_MS = 5000,		/* a child that does not answer the last one */
	PUMP_MAX = 64,		/* messages a turn                           */
};

enum child_state { CHILD_NONE, CHILD_STARTING, CHILD_RUNNING };
enum line_state { LINE_IDLE, LINE_DIALLING, LINE_UP, LINE_WAITING };

struct phone {
	struct phone_setup setup;
	struct phone_child child;
	char version[32];
	char heard_warning[sizeof(((struct phone_event *)0)->text)];
	enum child_state cs;
	enum line_state ls;
	bool want;		/* a line                                    */
	bool redial_now;	/* another URI was asked for meanwhile       */
	bool muted;
	int64_t now_ms;		/* of the last pump                          */
	int64_t child_due_ms;	/* starting: give up; none: start again      */
	int64_t line_due_ms;	/* dialling: give up; waiting: dial          */
	int64_t child_pause_ms, line_pause_ms;
	int64_t since_ms;	/* child or line in its good state           */
	int64_t ping_due_ms;
	bool pinged;
};

static const char *const words[] = {
#define X(name, word) [name] = word,
	PHONE_EVENTS(X)
#undef X
};

const char *phone_event_word(enum phone_event_kind kind)
{
	return (unsigned)kind < ARRAY_LEN(words) ? words[kind] : "?";
}

/* Who listens, for the length of a pump. */
struct ear {
	phone_event_h *h;
	void *arg;
};

static void raise_ev(const struct ear *ear, enum phone_event_kind kind,
		     int64_t value, const char *text)
{
	struct phone_event ev = { .kind = kind, .value = value };

	str_copy(ev.text, sizeof(ev.text), text);
	for (char *p = ev.text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = p[1] ? '?' : '\0';
	if (!str_is_utf8(ev.text, strlen(ev.text)))
		for (char *p = ev.text; *p; p++)
			if ((unsigned char)*p > 0x7e)
				*p = '?';
	ear->h(&ev, ear->arg);
}

static enum err tell(struct phone *p, enum phone_wire_kind kind,
		     int32_t value, const char *text)
{
	struct phone_wire w = { PHONE_WIRE_VERSION, (uint8_t)kind, 0, value,
				"" };

	if (p->child.fd < 0)
		return ERR_CLOSED;
	if (!str_copy(w.text, sizeof(w.text), text))
		return ERR_ARG;
	if (send(p->child.fd, &w, sizeof(w), MSG_NOSIGNAL) != sizeof(w))
		return errno == EAGAIN ? ERR_AGAIN : ERR_CLOSED;
	return ERR_OK;
}

static int64_t grow(int64_t *pause_ms)
{
	int64_t now = *pause_ms;

	*pause_ms = MIN(now * 2, RETRY_MAX_MS);
	return now;
}

/* ---- the line ---------------------------------------------------------- */

static void line_dial(struct phone *p, const struct ear *ear)
{
	p->ls = LINE_DIALLING;
	p->line_due_ms = p->now_ms + DIAL_MS;
	p->redial_now = false;
	p->heard_warning[0] = '\0';
	raise_ev(ear, PHONE_CALLING, 0, p->setup.server_uri);
	if (tell(p, WIRE_DIAL, 0, p->setup.server_uri)) {
		p->ls = LINE_WAITING;
		p->line_due_ms = p->now_ms + grow(&p->line_pause_ms);
	}
}

/* The line ended: again after a pause, unless it was hung up. */
static void line_over(struct phone *p, const struct ear *ear, const char *why)
{
	if (p->ls == LINE_UP && p->now_ms - p->since_ms >= STEADY_MS)
		p->line_pause_ms = RETRY_MIN_MS;
	if (!p->want) {
		p->ls = LINE_IDLE;
		raise_ev(ear, PHONE_CLOSED, 0, why);
		return;
	}
	int64_t pause = p->redial_now ? 0 : grow(&p->line_pause_ms);

	p->ls = LINE_WAITING;
	p->line_due_ms = p->now_ms + pause;
	raise_ev(ear, PHONE_LOST, pause, why && *why ? why : "line closed");
}

/* ---- the child --------------------------------------------------------- */

static void child_start(struct phone *p, const struct ear *ear)
{
	char why[160];

	if (phone_child_start(&p->setup, &p->child, why, sizeof(why))) {
		int64_t pause = grow(&p->child_pause_ms);

		p->child_due_ms = p->now_ms + pause;
		raise_ev(ear, PHONE_GONE, pause, why);
		return;
	}
	p->cs = CHILD_STARTING;
	p->child_due_ms = p->now_ms + START_MS;
}

static void child_over(struct phone *p, const struct ear *ear,
		       const char *why)
{
	if (p->cs == CHILD_RUNNING && p->now_ms - p->since_ms >= STEADY_MS)
		p->child_pause_ms = RETRY_MIN_MS;
	phone_child_end(&p->child, 0);
	p->cs = CHILD_NONE;
	p->ls = LINE_IDLE;

	int64_t pause = grow(&p->child_pause_ms);

	p->child_due_ms = p->now_ms + pause;
	raise_ev(ear, PHONE_GONE, pause, why);
}

static void child_ready(struct phone *p, const struct ear *ear)
{
	phone_child_tidy(&p->child);
	p->cs = CHILD_RUNNING;
	p->since_ms = p->now_ms;
	p->ping_due_ms = p->now_ms + PING_MS;
	p->pinged = false;
	raise_ev(ear, PHONE_READY, 0, p->version);
	/* Without sound the source's tone must never be heard. */
	if (p->muted || p->setup.sound == PHONE_NONE)
		(void)tell(p, WIRE_MUTE, 1, NULL);
	if (p->want)
		line_dial(p, ear);
}

/* Of baresip's warnings those of the sound devices matter to a person; each
 * is told once a dial. */
static void warned(struct phone *p, const struct ear *ear, const char *text)
{
	static const char *const about[] = { "alsa: ", "aufile: ", "0,",
					     "sndfile: " };

	for (size_t i = 0; i < ARRAY_LEN(about); i++) {
		size_t n = strlen(about[i]);

		if (strncmp(text, about[i], n))
			continue;
		if (str_eq(about[i], "0,"))
			text += n;
		if (!strncmp(text, p->heard_warning,
			     sizeof(p->heard_warning) - 1))
			return;
		str_copy(p->heard_warning, sizeof(p->heard_warning), text);
		raise_ev(ear, PHONE_SOUND, 0, text);
		return;
	}
}

static void heard(struct phone *p, const struct ear *ear,
		  const struct phone_wire *w)
{
	switch (w->kind) {
	case WIRE_READY:
		if (p->cs == CHILD_STARTING)
			child_ready(p, ear);
		break;
	case WIRE_REFUSED:
	case WIRE_DOWN:
		if (p->ls == LINE_DIALLING || p->ls == LINE_UP)
			line_over(p, ear, w->text);
		break;
	case WIRE_RINGING:
		if (p->ls == LINE_DIALLING)
			raise_ev(ear, PHONE_RINGING, 0, NULL);
		break;
	case WIRE_UP:
		p->ls = LINE_UP;
		p->since_ms = p->now_ms;
		raise_ev(ear, PHONE_UP, 0, NULL);
		break;
	case WIRE_DIGIT:
		raise_ev(ear, PHONE_DTMF, w->value, NULL);
		break;
	case WIRE_MIC:
		raise_ev(ear, PHONE_MIC, w->value, NULL);
		break;
	case WIRE_EAR:
		raise_ev(ear, PHONE_EAR, w->value, NULL);
		break;
	case WIRE_WARN:
		warned(p, ear, w->text);
		break;
	case WIRE_PONG:
		p->pinged = false;
		break;
	default:
		break;
	}
}

static void read_all(struct phone *p, const struct ear *ear)
{
	struct phone_wire w;

	for (int i = 0; i < PUMP_MAX && p->child.fd >= 0; i++) {
		ssize_t n = recv(p->child.fd, &w, sizeof(w), MSG_DONTWAIT);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			child_over(p, ear, "the phone program ended");
			return;
		}
		w.text[sizeof(w.text) - 1] = '\0';
		if (n == sizeof(w) && w.version == PHONE_WIRE_VERSION)
			heard(p, ear, &w);
	}
}

/* ---- time -------------------------------------------------------------- */

static void run_timers(struct phone *p, const struct ear *ear)
{
	if (p->cs == CHILD_NONE && p->now_ms >= p->child_due_ms)
		child_start(p, ear);
	else if (p->cs == CHILD_STARTING && p->now_ms >= p->child_due_ms)
		child_over(p, ear, "the phone program did not get ready");
	if (p->cs != CHILD_RUNNING)
		return;
	if (p->now_ms >= p->ping_due_ms) {
		if (p->pinged) {
			child_over(p, ear, "the phone program hangs");
			return;
		}
		p->pinged = true;
		p->ping_due_ms = p->now_ms + PING_MS;
		(void)tell(p, WIRE_PING, 0, NULL);
	}
	if (p->ls == LINE_WAITING && p->now_ms >= p->line_due_ms) {
		line_dial(p, ear);
	} else if (p->ls == LINE_DIALLING && p->now_ms >= p->line_due_ms) {
		(void)tell(p, WIRE_HANGUP, 0, NULL);
		line_over(p, ear, "no answer");
	}
}

void phone_pump(struct phone *p, int64_t mono_ms, phone_event_h *h, void *arg)
{
	struct ear ear = { h, arg };

	p->now_ms = mono_ms;
	if (p->child_due_ms == INT64_MAX)
		p->child_due_ms = mono_ms + START_MS;
	read_all(p, &ear);
	run_timers(p, &ear);
}

int64_t phone_due_ms(const struct phone *p)
{
	int64_t due = p->cs == CHILD_RUNNING ? p->ping_due_ms :
					       p->child_due_ms;

	if (due == INT64_MAX)
		return 0;	/* not pumped yet */
	if (p->cs == CHILD_RUNNING &&
	    (p->ls == LINE_WAITING || p->ls == LINE_DIALLING))
		due = MIN(due, p->line_due_ms);
	return due;
}

int phone_fd(const struct phone *p)
{
	return p->child.fd;
}

/* ---- wishes ------------------------------------------------------------ */

enum err phone_start(const struct phone_conf *conf, struct phone **out,
		     char *why, size_t why_size)
{
	struct phone *p = calloc(1, sizeof(*p));
	enum err e = p ? phone_setup_read(conf, &p->setup, why, why_size) :
			 ERR_MEMORY;

	if (!e)
		e = phone_version(&p->setup, p->version, sizeof(p->version),
				  why, why_size);
	if (!e)
		e = phone_child_start(&p->setup, &p->child, why, why_size);
	if (e) {
		free(p);
		return e;
	}
	p->cs = CHILD_STARTING;
	p->want = true;
	p->child_due_ms = INT64_MAX;	/* counted from the first pump */
	p->child_pause_ms = p->line_pause_ms = RETRY_MIN_MS;
	*out = p;
	return ERR_OK;
}

struct phone *phone_free(struct phone *p)
{
	if (!p)
		return NULL;
	phone_child_end(&p->child, 1000);
	explicit_bzero(p->setup.password, sizeof(p->setup.password));
	free(p);
	return NULL;
}

enum err phone_dial(struct phone *p, const char *uri)
{
	struct phone_conf conf = { .server_uri = uri };
	struct phone_setup checked = p->setup;
	char why[160];

	if (!uri || !str_copy(checked.server_uri, sizeof(checked.server_uri),
			      uri))
		return ERR_ARG;
	conf.sound = PHONE_NONE;
	conf.module = p->setup.module;
	conf.baresip = p->setup.baresip;
	if (phone_setup_read(&conf, &(struct phone_setup){ .sound = 0 }, why,
			     sizeof(why)))
		return ERR_ARG;
	p->setup = checked;
	p->want = true;
	p->redial_now = true;
	if (p->cs != CHILD_RUNNING)
		return p->child.fd < 0 ? ERR_CLOSED : ERR_OK;
	if (p->ls == LINE_UP || p->ls == LINE_DIALLING)
		return tell(p, WIRE_HANGUP, 0, NULL);
	p->ls = LINE_WAITING;
	p->line_due_ms = p->now_ms;
	return ERR_OK;
}

enum err phone_hangup(struct phone *p)
{
	p->want = false;
	if (p->child.fd < 0)
		return ERR_CLOSED;
	if (p->ls == LINE_WAITING)
		p->ls = LINE_IDLE;
	if (p->ls == LINE_IDLE)
		return ERR_STATE;
	return tell(p, WIRE_HANGUP, 0, NULL);
}

enum err phone_mute(struct phone *p, bool on)
{
	p->muted = on;
	if (p->setup.sound == PHONE_NONE)
		return ERR_OK;	/* it says nothing anyhow */
	return tell(p, WIRE_MUTE, on, NULL);
}

enum err phone_dtmf(struct phone *p, const char *digits)
{
	size_t n = digits ? strspn(digits, "0123456789*#ABCD") : 0;

	if (!n || digits[n] || n > PHONE_DIGITS_MAX)
		return ERR_ARG;
	if (p->child.fd < 0)
		return ERR_CLOSED;
	if (p->ls != LINE_UP)
		return ERR_STATE;
	return tell(p, WIRE_DIGITS, 0, digits);
}

bool phone_is_up(const struct phone *p)
{
	return p->ls == LINE_UP;
}

bool phone_is_muted(const struct phone *p)
{
	return p->muted;
}

int phone_pid(const struct phone *p)
{
	return (int)p->child.pid;
}
