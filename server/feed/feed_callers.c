/* feed_callers -- the numbers we show: how they are answered, which rest. */
#include "feed_priv.h"

#include "base/str.h"

static struct callers *callers_here(const struct feed *f)
{
	return tally_callers(f->tally);
}

size_t feed_callers(struct feed *f, unsigned index, bool zh, struct now now,
		    struct msg_caller_row *out, size_t max)
{
	struct dial_trunk_stat t;
	struct callers_rate r;
	size_t n = 0;

	if (dial_trunk_stat(f->r->dial, index, now, &t))
		return 0;
	for (unsigned i = 0; i < t.caller_count && n < max; i++) {
		struct msg_caller_row *row = &out[n++];

		*row = (struct msg_caller_row){
			.answer = -1, .resting = t.callers[i].resting };
		str_copy(row->number, sizeof(row->number),
			 t.callers[i].number);
		if (!callers_of(callers_here(f), t.id.v, row->number,
				now.wall_ms, &r))
			continue;
		row->calls = r.dialled;
		/* As it is now, once it has fallen: the day would hide it. */
		row->answer = r.fell && r.recent.tried
			? tally_share(r.recent.person, r.recent.tried)
			: tally_share(r.today.person, r.today.tried);
		if (r.fell && !row->resting)
			row->level = MSG_LEVEL_ALARM;
		if (!row->resting)
			rule_caller_note(&r, zh, row->note,
					 sizeof(row->note));
	}
	return n;
}

void feed_watch_callers(struct feed *f, struct now now)
{
	struct callers *c = callers_here(f);
	struct callers_rate r;
	struct feed_say say;
	char what[WHAT_MAX];

	for (size_t i = 0; callers_at(c, i, now.wall_ms, &r); i++) {
		struct trunk_id t = { r.trunk };

		if (r.trunk > dial_trunk_count(f->r->dial))
			continue;	/* a trunk that is no more */
		rule_caller(&r, dial_trunk_rests(f->r->dial, t, r.number),
			    &say);
		str_fmt(what, sizeof(what), "no %s", r.number);
		feed_judge(f, (struct campaign_id){ 0 },
			   (struct agent_id){ 0 }, t, what, &say, now);
		if (say.on && feed_is_open(f, t, what))
			callers_mark(c, r.trunk, r.number, true, now.wall_ms);
		else if (say.off)
			callers_mark(c, r.trunk, r.number, false,
				     now.wall_ms);
	}
}

void feed_todo_callers(struct feed *f, bool zh, struct now now,
		       struct msg_floor *out)
{
	struct dial_trunk_stat t;
	struct callers_rate r;

	for (size_t i = 0; callers_at(callers_here(f), i, now.wall_ms, &r);
	     i++) {
		struct msg_todo *row = &out->todo[out->todo_count];

		if (!r.fell || !r.recent.tried ||
		    out->todo_count == ARRAY_LEN(out->todo) ||
		    dial_trunk_rests(f->r->dial, (struct trunk_id){ r.trunk },
				     r.number) ||
		    dial_trunk_stat(f->r->dial, r.trunk - 1, now, &t))
			continue;
		*row = (struct msg_todo){ .view = MSG_VIEW_TRUNKS,
					  .trunk = t.id.v };
		str_copy(row->number, sizeof(row->number), r.number);
		str_fmt(row->text, sizeof(row->text), zh
			? "暂停 %s 的主叫号码 %s（接通 %d%%，原为 %d%%）"
			: "Rest %s of %s (answered %d%%, was %d%%)",
			zh ? t.name : r.number, zh ? r.number : t.name,
			tally_share(r.recent.person, r.recent.tried) / 100,
			tally_share(r.before.person, r.before.tried) / 100);
		out->todo_count++;
	}
}
