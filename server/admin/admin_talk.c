/* admin_talk -- one command's conversation with the clerk. */
#include "admin/admin.h"

#include "base/clock.h"
#include "base/str.h"
#include "link/link.h"
#include "tui/text.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

enum { CONNECT_MS = 3000, NOT_RUNNING = 3 };

struct talk {
	const struct admin_opts *o;
	struct link *link;
	struct admin_out *out;
	struct msg_admin_req *req;
	uint32_t no;			/* of our request                    */
	FILE *data;
	uint64_t data_sent, data_size;
	bool data_done, up, ended;
	int status;
	int64_t heard_ms;
};

static void send_data(struct talk *t)
{
	struct msg_admin_data *m;

	if (!t->data || t->data_done)
		return;
	m = calloc(1, sizeof(*m));
	if (!m)
		return;
	m->chunk_len = (uint32_t)fread(m->chunk, 1, MSG_ADMIN_CHUNK, t->data);
	m->last = m->chunk_len < MSG_ADMIN_CHUNK;
	t->data_done = m->last;
	t->data_sent += m->chunk_len;
	if (link_send_as(t->link, MSG_ADMIN_DATA, t->no, m)) {
		fprintf(stderr, _("waihu: the server is gone\n"));
		t->ended = true;
		t->status = EX_UNAVAILABLE;
	}
	admin_progress(t->out, t->data_sent, t->data_size);
	free(m);
}

static void begin(struct talk *t)
{
	if (link_send(t->link, MSG_ADMIN_REQ, t->req, &t->no)) {
		t->ended = true;
		t->status = EX_UNAVAILABLE;
		return;
	}
	t->up = true;
	send_data(t);
}

static void on_in(void *arg, const struct msg_login_ok *ok)
{
	struct talk *t = arg;

	if (t->up) {			/* came back: the answer is lost */
		fprintf(stderr, _("waihu: the link broke; ask again\n"));
		t->ended = true;
		t->status = EX_TEMPFAIL;
	} else if (ok->role != MSG_ROLE_ADMIN) {
		fprintf(stderr, _("waihu: this user is no administrator\n"));
		t->ended = true;
		t->status = EX_NOPERM;
	} else {
		begin(t);
	}
}

static void on_ask(void *arg, const struct msg_welcome *w UNUSED)
{
	struct talk *t = arg;
	char pass[130] = "";
	FILE *f = t->o->pass_file ? fopen(t->o->pass_file, "re") : NULL;

	if (f) {
		if (!fgets(pass, sizeof(pass), f))
			*pass = '\0';
		fclose(f);
	}
	pass[strcspn(pass, "\r\n")] = '\0';
	if (!t->o->user || link_login(t->link, t->o->user, pass, false)) {
		fprintf(stderr, _("waihu: not an administrator here: use --user "
			"and --password-file, or the group waihu-admin\n"));
		t->ended = true;
		t->status = EX_NOPERM;
	}
	explicit_bzero(pass, sizeof(pass));
}

static void on_message(void *arg, enum msg_type type, uint32_t req,
		       const void *obj)
{
	struct talk *t = arg;
	const struct msg_admin_rep *m = obj;
	const struct msg_refused *no = obj;
	char text[1024];
	struct clock c;

	clock_init_real(&c);
	t->heard_ms = clock_now(&c).mono_ms;
	if (type == MSG_REFUSED) {
		fprintf(stderr, "waihu: %s\n",
			*no->text ? no->text
				  : gettext(msg_refusal_text(no->code)));
		t->ended = true;
		t->status = no->code == MSG_NO_LOGIN ? EX_NOPERM : 1;
	} else if (type == MSG_OK && req == t->no) {
		send_data(t);
	} else if (type == MSG_ADMIN_REP && req == t->no) {
		admin_out_bytes(t->out, m->chunk, m->chunk_len);
		if (m->more)
			return;
		t->ended = true;
		t->status = m->exit;
		if (!t->status && !admin_out_columns(t->out))
			t->status = EX_USAGE;
		t->out = admin_out_free(t->out);
		if (*m->error) {
			admin_refusal(m, text, sizeof(text));
			fflush(stdout);
			fprintf(stderr, "waihu: %s\n", text);
		}
	}
}

