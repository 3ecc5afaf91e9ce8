#include <string.h>

#include "base/str.h"
#include "wall_model.h"

/*
 * Pacing: a change is staged here, the server forecasts it, Enter applies
 * it, u takes the last one back.  Limits are the server's; the screen only
 * keeps the hand from leaving them.
 */

static void fill(const struct wall_model *m, struct msg_pacing_set *req)
{
	req->campaign = m->campaign;
	for (uint8_t i = 0; i < MSG_SET_COUNT; i++)
		if (m->stage.set[i] && req->rows_count < ARRAY_LEN(req->rows))
			req->rows[req->rows_count++] = (struct msg_set_row){
				.setting = i, .value = m->stage.value[i] };
}

void wall_stage_value(struct wall_model *m, const struct msg_setting_row *s,
		      int64_t value)
{
	struct msg_pacing_set req = { .check = true };

	if (s->fixed || s->setting >= MSG_SET_COUNT) {
		wall_hint(m, ST_WATCH, _("This may not be changed here."));
		return;
	}
	if (value < s->low || value > s->high)
		wall_hint(m, ST_WATCH, _("The server's limit is reached."));
	value = MAX((int64_t)s->low, MIN(value, (int64_t)s->high));
	m->stage.set[s->setting] = value != s->now;
	m->stage.value[s->setting] = (int32_t)value;
	fill(m, &req);
	if (req.rows_count)
		wall_send(m, MSG_PACING_SET, &req);
}

void wall_apply(struct wall_model *m)
{
	struct msg_pacing_set req = { 0 };

	fill(m, &req);
	memset(&m->stage, 0, sizeof(m->stage));
	wall_send(m, MSG_PACING_SET, &req);
}

unsigned wall_pacing_key(struct wall_model *m, uint32_t key)
{
	const struct msg_setting_row *s =
		wall_setting_at(m, m->list[MSG_VIEW_PACING].cur);
	struct msg_pacing_set undo = { .campaign = m->campaign, .undo = true };
	bool up = key == TK_RIGHT || key == '+';

	if (key == 'u') {
		memset(&m->stage, 0, sizeof(m->stage));
		wall_send(m, MSG_PACING_SET, &undo);
	} else if (key == TK_ENTER) {
		if (wall_staged(m))
			wall_apply(m);
		else
			wall_hint(m, ST_NORMAL, _("Nothing is changed yet: "
				  "Left and Right change a value."));
	} else if (s) {
		int64_t step = s->step ? s->step : 1;

		/* Calling hours: arrows move their beginning, + - the end. */
		if (s->setting == MSG_SET_HOURS_FROM &&
		    (key == '+' || key == '-'))
			for (uint32_t i = 0; i < m->pacing.settings_count; i++)
				if (m->pacing.settings[i].setting ==
				    MSG_SET_HOURS_TO)
					s = &m->pacing.settings[i];
		wall_stage_value(m, s, wall_value(m, s) + (up ? step : -step));
	}
	return DO_REDRAW;
}
