/* rehearse_priv -- what the files of this folder share. */
#ifndef REHEARSE_REHEARSE_PRIV_H
#define REHEARSE_REHEARSE_PRIV_H

#include "rehearse/rehearse.h"
#include "sim/sim_draw.h"

enum { QUARTER_MS = 900000, QUARTERS_MAX = 128, DIGITS = 10 };

enum rehearse_event { RE_RING, RE_ANSWER, RE_FAIL, RE_HEARD, RE_BYE, RE_PLAYED,
		      RE_WRITTEN, RE_READ, RE_CHANGE };

/* A customer, by the slot of his call. */
struct customer {
	struct call_id call;
	size_t campaign;
	uint64_t n;			/* of the campaign's calls           */
	bool answered, machine, busy;
	bool ringing, up;		/* holds a line of the trunks        */
	int64_t live_ms, join_ms;	/* 0 = not yet                       */
};

struct worker {
	bool in;
	enum seat_state state;
	uint32_t stamp;			/* of its plan to write or read      */
	int64_t in_ms, idle_ms;		/* since                             */
	uint64_t jobs;			/* done so far: of its draws         */
};

struct stage {
	struct list_id list;
	struct sim_result sum;
	double p, talk_factor;
	int dead;
	uint32_t air, most_air;
	int64_t air_ms;
	double air_s, wrap_s, waits, wait_n, caller_s;
	uint64_t numbers, talks;
	struct { double answered, abandoned; } quarter[QUARTERS_MAX];
	double refused, no_room;
};

struct rehearse {
	struct rehearse_conf conf;
	struct store *store;
	struct zones *zones;
	struct leads *leads;
	struct gate *gate;
	struct dispos *dispos;
	struct floor *floor;
	struct heap heap;
	struct now now;
	int64_t start_ms;		/* monotonic                         */
	struct customer *customer;
	size_t calls_max;
	struct worker *worker;
	struct stage stage[REHEARSE_CAMPAIGNS];
	unsigned digit[DIGITS], digits;	/* outcomes that need nothing more   */
	uint32_t up, most_up;		/* lines of the trunks               */
	int64_t second;			/* calls started in it               */
	uint32_t starts;
	enum err err;
};

/* rehearse.c: one input now, and all that follows. */
enum err rehearse_input(struct rehearse *r, struct floor_input in);
#define SAY(r, kind_, ...)                                                    \
	rehearse_input(r, (struct floor_input){ .kind = kind_, __VA_ARGS__ })
void rehearse_plan(struct rehearse *r, double after_s,
		   enum rehearse_event ev, uint32_t who, uint32_t stamp);

/* rehearse_people.c */
void rehearse_doors(struct rehearse *r, struct floor_doors *out);
void rehearse_happens(struct rehearse *r, const struct heap_item *it);
void rehearse_share(struct rehearse *r, double share);
/* Talks and stays that the day's end has cut. */
void rehearse_close(struct rehearse *r);

#endif
