/*
 * floor_world -- a floor on a store in memory, with doors that only write
 * down what was asked of them, and time that moves when the test says so.
 */
#ifndef TESTS_FLOOR_FLOOR_WORLD_H
#define TESTS_FLOOR_FLOOR_WORLD_H

#include "floor/floor.h"
#include "lead/lead_world.h"
#include "report/cdr.h"

enum { FW_ACTIONS = 256 * 1024, FW_CDRS = 64 };

struct fw {
	struct lead_world lw;		/* store, zones, leads, list, now    */
	struct gate *gate;
	struct dispos *dispos;
	struct floor *floor;
	struct campaign_conf k;
	uint32_t lines;			/* what the trunks have free         */
	enum err place_err;		/* what the next INVITEs get         */
	struct call_id placed;		/* the newest INVITE                 */
	char number[20];		/* and whom it rings                 */
	unsigned places, joins, done, messages;
	bool replaying;			/* completions and what the trunks
					   answer come from the log only     */
	struct floor_input pending, answers[64];	/* of the next input */
	unsigned answers_n, answers_at, asked;
	bool has_pending;
	struct pacer_limits room;	/* the log's last                    */
	enum hand_scene scene;		/* the newest                       */
	enum hand_news news;		/* the newest, and who was told     */
	uint32_t news_to;
	char *actions;			/* one line an action, with its time */
	size_t actions_len;
};

/* A campaign of this mode under the profile without rules, `leads` leads. */
void fw_open(struct fw *w, enum dial_mode mode, unsigned leads);
void fw_close(struct fw *w);
/*
 * The same store as fw_open makes, but nothing runs: then what happened in
 * the other world's log happens again, from the log alone.
 */
void fw_replay(struct fw *w, struct fw *from, enum dial_mode mode,
	       unsigned leads);
/* The process dies and starts again: memory is gone, the store is not. */
unsigned fw_crash(struct fw *w);
/* One input now, and all that the store completes after it. */
enum err fw_in(struct fw *w, struct floor_input in);
#define FW(w, kind_, ...)                                                     \
	fw_in(w, (struct floor_input){ .kind = kind_, __VA_ARGS__ })
/* Time passes in ticks of 50 ms. */
void fw_run(struct fw *w, int64_t ms);
/* Logs in, gets the phone, takes the campaign's calls, is READY. */
void fw_agent(struct fw *w, uint32_t agent);
struct seat *fw_seat(struct fw *w, uint32_t agent);
enum seat_state fw_state(struct fw *w, uint32_t agent);
/* fw_open, this agent READY, and the campaign has run for half a second. */
void fw_start(struct fw *w, uint32_t agent, enum dial_mode mode,
	      unsigned leads);
/* The newest INVITE: its call, NULL when over; it rings and is answered. */
struct call *fw_placed(struct fw *w);
void fw_answer(struct fw *w);
enum lead_status fw_lead(struct fw *w, uint64_t id, struct lead *out);
/* All records, oldest first; returns how many (at most FW_CDRS). */
size_t fw_cdrs(struct fw *w, struct cdr out[FW_CDRS]);
/* The newest record. */
struct cdr fw_last_cdr(struct fw *w);
/* No call, no pass and no open intent is left; agents stand still. */
void fw_quiet(struct fw *w, const char *what);

#endif
