#include "flow.h"

#include "base/log.h"
#include "floor/enter.h"

const struct flow_row flow_table[] = {
/*	  in this room    when this happens  go to         and start there    */
	{ CALL_PREVIEW, EV_GO,        CALL_RESERVE, reserve_enter },
	{ CALL_PREVIEW, EV_SKIP,      CALL_CLOSE,   close_enter },
	{ CALL_PREVIEW, EV_RELEASE,   CALL_CLOSE,   close_enter },
	{ CALL_PREVIEW, EV_TIMEOUT,   CALL_CLOSE,   close_enter },

	{ CALL_RESERVE, EV_DURABLE,   CALL_CHECK,   check_enter },
	{ CALL_RESERVE, EV_UNWRITTEN, CALL_CLOSE,   close_enter },
	{ CALL_RESERVE, EV_RELEASE,   CALL_CLOSE,   close_enter },
	{ CALL_RESERVE, EV_TIMEOUT,   CALL_CLOSE,   close_enter },

	{ CALL_CHECK,   EV_PASSED,    CALL_DIAL,    dial_enter },
	{ CALL_CHECK,   EV_DENIED,    CALL_CLOSE,   close_enter },
	{ CALL_CHECK,   EV_TIMEOUT,   CALL_CLOSE,   close_enter },

	{ CALL_DIAL,    EV_RINGING,   CALL_RING,    ring_enter },
	{ CALL_DIAL,    EV_ANSWERED,  CALL_HEAR,    hear_enter },
	{ CALL_DIAL,    EV_MET,       CALL_GUEST,   guest_enter },
	{ CALL_DIAL,    EV_FAILED,    CALL_CLOSE,   close_enter },
	{ CALL_DIAL,    EV_RELEASE,   CALL_CLOSE,   close_enter },
	{ CALL_DIAL,    EV_LOST,      CALL_CLOSE,   close_enter },
	{ CALL_DIAL,    EV_TIMEOUT,   CALL_CLOSE,   close_enter },

	{ CALL_RING,    EV_ANSWERED,  CALL_HEAR,    hear_enter },
	{ CALL_RING,    EV_MET,       CALL_GUEST,   guest_enter },
	{ CALL_RING,    EV_FAILED,    CALL_CLOSE,   close_enter },
	{ CALL_RING,    EV_RELEASE,   CALL_CLOSE,   close_enter },
	{ CALL_RING,    EV_LOST,      CALL_CLOSE,   close_enter },
	{ CALL_RING,    EV_TIMEOUT,   CALL_CLOSE,   close_enter },

	{ CALL_HEAR,    EV_PERSON,    CALL_WAIT,    wait_enter },
	{ CALL_HEAR,    EV_MACHINE,   CALL_CLOSE,   close_enter },
	{ CALL_HEAR,    EV_HANGUP,    CALL_CLOSE,   close_enter },
	{ CALL_HEAR,    EV_RELEASE,   CALL_CLOSE,   close_enter },
	{ CALL_HEAR,    EV_TIMEOUT,   CALL_WAIT,    wait_enter },

	{ CALL_WAIT,    EV_AGENT,     CALL_TALK,    talk_enter },
	{ CALL_WAIT,    EV_HANGUP,    CALL_CLOSE,   close_enter },
	{ CALL_WAIT,    EV_RELEASE,   CALL_CLOSE,   close_enter },
	{ CALL_WAIT,    EV_TIMEOUT,   CALL_MESSAGE, message_enter },

	{ CALL_TALK,    EV_HOLD,      CALL_HOLD,    hold_enter },
	{ CALL_TALK,    EV_ASK,       CALL_ASK,     seek_enter },
	{ CALL_TALK,    EV_SEND,      CALL_SEND,    seek_enter },
	{ CALL_TALK,    EV_HANGUP,    CALL_WRAP,    wrap_enter },
	{ CALL_TALK,    EV_RELEASE,   CALL_WRAP,    wrap_enter },
	{ CALL_TALK,    EV_GIVEN,     CALL_OUTSIDE, overtaken_enter },
	{ CALL_TALK,    EV_LOST,      CALL_ORPHAN,  orphan_enter },
	{ CALL_TALK,    EV_TIMEOUT,   CALL_WRAP,    wrap_enter },

	{ CALL_HOLD,    EV_RETRIEVE,  CALL_TALK,    talk_enter },
	{ CALL_HOLD,    EV_ASK,       CALL_ASK,     seek_enter },
	{ CALL_HOLD,    EV_SEND,      CALL_SEND,    seek_enter },
	{ CALL_HOLD,    EV_HANGUP,    CALL_WRAP,    wrap_enter },
	{ CALL_HOLD,    EV_RELEASE,   CALL_WRAP,    wrap_enter },
	{ CALL_HOLD,    EV_GIVEN,     CALL_OUTSIDE, overtaken_enter },
	{ CALL_HOLD,    EV_LOST,      CALL_ORPHAN,  orphan_enter },
	{ CALL_HOLD,    EV_TIMEOUT,   CALL_TALK,    talk_enter },

	{ CALL_ORPHAN,  EV_AGENT,     CALL_TALK,    talk_enter },
	{ CALL_ORPHAN,  EV_HANGUP,    CALL_WRAP,    wrap_enter },
	{ CALL_ORPHAN,  EV_RELEASE,   CALL_WRAP,    wrap_enter },
	{ CALL_ORPHAN,  EV_TIMEOUT,   CALL_WRAP,    wrap_enter },

	{ CALL_ASK,     EV_MET,       CALL_CONSULT, consult_enter },
	{ CALL_ASK,     EV_SEND,      CALL_SEND,    seek_enter },
	{ CALL_ASK,     EV_GIVE_UP,   CALL_TALK,    back_enter },
	{ CALL_ASK,     EV_GONE,      CALL_TALK,    back_enter },
	{ CALL_ASK,     EV_HANGUP,    CALL_WRAP,    wrap_enter },
	{ CALL_ASK,     EV_LOST,      CALL_ORPHAN,  orphan_enter },
	{ CALL_ASK,     EV_TIMEOUT,   CALL_TALK,    back_enter },

	{ CALL_SEND,    EV_TAKEN,     CALL_TALK,    taken_enter },
	{ CALL_SEND,    EV_MET,       CALL_OUTSIDE, outside_enter },
	{ CALL_SEND,    EV_GIVE_UP,   CALL_TALK,    back_enter },
	{ CALL_SEND,    EV_GONE,      CALL_TALK,    back_enter },
	{ CALL_SEND,    EV_HANGUP,    CALL_WRAP,    wrap_enter },
	{ CALL_SEND,    EV_TIMEOUT,   CALL_TALK,    back_enter },

	{ CALL_CONSULT, EV_SWAP,      CALL_ASIDE,   aside_enter },
	{ CALL_CONSULT, EV_ALL,       CALL_CONF,    conf_enter },
	{ CALL_CONSULT, EV_TAKEN,     CALL_TALK,    taken_enter },
	{ CALL_CONSULT, EV_GIVEN,     CALL_OUTSIDE, outside_enter },
	{ CALL_CONSULT, EV_GIVE_UP,   CALL_TALK,    back_enter },
	{ CALL_CONSULT, EV_GONE,      CALL_TALK,    back_enter },
	{ CALL_CONSULT, EV_HANGUP,    CALL_WRAP,    wrap_enter },
	{ CALL_CONSULT, EV_LOST,      CALL_ORPHAN,  orphan_enter },
	{ CALL_CONSULT, EV_TIMEOUT,   CALL_TALK,    back_enter },

	{ CALL_ASIDE,   EV_SWAP,      CALL_CONSULT, consult_enter },
	{ CALL_ASIDE,   EV_ALL,       CALL_CONF,    conf_enter },
	{ CALL_ASIDE,   EV_TAKEN,     CALL_TALK,    taken_enter },
	{ CALL_ASIDE,   EV_GIVEN,     CALL_OUTSIDE, outside_enter },
	{ CALL_ASIDE,   EV_GIVE_UP,   CALL_TALK,    back_enter },
	{ CALL_ASIDE,   EV_GONE,      CALL_TALK,    back_enter },
	{ CALL_ASIDE,   EV_HANGUP,    CALL_WRAP,    wrap_enter },
	{ CALL_ASIDE,   EV_RELEASE,   CALL_WRAP,    wrap_enter },
	{ CALL_ASIDE,   EV_LOST,      CALL_ORPHAN,  orphan_enter },
	{ CALL_ASIDE,   EV_TIMEOUT,   CALL_TALK,    back_enter },

	{ CALL_CONF,    EV_TAKEN,     CALL_TALK,    taken_enter },
	{ CALL_CONF,    EV_GIVEN,     CALL_OUTSIDE, outside_enter },
	{ CALL_CONF,    EV_GIVE_UP,   CALL_TALK,    back_enter },
	{ CALL_CONF,    EV_GONE,      CALL_TALK,    back_enter },
	{ CALL_CONF,    EV_HANGUP,    CALL_WRAP,    wrap_enter },
	{ CALL_CONF,    EV_RELEASE,   CALL_WRAP,    wrap_enter },
	{ CALL_CONF,    EV_LOST,      CALL_ORPHAN,  orphan_enter },
	{ CALL_CONF,    EV_TIMEOUT,   CALL_WRAP,    wrap_enter },

	{ CALL_OUTSIDE, EV_DISPOSED,  CALL_OUTSIDE, disposed_enter },
	{ CALL_OUTSIDE, EV_HANGUP,    CALL_WRAP,    over_enter },
	{ CALL_OUTSIDE, EV_GONE,      CALL_WRAP,    over_enter },
	{ CALL_OUTSIDE, EV_TIMEOUT,   CALL_WRAP,    over_enter },

	{ CALL_GUEST,   EV_HANGUP,    CALL_CLOSE,   close_enter },
	{ CALL_GUEST,   EV_RELEASE,   CALL_CLOSE,   close_enter },
	{ CALL_GUEST,   EV_TIMEOUT,   CALL_CLOSE,   close_enter },

	{ CALL_MESSAGE, EV_PLAYED,    CALL_CLOSE,   close_enter },
	{ CALL_MESSAGE, EV_HANGUP,    CALL_CLOSE,   close_enter },
	{ CALL_MESSAGE, EV_RELEASE,   CALL_CLOSE,   close_enter },
	{ CALL_MESSAGE, EV_TIMEOUT,   CALL_CLOSE,   close_enter },

	{ CALL_WRAP,    EV_DISPOSED,  CALL_CLOSE,   close_enter },
	{ CALL_WRAP,    EV_TIMEOUT,   CALL_CLOSE,   close_enter },

	{ CALL_CLOSE,   EV_DURABLE,   CALL_DONE,    done_enter },
	{ CALL_CLOSE,   EV_TIMEOUT,   CALL_CLOSE,   close_again },
};
const size_t flow_rows = ARRAY_LEN(flow_table);

