/*
 * A door under test, one or two simulated carriers, all on one loop in one
 * process; what the door told is kept in order.
 */
#ifndef TESTS_DIAL_DIAL_FIXTURE_H
#define TESTS_DIAL_DIAL_FIXTURE_H

#include "carrier/carrier.h"
#include "dial/dial.h"
#include "dial/loop.h"

enum { FIX_EVENTS = 512, FIX_CARRIERS = 2 };

struct fix {
	struct clock clock;
	struct carrier *carrier[FIX_CARRIERS];
	struct dial *d;
	struct dial_conf conf;
	struct dial_trunk_conf trunk[FIX_CARRIERS];
	struct dial_event ev[FIX_EVENTS];
	unsigned count;
	struct loop_timer *limit;
	bool timed_out;
	/* waiting for: */
	bool waiting;
	enum dial_event_kind kind;
	uint32_t id;			/* call or agent; 0 = any           */
	/* called for each event, before the wait is looked at */
	void (*on)(struct fix *f, const struct dial_event *ev);
	/* agents' lines */
	const char *secret;
	struct agent_id agent;
	enum err media_err;
	unsigned media_asked;
};

/* n carriers behind n trunks; opt NULL: forced, times / 5. */
void fix_open(struct fix *f, unsigned n, const struct carrier_opt *opt);
/* After changes to f->conf and f->trunk; asserts. */
void fix_dial(struct fix *f);
void fix_close(struct fix *f);

/* An order for 86138 + the last digits; media at port 40000. */
enum err fix_start(struct fix *f, uint32_t call, const char *number,
		   uint32_t ring_ms, struct gate_pass **pass);
/* Runs the loop until this event came (it may be there already, at or after
 * index `from`); NULL after ms. */
const struct dial_event *fix_wait(struct fix *f, unsigned from,
				  enum dial_event_kind kind, uint32_t id,
				  unsigned ms);
/* Runs the loop for ms. */
void fix_run(struct fix *f, unsigned ms);
unsigned fix_count(const struct fix *f, enum dial_event_kind kind, uint32_t id);

#endif