/*
 * Nobody answers: said at once, with what to do next.  Status has its own
 * exit code for it, as systemctl has (UX.md 3.1).
 */
static void unreachable(struct talk *t, const char *why)
{
	static const char local[] = "ipc://";
	bool status = str_eq(t->req->argv[0].word, "status");
	const char *path = t->o->url + strlen(local);

	t->ended = true;
	t->status = status ? NOT_RUNNING : EX_UNAVAILABLE;
	/* It runs, but is another one, or somebody in between. */
	if (strstr(why, "CERTIFICATE") || strstr(why, "certificate")) {
		fprintf(stderr, "waihu: %s\n", why);
		t->status = EX_NOPERM;
		return;
	}
	if (strncmp(t->o->url, local, strlen(local))) {
		fprintf(stderr, _("waihu: %s (is waihud running there?)\n"),
			why);
		return;
	}
	if (access(path, W_OK) && errno == EACCES) {
		fprintf(stderr, _("waihu: %s: not for you: be root or of the "
			"group waihu-admin, or use --server and --user\n"),
			path);
		t->status = EX_NOPERM;
		return;
	}
	fprintf(stderr, _("waihu: nobody answers at %s (is waihud running?)\n"
		"waihu: start it: systemctl start waihud, or waihud -c FILE; "
		"another socket: --socket PATH or $WAIHU_SOCKET\n"), path);
}

static void on_lost(void *arg, const char *why)
{
	struct talk *t = arg;

	if (!t->up) {
		unreachable(t, why);
		return;
	}
	fprintf(stderr, "waihu: %s\n", why);
	t->ended = true;
	t->status = EX_TEMPFAIL;
}

static void converse(struct talk *t)
{
	static const struct link_handlers h = {
		.ask = on_ask, .in = on_in, .message = on_message,
		.lost = on_lost };
	struct clock c;
	int64_t start;

	clock_init_real(&c);
	start = t->heard_ms = clock_now(&c).mono_ms;
	while (!t->ended) {
		struct now now = clock_now(&c);
		struct pollfd p = { .fd = link_fd(t->link), .events = POLLIN };
		int64_t wait = link_due_ms(t->link, now.mono_ms) -
			       now.mono_ms;

		if (t->o->limit_ms)
			wait = MIN(wait, start + t->o->limit_ms - now.mono_ms);
		poll(&p, 1, (int)MIN(MAX(wait, 0), 200));
		now = clock_now(&c);
		link_run(t->link, now, &h, t);
		if (t->ended)
			return;
		if (t->o->limit_ms && now.mono_ms - start >= t->o->limit_ms)
			return;
		if (!t->up && now.mono_ms - start > CONNECT_MS) {
			unreachable(t, link_text(t->link));
			return;
		}
		/* Without --timeout the link's own heartbeat judges. */
		if (t->up && t->o->timeout_s && now.mono_ms - t->heard_ms >
				     t->o->timeout_s * 1000LL) {
			fprintf(stderr, _("waihu: no answer for %d s\n"),
				t->o->timeout_s);
			t->status = EX_TEMPFAIL;
			return;
		}
	}
}

int admin_talk(const struct admin_opts *o, struct msg_admin_req *req,
	       FILE *data, const char *reject_path)
{
	char pins[512];
	struct stat st;
	struct link_conf conf = { .url = o->url, .program = "waihu",
				  .lang = o->lang, .pin_file = pins };
	struct talk t = { .o = o, .req = req, .data = data,
			  .status = EX_UNAVAILABLE };

	link_pin_file(pins, sizeof(pins));
	if (data && !fstat(fileno(data), &st) && S_ISREG(st.st_mode))
		t.data_size = (uint64_t)st.st_size;
	if (link_new(&t.link, &conf)) {
		fprintf(stderr, _("waihu: %s: not an address of a server\n"),
			o->url);
		return EX_USAGE;
	}
	t.out = admin_out_new(o, req->argv[0].word,
			      req->argv_count > 1 ? req->argv[1].word : "",
			      reject_path);
	if (t.out)
		converse(&t);
	admin_out_free(t.out);
	link_free(t.link);
	return t.status;
}