const struct flow_row *flow_find(enum call_state from, enum call_event on)
{
	for (size_t i = 0; i < flow_rows; i++)
		if (flow_table[i].from == from && flow_table[i].on == on)
			return &flow_table[i];
	return NULL;
}

void flow_run(struct floor *f, struct call_pool *pool, struct now now)
{
	struct call_id id;
	enum call_event ev;

	while (call_next_event(pool, &id, &ev)) {
		struct call *c = call_get(pool, id);
		const struct flow_row *r = c ? flow_find(c->state, ev) : NULL;

		if (!r) {
			log_debug("flow", "call %u %s: %s, not for here",
				  id.v, c ? call_state_word(c->state) : "gone",
				  call_event_word(ev));
			continue;
		}
		log_debug("flow", "call %u %s --%s--> %s (%lld ms)", id.v,
			  call_state_word(r->from), call_event_word(ev),
			  call_state_word(r->to),
			  (long long)(now.mono_ms - c->since_ms));
		int64_t ms = now.mono_ms - c->since_ms;

		call_enter(pool, c, r->to, -1, now);
		call_moved(pool, c, r->from, ev, ms, now);
		r->enter(f, c, now);
	}
}

void flow_first(struct floor *f, struct call *c, struct now now)
{
	if (c->state == CALL_RESERVE)
		reserve_enter(f, c, now);
	else if (c->state == CALL_CHECK)
		check_enter(f, c, now);
}

void flow_print_map(FILE *out)
{
	fprintf(out, "stateDiagram-v2\n"
		     "    [*] --> %s: the agent reads first\n"
		     "    [*] --> %s: the pacer dials\n"
		     "    [*] --> %s: an outside number is asked\n",
		call_state_word(CALL_PREVIEW), call_state_word(CALL_RESERVE),
		call_state_word(CALL_CHECK));
	for (size_t i = 0; i < flow_rows; i++)
		fprintf(out, "    %s --> %s: %s\n",
			call_state_word(flow_table[i].from),
			call_state_word(flow_table[i].to),
			call_event_word(flow_table[i].on));
	fprintf(out, "    %s --> [*]\n", call_state_word(CALL_DONE));
}
