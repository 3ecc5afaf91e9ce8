/*
 * wall_view -- the parts of the supervisor's screen; each draws on a grid
 * only.  A heading row is one translatable text with its own dashes, so that
 * a language moves its words without moving the columns below.
 */
#ifndef WALL_VIEW_H
#define WALL_VIEW_H

#include "wall_model.h"

static inline bool view_full(const struct grid *g)
{
	return g->cols >= 100 && g->rows >= 30;
}

/* Views' bodies: rows 1 (its line of words) to rows - 3. */
void view_overview(const struct wall_model *m, struct grid *g);
void view_agents(const struct wall_model *m, struct grid *g);
void view_campaigns(const struct wall_model *m, struct grid *g);
void view_calls(const struct wall_model *m, struct grid *g);
void view_alerts(const struct wall_model *m, struct grid *g);
void view_trace(const struct wall_model *m, struct grid *g);
void view_report(const struct wall_model *m, struct grid *g);
void view_breaks(const struct wall_model *m, struct grid *g);
void view_timeline(const struct wall_model *m, struct grid *g);
void view_trunks(const struct wall_model *m, struct grid *g);
void view_pacing(const struct wall_model *m, struct grid *g);
void view_alert_line(const struct wall_model *m, struct grid *g);
void view_card(const struct wall_model *m, struct grid *g);
/* What is asked or heard, as a sentence; "" if nothing. */
void view_asked(const struct wall_model *m, char *buf, size_t size);
/* What lies over the view; true if it took the cursor. */
bool view_box(const struct wall_model *m, struct grid *g);

/* "-- Title ---- Column --": dashes become a line, to the screen's edge. */
void view_rule(struct grid *g, int y, const char *heading);
/* " text " on a rule. */
void view_tag(struct grid *g, int y, int x, const char *text);
/* "> " at x, and the focus. */
void view_mark(struct grid *g, int y, int x);
/* Sixty columns of values as bars under the levels of `level`, top first. */
struct view_chart {
	int y, x, rows;
	const int *level;		/* of each row, in the values' unit  */
	int line;			/* row that is a line, -1 none       */
	const int *value;		/* n of them, -1 = no data           */
	size_t n;
};
void view_chart(struct grid *g, const struct view_chart *c);

/* wall_view_offer.c: the card of the call an agent offers. */
void view_offer(const struct wall_model *m, struct grid *g);

/* -- words and figures (wall_text.c); buffers are the caller's ------------- */

enum { TEXT_SIZE = 64 };

/* 3.4% from 340, with so many decimals; -1: "-". */
const char *text_pct(char buf[TEXT_SIZE], int32_t x100, int decimals);
/* 18,204. */
const char *text_num(char buf[TEXT_SIZE], uint64_t n);
/* 14:02, 1:02:03 from seconds. */
const char *text_dur(char buf[TEXT_SIZE], int64_t s);
/* 19:40 or 19:40:07 of a wall time; "-" for 0. */
const char *text_clock(char buf[TEXT_SIZE], int64_t wall_ms, int32_t tz_min,
		       bool seconds);
/* "4.3" from 43; -1: "-". */
/* 2026-08-21 of a wall time. */
const char *text_day(char buf[TEXT_SIZE], int64_t wall_ms, int32_t tz_min);
const char *text_tenth(char buf[TEXT_SIZE], int32_t x10);
const char *text_figure(char buf[TEXT_SIZE], unsigned figure, int32_t v);
const char *text_target(char buf[TEXT_SIZE], const struct msg_figure_row *f);
const char *text_figure_name(unsigned figure);
const char *text_judge(unsigned judge);
enum style  style_judge(unsigned judge);
bool        judge_is_bad(unsigned judge);
enum style  style_level(unsigned level);
const char *text_level(unsigned level);		/* "!!", "!", "" */
/* "On call" as a label, "ON CALL" in lists, "Wrap" where it is short. */
const char *text_state(unsigned state);
const char *text_state_caps(unsigned state);
/* "predict", "progress", "preview". */
const char *text_mode(unsigned mode);
const char *text_setting(unsigned setting);
const char *text_setting_means(unsigned setting);
const char *text_setting_value(char buf[TEXT_SIZE], unsigned setting,
			       int32_t v);
const char *text_setting_limit(char buf[TEXT_SIZE],
			       const struct msg_setting_row *s);

#endif
