/*
 * hand_world -- Ann talks to a customer whom she will give away; the floor
 * is floor_world's.  One world at a time.
 */
#ifndef TESTS_FLOOR_HAND_WORLD_H
#define TESTS_FLOOR_HAND_WORLD_H

#include "floor/floor_world.h"

enum { ANN = 1001, BOB = 1002, CAL = 1003, DAN = 1004, NOBODY = 0 };

#define OUT "864001112222"

extern struct fw w;
extern struct call_id customer, guest;	/* guest: the newest             */

/* The customer's call, NULL when it is over. */
struct call *it(void);
enum seat_state seat(uint32_t agent);
enum err step(uint32_t agent, enum hand_step s, enum hand_target to,
	      const char *whom);
/* The outcome is chosen and the wrap-up ended. */
void outcome(uint32_t agent);
/* Ann talks; Bob (and Cal) are ready, and nobody else is rung. */
void hand_open(bool bob, bool cal);
/* The customer hangs up, everyone writes it up and nothing is left. */
void hand_close(const char *what);
/* The outside number does. */
void guest_answers(void);
/* Ann has sent, or asked, an outside number: it rings. */
void hand_ring(enum hand_step s);

/* What may happen at any step. */
void back(void);
void give(void);
void ann_hangs_up(void);
void ann_loses_phone(void);
void customer_hangs_up(void);

#endif
