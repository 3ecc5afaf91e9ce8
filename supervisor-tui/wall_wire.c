#include <string.h>

#include "base/str.h"
#include "wall_model.h"

/*
 * The server's pages into the model.  They come as changes of what is kept
 * here (msg_keep) and are then copied whole; while the screen is frozen they
 * are only kept.  The cursor stays on what it was on.
 */

enum { ASK_AGAIN_MS = 2000 };

/* Finds the cursor's row again in a new page of `count` rows of ids. */
static void keep_cursor(struct wall_list *l, uint32_t top, uint32_t count,
			uint32_t total, const uint32_t *id, size_t stride)
{
	l->top = top;
	l->pending = false;
	for (uint32_t i = 0; l->id && i < count; i++) {
		uint32_t v;

		memcpy(&v, (const char *)id + i * stride, sizeof(v));
		if (v == l->id) {
			l->cur = top + i;
			return;
		}
	}
	if (l->cur < top)
		l->cur = top;
	if (count && l->cur >= top + count)
		l->cur = top + count - 1;
	if (l->cur >= total)
		l->cur = total ? total - 1 : 0;
	if (count && l->cur >= top && l->cur < top + count)
		memcpy(&l->id, (const char *)id + (l->cur - top) * stride,
		       sizeof(l->id));
}

#define KEEP(m, view, page, of, field)                                        \
	keep_cursor(&(m)->list[view], (page)->top, (page)->rows_count, of,    \
		    &(page)->rows[0].field, sizeof((page)->rows[0]))

static unsigned on_head(struct wall_model *m, const struct msg_head *h)
{
	bool worse = h->alert && h->alert != m->head.alert &&
		     h->level == MSG_LEVEL_ALARM;

	m->head = *h;
	return DO_REDRAW | (worse ? DO_BELL : 0);
}

/* Most heads tell no new time: then ours goes on. */
static void on_time(struct wall_model *m, const struct msg_head *h)
{
	if (h->wall_ms && h->wall_ms != m->head_ms)
		m->now.wall_ms = h->wall_ms;
	m->head_ms = h->wall_ms;
}

/* What was missed comes whole when it is asked for again. */
static void ask_again(struct wall_model *m)
{
	if (m->asked_ms && m->now.mono_ms - m->asked_ms < ASK_AGAIN_MS)
		return;
	m->asked_ms = m->now.mono_ms;
	m->asked_any = false;
	wall_subscribe(m);
}

static unsigned on_changes(struct wall_model *m, const struct msg_changes *c)
{
	struct msg_kept *k;

	if (c->page < MSG_HEAD || c->page >= MSG_CHANGES)
		return DO_NOTHING;
	k = &m->kept[c->page - MSG_HEAD];
	if (msg_keep_take(k, c)) {
		ask_again(m);
		return DO_NOTHING;
	}
	if (!c->from)
		m->asked_ms = 0;
	return wall_message(m, k->type, k->page);
}

static void on_pacing(struct wall_model *m, const struct msg_pacing *p)
{
	struct msg_pacing was = m->pacing;
	bool mine = wall_staged(m) && was.campaign == p->campaign;

	m->pacing = *p;
	if (p->checked) {
		/* The answer to what is staged (or a picture of it). */
		for (uint32_t i = 0; i < p->settings_count; i++) {
			const struct msg_setting_row *s = &p->settings[i];

			if (!mine && s->setting < MSG_SET_COUNT &&
			    s->staged != s->now) {
				m->stage.set[s->setting] = true;
				m->stage.value[s->setting] = s->staged;
			}
		}
	} else if (mine) {
		memcpy(m->pacing.forecast, was.forecast, sizeof(was.forecast));
		m->pacing.forecast_count = was.forecast_count;
	}
}

static unsigned on_monitoring(struct wall_model *m,
			      const struct msg_monitoring *mon)
{
	bool was = wall_listening(m);

	m->mon = *mon;
	if (was && !wall_listening(m))
		wall_hint(m, ST_NORMAL, "%s", *mon->text ? mon->text
					: _("You have left the call."));
	if (wall_listening(m) && !was)
		return DO_REDRAW | DO_BELL;
	return DO_REDRAW;
}

static unsigned on_refused(struct wall_model *m, const struct msg_refused *r)
{
	const char *text = *r->text ? r->text : _(msg_refusal_text(r->code));

	m->login.busy = false;
	if (!m->in && m->login.asked) {
		m->login.taken = r->code == MSG_NO_TAKEN;
		if (r->code == MSG_NO_LOGIN)	/* typed anew, not behind it */
			edit_set(&m->login.pass, "");
		str_copy(m->login.trouble, sizeof(m->login.trouble), text);
		if (m->login.taken)
			str_add(m->login.trouble, sizeof(m->login.trouble),
				"  %s", _("Enter again takes over."));
		return DO_REDRAW;
	}
	wall_hint(m, ST_WATCH, _("Not done: %s"), text);
	return DO_REDRAW | DO_BELL;
}

