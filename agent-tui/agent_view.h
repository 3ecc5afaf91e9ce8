/*
 * agent_view -- the parts of the agent's screen; each draws on a grid only.
 */
#ifndef AGENT_VIEW_H
#define AGENT_VIEW_H

#include "agent_model.h"

/* Where things are (UX 2.4, 2.5); larger screens give rows to the panels. */
struct layout {
	bool full;		/* 100x30 or more                            */
	int  rows, cols;
	int  split;		/* column of the line between the panels     */
	int  panel_y, panel_h;
	int  out_y, notes_y, today_y, keys_y;
};

void view_header(const struct agent_model *m, struct grid *g);
void view_notice(const struct agent_model *m, struct grid *g, bool full);

/* The two panels' contents. */
void view_check(const struct agent_model *m, struct grid *g,
		const struct layout *l);
void view_messages(const struct agent_model *m, struct grid *g,
		   const struct layout *l);
void view_waiting(const struct agent_model *m, struct grid *g,
		  const struct layout *l);
void view_customer(const struct agent_model *m, struct grid *g,
		   const struct layout *l);
void view_script(const struct agent_model *m, struct grid *g,
		 const struct layout *l);
void view_finish(const struct agent_model *m, struct grid *g,
		 const struct layout *l);
/* Outcomes without a digit: the key 0 shows them. */
bool view_has_more(const struct agent_model *m);
/* Rules, outcomes or what stands there, notes. */
void view_lower(const struct agent_model *m, struct grid *g,
		const struct layout *l);

void view_box(const struct agent_model *m, struct grid *g);
void view_history(const struct agent_model *m, struct grid *g);
/* Why this number may not be dialled, "" if it may. */
const char *view_number_why(const struct msg_number *n);
void view_login(const struct agent_model *m, struct grid *g);
void view_card(const struct agent_model *m, struct grid *g);

/* A panel being filled, line by line. */
struct panel {
	struct grid *g;
	int x, y, w, end;
	const int *stops;	/* tab stops from x                          */
	size_t nstops;
};

struct panel panel_left(struct grid *g, const struct layout *l);
struct panel panel_right(struct grid *g, const struct layout *l);
/* The next line; one below the panel's end is left out. */
void panel_line(struct panel *p, enum style st, const char *text);
void panel_linef(struct panel *p, enum style st, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* Words shared by the parts. */
const char *view_state_word(enum msg_state s);
enum style  view_state_style(const struct agent_model *m);
/* "Phone OK, Line OK" after what buf holds. */
void view_health(const struct agent_model *m, char *buf, size_t size);
/* Today, or overdue, on the floor's calendar. */
bool view_is_today(const struct agent_model *m, int64_t at_ms);
/* "02:17", "1:02:17" from milliseconds. */
void view_time(char *buf, size_t size, int64_t ms);
/* "14:32" of a wall time at an offset. */
void view_clock(char *buf, size_t size, int64_t wall_ms, int tz_min,
		bool seconds);
/* "11-02", or "2026-11-02" where a language writes the year. */
void view_date(char *buf, size_t size, int64_t wall_ms, int tz_min,
	       bool year);

#endif
