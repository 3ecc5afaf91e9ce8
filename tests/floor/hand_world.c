#include "floor/hand_world.h"

#include "base/str.h"
#include "base/t.h"

struct fw w;
struct call_id customer, guest;

struct call *it(void)
{
	return call_get(floor_calls(w.floor), customer);
}

enum seat_state seat(uint32_t agent)
{
	return fw_seat(&w, agent)->state;
}

enum err step(uint32_t agent, enum hand_step s, enum hand_target to,
		     const char *whom)
{
	struct floor_input in = { .kind = IN_TRANSFER, .agent = agent,
				  .value = s, .code = to };
	enum err e;

	str_copy(in.text, sizeof(in.text), whom);
	e = fw_in(&w, in);
	if (it() && it()->hand.guest.v)
		guest = it()->hand.guest;
	return e;
}

void outcome(uint32_t agent)
{
	T_OK(!FW(&w, IN_OUTCOME, .agent = agent, .value = 4) &&
	     !FW(&w, IN_FINISH, .agent = agent), "agent %u writes it up",
	     agent);
}

void hand_open(bool bob, bool cal)
{
	fw_open(&w, MODE_PROGRESSIVE, 3);
	w.k.transfer = HAND_ANY;
	w.k.transfer_ms = 12000;
	T_OK(!floor_campaign_set(w.floor, &w.k, w.lw.now), "transfers");
	fw_agent(&w, ANN);
	T_OK(!FW(&w, IN_START, .campaign = 1), "start");
	fw_run(&w, 300);
	T_OK(w.places == 1, "one customer is called");
	customer = w.placed;
	T_OK(!FW(&w, IN_PAUSE, .campaign = 1), "no more calls");
	T_OK(!FW(&w, IN_RINGING, .call = customer.v) &&
	     !FW(&w, IN_ANSWERED, .call = customer.v, .code = 200),
	     "and answers");
	T_OK(it() && it()->agent.v == ANN && seat(ANN) == SEAT_TALK,
	     "Ann talks to him");
	T_OK(!FW(&w, IN_NOTE, .agent = ANN, .text = "wants 500M"), "a draft");
	if (bob)
		fw_agent(&w, BOB);
	if (cal)
		fw_agent(&w, CAL);
	fw_run(&w, 1000);
}

void hand_close(const char *what)
{
	if (it())
		(void)!FW(&w, IN_HANGUP, .call = customer.v, .q850 = 16);
	fw_run(&w, 60000);
	fw_quiet(&w, what);
	fw_close(&w);
}

void guest_answers(void)
{
	T_OK(!FW(&w, IN_RINGING, .call = guest.v) &&
	     !FW(&w, IN_ANSWERED, .call = guest.v, .code = 200),
	     "the outside number answers");
}

void hand_ring(enum hand_step s)
{
	hand_open(true, false);
	T_OK(!step(ANN, s, HAND_OUTSIDE, OUT "\tthe shop"), "outside");
	T_OK(it()->state == (s == HAND_ASK ? CALL_ASK : CALL_SEND) &&
	     w.places == 2 && str_eq(w.number, OUT),
	     "the number is dialled, with a pass");
}

void back(void)
{
	T_OK(!step(ANN, HAND_BACK, HAND_NOBODY, ""), "Ann gives up");
}

void give(void)
{
	T_OK(!step(ANN, HAND_GIVE, HAND_NOBODY, ""), "Ann gives the customer");
}

void ann_hangs_up(void)
{
	T_OK(!FW(&w, IN_RELEASE, .agent = ANN), "Ann hangs up");
}

void ann_loses_phone(void)
{
	T_OK(!FW(&w, IN_LINE, .agent = ANN), "Ann's phone is lost");
}

void customer_hangs_up(void)
{
	T_OK(!FW(&w, IN_HANGUP, .call = customer.v, .q850 = 16),
	     "the customer hangs up");
}
