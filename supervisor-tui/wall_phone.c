#include "wall_phone.h"

#include <string.h>

#include "base/log.h"
#include "base/str.h"

struct heard {
	struct wall_model *m;
	unsigned todo;
};

static void on_phone(const struct phone_event *ev, void *arg)
{
	struct heard *h = arg;

	switch (ev->kind) {
	case PHONE_UP:
		log_info("phone", "line is open");
		wall_hint(h->m, ST_OK, _("Your line is open: you can listen."));
		break;
	case PHONE_LOST:
	case PHONE_GONE:
	case PHONE_SOUND:
		log_warn("phone", "%s %s", phone_event_word(ev->kind),
			 ev->text);
		wall_hint(h->m, ST_WATCH, "%s", *ev->text ? ev->text
			  : _("Your phone was lost; trying again."));
		break;
	default:
		return;
	}
	h->todo |= DO_REDRAW;
}

void wall_phone_start(struct wall_phone *w, struct wall_model *m,
		      const struct wall_options *o,
		      const struct msg_login_ok *ok)
{
	struct phone_conf c = {
		.server_uri = w->uri, .user = w->user, .mic = o->mic,
		.speaker = o->speaker,
		.sound = str_eq(o->sound, "none") ? PHONE_NONE :
			 str_eq(o->sound, "file") ? PHONE_FILE : PHONE_ALSA,
	};
	char why[200] = "";

	if (ok->phone_answer)
		wall_hint(m, ST_WATCH, _("The phone you asked for: %s"),
			  _(msg_word(MSG_WORDS_PHONE_ANSWER,
				     ok->phone_answer)));
	if (w->phone || !str_eq(o->phone, "embedded") || !*ok->sip_dial)
		return;
	str_copy(w->uri, sizeof(w->uri), ok->sip_dial);
	str_copy(w->user, sizeof(w->user), ok->sip_user);
	str_copy(w->pass, sizeof(w->pass), ok->sip_pass);
	log_info("phone", "dials %s as %s", w->uri, w->user);
	c.password = *w->pass ? w->pass : NULL;
	if (!phone_start(&c, &w->phone, why, sizeof(why)))
		return;
	log_err("phone", "%s", why);
	wall_hint(m, ST_WATCH, _("You cannot listen: %s"), why);
}

unsigned wall_phone_run(struct wall_phone *w, struct wall_model *m)
{
	struct heard h = { m, DO_NOTHING };

	if (w->phone)
		phone_pump(w->phone, m->now.mono_ms, on_phone, &h);
	return h.todo;
}

void wall_phone_stop(struct wall_phone *w)
{
	w->phone = phone_free(w->phone);
	memset(w, 0, sizeof(*w));
}