static bool on_list(struct wall_model *m, enum msg_type type, const void *obj)
{
	switch (type) {
	case MSG_AGENTS:
		m->agents = *(const struct msg_agents *)obj;
		KEEP(m, MSG_VIEW_AGENTS, &m->agents, m->agents.shown, agent);
		return true;
	case MSG_CAMPAIGNS:
		m->campaigns = *(const struct msg_campaigns *)obj;
		KEEP(m, MSG_VIEW_CAMPAIGNS, &m->campaigns, m->campaigns.total,
		     id);
		return true;
	case MSG_TRUNKS:
		m->trunks = *(const struct msg_trunks *)obj;
		KEEP(m, MSG_VIEW_TRUNKS, &m->trunks, m->trunks.total, id);
		return true;
	case MSG_CALLS:
		m->calls = *(const struct msg_calls *)obj;
		KEEP(m, MSG_VIEW_CALLS, &m->calls, m->calls.shown, call);
		return true;
	case MSG_ALERTS:
		m->alerts = *(const struct msg_alerts *)obj;
		KEEP(m, MSG_VIEW_ALERTS, &m->alerts, m->alerts.total, id);
		return true;
	default:
		return false;
	}
}

static bool on_page(struct wall_model *m, enum msg_type type, const void *obj)
{
	switch (type) {
	case MSG_FLOOR:
		m->floor = *(const struct msg_floor *)obj;
		return true;
	case MSG_TRUNK:
		m->trunk = *(const struct msg_trunk *)obj;
		return true;
	case MSG_PACING:
		on_pacing(m, obj);
		return true;
	case MSG_TIMELINE:
		m->timeline = *(const struct msg_timeline *)obj;
		m->list[MSG_VIEW_TIMELINE].top = m->timeline.top;
		return true;
	case MSG_REPORT:
		m->report = *(const struct msg_report *)obj;
		KEEP(m, m->view == MSG_VIEW_BREAKS ? m->view : MSG_VIEW_REPORT,
		     &m->report, m->report.shown, agent);
		return true;
	case MSG_TRACE:
		/* The call may be over: what was seen stays to be read. */
		if (((const struct msg_trace *)obj)->total || !m->trace.total)
			m->trace = *(const struct msg_trace *)obj;
		return true;
	default:
		return on_list(m, type, obj);
	}
}

unsigned wall_message(struct wall_model *m, enum msg_type type,
		      const void *obj)
{
	const struct msg_ok *ok = obj;

	switch (type) {
	case MSG_CHANGES:
		return on_changes(m, obj);
	case MSG_HEAD:
		on_time(m, obj);
		return m->frozen ? DO_NOTHING : on_head(m, obj);
	case MSG_BREAKS:
		m->breaks = *(const struct msg_breaks *)obj;
		return DO_NOTHING;
	case MSG_UNMASKED:
		wall_hint(m, ST_WATCH, _("The whole number: %s. This is in "
					 "the audit log."),
			  ((const struct msg_unmasked *)obj)->number);
		m->hint_until_ms += 10000;	/* to be written down */
		return DO_REDRAW;
	case MSG_MONITORING:
		return on_monitoring(m, obj);
	case MSG_OFFER:
		return wall_on_offer(m, obj);
	case MSG_RIGHTS:
		m->rights = *(const struct msg_rights *)obj;
		str_copy(m->who.team, sizeof(m->who.team), m->rights.team);
		return DO_REDRAW;
	case MSG_REFUSED:
		return on_refused(m, obj);
	case MSG_OK:
		if (*ok->text)
			wall_hint(m, ST_OK, "%s", ok->text);
		return DO_REDRAW;
	case MSG_ENDED:
		m->in = false;
		m->login.asked = true;
		str_copy(m->login.trouble, sizeof(m->login.trouble),
			 _(msg_word(MSG_WORDS_END,
				    ((const struct msg_ended *)obj)->why)));
		return DO_REDRAW;
	case MSG_LOGIN_OK:	/* in a replay; else link tells it */
		wall_link_in(m, obj);
		return DO_REDRAW;
	default:
		break;
	}
	if (type == MSG_REPORT && ((const struct msg_report *)obj)->file) {
		wall_export_page(m, obj);
		return DO_REDRAW;
	}
	if (m->frozen || !on_page(m, type, obj))
		return DO_NOTHING;
	wall_subscribe(m);	/* the trunk under the cursor is known now */
	return DO_REDRAW;
}

void wall_link_lost(struct wall_model *m, const char *why)
{
	if (!m->lost)
		m->lost_ms = m->now.mono_ms;
	m->lost = true;
	/* The server has ended the listening; of a call of his own, or one
	 * he is asked about, it tells again. */
	memset(&m->mon, 0, sizeof(m->mon));
	memset(&m->offer, 0, sizeof(m->offer));
	wall_export_stop(m);
	str_copy(m->lost_why, sizeof(m->lost_why), why);
}

void wall_link_in(struct wall_model *m, const struct msg_login_ok *ok)
{
	m->who = *ok;
	m->in = true;
	m->lost = false;
	m->asked_any = false;
	m->asked_ms = 0;
	wall_fini(m);	/* another server may count its pages anew */
	m->read_only = m->read_only || ok->read_only;
	m->tz_min = ok->tz_min;
	if (ok->wall_ms)
		m->now.wall_ms = ok->wall_ms;
	memset(&m->login, 0, sizeof(m->login));
	edit_init(&m->login.user, 40);
	edit_init(&m->login.pass, 128);
	m->login.pass.secret = true;
	wall_subscribe(m);
}
