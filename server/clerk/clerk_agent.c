/* clerk_agent -- agents, what they do now, and how their phones are. */
#include "clerk_priv.h"

#include "base/str.h"

#include <string.h>

static json_t *agent_json(struct job *j, const struct seat *s, struct now now)
{
	const struct call *c = call_get(floor_calls(j->c->r->floor), s->call);
	const struct campaign_conf *k = floor_campaign_conf(
		j->c->r->floor, c ? c->campaign : seat_campaign(s));
	json_t *today = json_object();
	struct msg_agent_row r;

	for (unsigned st = SEAT_NOT_READY; st < SEAT_STATE_COUNT; st++)
		json_object_set_new(today,
			seat_state_word((enum seat_state)st), json_integer(
			seat_today_ms(s, (enum seat_state)st, now)));
	feed_agent_row(j->c->conf.feed, s, now, &r);
	return json_pack("{s:i, s:s, s:s, s:s, s:i, s:b, s:s, s:s, s:i, s:i, "
			 "s:i, s:i, s:s, s:o}",
			 "agent", (int)r.agent, "name", r.name, "team", r.team,
			 "state", msg_word(MSG_WORDS_STATE, r.state),
			 "seconds",
			 (int)((now.mono_ms - s->since.mono_ms) / 1000),
			 "over", r.over,
			 "campaign", k ? k->name : "", "number", r.number, "calls",
			 (int)r.calls, "sales", (int)r.sales, "talk_avg_s",
			 (int)r.talk_avg_s, "wrap_avg_s", (int)r.wrap_avg_s,
			 "net", msg_word(MSG_WORDS_HEALTH, r.net),
			 "today_ms", today);
}

/* "not_ready" is "not ready", as in `agent set`. */
static bool is_state(const char *word, const char *wanted)
{
	while (*word && (*word == *wanted ||
			 (*word == ' ' && *wanted == '_'))) {
		word++;
		wanted++;
	}
	return !*word && !*wanted;
}

bool verb_agent_list(struct job *j, struct now now)
{
	struct seats *seats = floor_seats(j->c->r->floor);
	const char *state = word_opt(j, "--state");
	struct seat *s = seat_at(seats, j->at);
	unsigned known = 0;

	for (unsigned i = 0; state && i < MSG_STATE_COUNT; i++)
		known += is_state(msg_word(MSG_WORDS_STATE, i), state);
	if (state && !known)
		return fail(j, EXIT_USAGE, MSG_NO_ARG, "--state %s: is such "
			    "as ready, not_ready, on_call or wrap-up", state);
	j->hurry = true;
	for (size_t n = 0; s && n < ROWS_STEP; s = seat_at(seats, ++j->at)) {
		const char *word = msg_word(MSG_WORDS_STATE,
					    desk_state(s, NULL));

		if (state && !is_state(word, state))
			continue;
		say(j, agent_json(j, s, now));
		n++;
	}
	return !s;
}

static struct seat *seat_named(struct job *j)
{
	const char *text = word_at(j, 0);
	uint64_t n;

	if (!text || str_to_u64(text, UINT32_MAX, &n)) {
		fail(j, EXIT_USAGE, MSG_NO_ARG, "which agent number?");
		return NULL;
	}
	struct seat *s = seat_get(floor_seats(j->c->r->floor),
				  (struct agent_id){ (uint32_t)n });

	if (!s)
		fail(j, EXIT_NOTHING, MSG_NO_ABSENT,
		     "agent %s has not logged in", text);
	return s;
}

/* Where calls reach the agent, and why they do not. */
static void add_phone(struct job *j, struct agent_id agent, json_t *line)
{
	char text[DIAL_TEXT_SIZE + 8];
	enum msg_desk desk = desk_phone(j->c->r, agent, text, sizeof(text));
	struct dial_phone p;

	dial_phone(j->c->r->dial, agent, &p);
	json_object_set_new(line, "line", json_string(
		p.up ? "open" : p.calling ? "ringing" : "down"));
	json_object_set_new(line, "phone",
			    json_string(msg_word(MSG_WORDS_DESK, desk)));
	if (!desk)
		return;
	json_object_set_new(line, "phone_at", *p.uri ? json_string(p.uri)
						     : json_null());
	json_object_set_new(line, "phone_expires_s", *p.uri
			    ? json_integer(p.expires_s) : json_null());
	json_object_set_new(line, "phone_trouble", *text
			    ? desk == MSG_DESK_ABSENT
			      ? json_sprintf("log it in as %s", text)
			      : json_string(text) : json_null());
}

bool verb_agent_show(struct job *j, struct now now)
{
	struct seat *s = seat_named(j);

	if (s) {
		json_t *line = agent_json(j, s, now);

		add_phone(j, s->agent, line);
		say(j, line);
	}
	return true;
}

bool verb_agent_set(struct job *j, struct now now UNUSED)
{
	static const struct { const char *word; enum seat_event ev; } states[] = {
		{ "ready", SE_READY }, { "not_ready", SE_NOT_READY },
		{ "break", SE_BREAK }, { "offline", SE_LOGOUT },
		{ "logout", SE_LOGOUT } };
	struct seat *s = seat_named(j);
	const char *want = word_value(j, "state");
	const char *reason = word_opt(j, "--reason");
	struct floor_input in = { .kind = IN_FORCE };

	if (!s)
		return true;
	if (!want || !reason)
		return fail(j, EXIT_USAGE, MSG_NO_ARG,
			    "needed: state=ready, not_ready, break or "
			    "logout, and --reason TEXT");
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		enum err e;

		if (!str_eq(states[i].word, want))
			continue;
		in.agent = s->agent.v;
		in.value = states[i].ev;
		str_copy(in.text, sizeof(in.text), reason);
		e = live_input(j->c->conf.live, &in);
		if (e)
			return fail_err(j, e, "not possible now");
		audit(j, "agent %u forced %s: %s", in.agent, want, reason);
		return true;
	}
	return fail(j, EXIT_USAGE, MSG_NO_ARG,
		    "state is ready, not_ready, break or logout");
}
