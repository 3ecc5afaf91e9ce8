/* clerk_report -- agents' performance, as a table or for a spreadsheet. */
#include "clerk_priv.h"

#include "base/str.h"
#include "msg/msg_csv.h"

#include <stdlib.h>

struct report {
	struct feed_query q;
	bool csv, begun;
	struct msg_report page;
};

static json_t *share_json(int32_t x100)
{
	return x100 < 0 ? json_null() : json_real(x100 / 100.0);
}

static json_t *row_json(const struct msg_report *p,
			const struct msg_report_row *r)
{
	json_t *o = json_pack(
		"{s:o, s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i,"
		" s:o, s:o, s:i, s:o}", "agent",
		r->agent ? json_integer(r->agent) : json_null(), "name",
		r->name, "team", r->team, "agents", (int)r->agents, "calls",
		(int)r->calls, "talk_s", (int)r->talk_s, "hold_s",
		(int)r->hold_s, "wrap_s", (int)r->wrap_s, "ready_s",
		(int)r->ready_s, "not_ready_s", (int)r->not_ready_s,
		"break_s", (int)r->break_s, "login_s", (int)r->login_s,
		"occupancy_pct", share_json(r->occupancy), "agent_wait_s",
		r->wait_x10 < 0 ? json_null() : json_real(r->wait_x10 / 10.0),
		"sales", (int)r->sales, "conversion_pct",
		share_json(r->convert));
	json_t *breaks = json_object();

	for (uint32_t i = 0; i < p->kinds_count && i < r->breaks_count; i++)
		json_object_set_new(breaks, p->kinds[i].label,
				    json_integer(r->breaks[i].used_s));
	json_object_set_new(o, "breaks_s", breaks);
	return o;
}

static void csv_line(struct job *j, const char *line)
{
	say(j, json_pack("{s:s}", "text", line));
}

static void drop_report(struct job *j)
{
	free(j->state);
	j->state = NULL;
}

static bool report_step(struct job *j, struct now now)
{
	struct report *x = j->state;
	char line[MSG_CSV_LINE];
	enum err e = feed_report(j->c->conf.feed, &x->q, now, &x->page);

	if (e)
		return fail_err(j, e, "report");
	if (x->csv && !x->begun) {
		msg_csv_head(&x->page, line, sizeof(line));
		csv_line(j, line);
	}
	x->begun = true;
	for (uint32_t i = 0; i < x->page.rows_count; i++) {
		msg_csv_row(&x->page, &x->page.rows[i], line, sizeof(line));
		if (x->csv)
			csv_line(j, line);
		else
			say(j, row_json(&x->page, &x->page.rows[i]));
	}
	x->q.top += x->page.rows_count;
	return !x->page.rows_count || x->q.top >= x->page.shown;
}

/* The word of an option, from a list of words; `first` if it is not given. */
static bool chosen(struct job *j, const char *opt, enum msg_words list,
		   unsigned first, const char *says, unsigned *out)
{
	const char *word = word_opt(j, opt);

	*out = first;
	if (!word)
		return true;
	/* A skill group is written short. */
	if (str_eq(word, "skill"))
		word = "skill group";
	return (!msg_word_find(list, word, out) && *out) ||
	       !fail(j, EXIT_USAGE, MSG_NO_ARG, "%s is %s", opt, says);
}

static bool report_begin(struct job *j, struct now now, bool csv)
{
	const char *campaign = word_opt(j, "--campaign");
	const char *team = word_opt(j, "--team");
	const char *find = word_opt(j, "--find");
	unsigned period, by, sort;
	struct campaign_id id = { 0 };
	struct report *x;

	if (!chosen(j, "--period", MSG_WORDS_PERIOD, MSG_PERIOD_TODAY,
		    "today, week or month", &period) ||
	    !chosen(j, "--by", MSG_WORDS_GROUPING, MSG_BY_ROW_AGENT,
		    "agent, skill or team", &by) ||
	    !chosen(j, "--sort", MSG_WORDS_SORT, MSG_SORT_ID,
		    "id, name, calls, talk, wrap, sales, occupancy, "
		    "conversion or breaks", &sort))
		return true;
	if (campaign && floor_campaign_by_name(j->c->r->floor, campaign, &id))
		return fail(j, EXIT_NOTHING, MSG_NO_ABSENT,
			    "%s: no such campaign", campaign);
	x = calloc(1, sizeof(*x));
	if (!x)
		return fail_err(j, ERR_MEMORY, "report");
	x->csv = csv;
	x->q = (struct feed_query){
		.team = team ? team : "", .find = find ? find : "",
		.period = (enum msg_period)period,
		.by = (enum msg_grouping)by, .sort = (enum msg_sort)sort,
		.campaign = id.v, .rows = ARRAY_LEN(x->page.rows) };
	j->state = x;
	j->drop = drop_report;
	j->step = report_step;
	return report_step(j, now);
}

bool verb_report_list(struct job *j, struct now now)
{
	return report_begin(j, now, false);
}

bool verb_report_export(struct job *j, struct now now)
{
	const char *format = word_opt(j, "--format");

	if (format && !str_eq(format, "csv") && !str_eq(format, "json"))
		return fail(j, EXIT_USAGE, MSG_NO_ARG,
			    "--format is csv or json");
	audit(j, "exported the agents' report");
	return report_begin(j, now, !format || str_eq(format, "csv"));
}
