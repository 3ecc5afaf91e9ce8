/*
 * floor/enter -- what is done when a call enters a room of the map.
 *
 * In      the call that entered, the instant
 * Out     actions through the floor's doors; events raised
 * Owns    nothing: the call, seats and campaigns are the floor's
 * Never   chooses the next room: server/flow.c does
 *
 * One function a room, named in server/flow.c.  They run inside flow_run,
 * may raise events, and leave at once.
 */
#ifndef FLOOR_ENTER_H
#define FLOOR_ENTER_H

#include "call/call.h"

struct floor;

void reserve_enter(struct floor *f, struct call *c, struct now now);
void check_enter(struct floor *f, struct call *c, struct now now);
void dial_enter(struct floor *f, struct call *c, struct now now);
void ring_enter(struct floor *f, struct call *c, struct now now);
void hear_enter(struct floor *f, struct call *c, struct now now);
void wait_enter(struct floor *f, struct call *c, struct now now);
void talk_enter(struct floor *f, struct call *c, struct now now);
void hold_enter(struct floor *f, struct call *c, struct now now);
void orphan_enter(struct floor *f, struct call *c, struct now now);
void seek_enter(struct floor *f, struct call *c, struct now now);
void consult_enter(struct floor *f, struct call *c, struct now now);
void aside_enter(struct floor *f, struct call *c, struct now now);
void conf_enter(struct floor *f, struct call *c, struct now now);
void taken_enter(struct floor *f, struct call *c, struct now now);
void outside_enter(struct floor *f, struct call *c, struct now now);
void overtaken_enter(struct floor *f, struct call *c, struct now now);
void disposed_enter(struct floor *f, struct call *c, struct now now);
void over_enter(struct floor *f, struct call *c, struct now now);
void back_enter(struct floor *f, struct call *c, struct now now);
void guest_enter(struct floor *f, struct call *c, struct now now);
void message_enter(struct floor *f, struct call *c, struct now now);
void wrap_enter(struct floor *f, struct call *c, struct now now);
void close_enter(struct floor *f, struct call *c, struct now now);
void close_again(struct floor *f, struct call *c, struct now now);
void done_enter(struct floor *f, struct call *c, struct now now);

#endif
