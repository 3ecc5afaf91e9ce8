/* What keys ask of the server, told as replays: script in, requests out. */
#include "base/t.h"

#include <stdlib.h>
#include <string.h>

#include "agent_replay.h"
#include "base/str.h"

static const struct {
	const char *what, *section, *script, *want;
} cases[] = {
	{ "Enter makes ready", "A1", "key Enter",
	  "-> want_state req=1 want=ready\n" },
	{ "Enter does nothing while ready", "A2", "key Enter", "" },
	{ "F2 leaves ready", "A2", "key F2",
	  "-> want_state req=1 want=\"not ready\"\n" },
	{ "a break by its digit", "A2", "key b|key 2",
	  "-> want_state req=1 want=break break_code=2\n" },
	{ "0 in the break menu logs out", "A2", "key F3|key 0",
	  "-> want_state req=1 want=\"log out\"\n" },
	{ "Esc takes a pending break back", "A5",
	  "seat pending=break pending_break=1|key Esc",
	  "-> want_state req=1 want=\"carry on\"\n" },
	{ "Esc ends no call", "A5", "key Esc", "" },
	{ "preview: Enter dials", "A3", "key Enter", "-> dial req=1 call=7\n" },
	{ "preview: a digit skips with its reason", "A3", "key 3",
	  "-> skip req=1 call=7 reason=3\n" },
	{ "preview: another number", "A3", "key a|key 2",
	  "-> dial req=1 call=7 number=2\n" },
	{ "preview: a digit without a reason does nothing", "A3", "key 9", "" },
	{ "the history asks nothing, and a call can be ended from it", "A5",
	  "key i|key Down|key F8", "-> hangup req=1 call=7\n" },
	{ "a number nobody may dial is not dialled", "A3",
	  "customer.numbers number=1 refused=yes|key a|key 3", "" },
	{ "hold and take back", "A5", "key F4", "-> hold req=1 call=7 on=yes\n" },
	{ "h is its twin", "A5", "key h", "-> hold req=1 call=7 on=yes\n" },
	{ "Enter takes back", "A6", "key Enter", "-> hold req=1 call=7\n" },
	{ "F8 hangs up", "A5", "key F8", "-> hangup req=1 call=7\n" },
	{ "x asks first", "A5", "key x", "" },
	{ "and Enter confirms", "A5", "key x|key Enter",
	  "-> hangup req=1 call=7\n" },
	{ "q is no key of the agent", "A5", "key q", "" },
	{ "Ctrl-C ends nothing", "A5", "key Ctrl-C", "" },
	{ "nor at the log-in, nor Ctrl-Z", "LOGIN",
	  "key Ctrl-C|key Ctrl-Z|key Ctrl-C", "" },
	{ "Esc there asks first", "LOGIN", "key Esc|key Esc", "" },
	{ "and Enter leaves", "LOGIN", "key Esc|key Enter", "-> quit\n" },
	{ "without a server and a call it is left as well", "A1",
	  "lost 2000|key Ctrl-C|key Esc|key Enter", "-> quit\n" },
	{ "with a call it is not", "A5",
	  "lost 2000|key Ctrl-C|key Esc|key Ctrl-Z|key Enter", "" },
	{ "nor when the server is back meanwhile", "A1",
	  "lost 2000|key Esc|login_ok agent=1001|key Enter",
	  "-> want_state req=1 want=ready\n" },
	{ "an outcome during the call", "A5", "key 2",
	  "-> outcome req=1 call=7 code=2\n" },
	{ "a sale asks for its amount", "A5", "key 1", "" },
	{ "in whole units and hundredths", "A5",
	  "key 1|type 1,234.5|key Enter",
	  "-> outcome req=1 call=7 code=1 amount=123450\n" },
	{ "letters are no amount", "A5", "key 1|type 1e9|key Enter",
	  "-> outcome req=1 call=7 code=1 amount=1900\n" },
	{ "nothing is no amount", "A5", "key 1|key Enter", "" },
	{ "nor is 0", "A5", "key 1|type 0.00|key Enter", "" },
	{ "nor more than a thousand million", "A5",
	  "key 1|type 1000000000.01|key Enter", "" },
	{ "nor a third decimal", "A5", "key 1|type 1.234|key Enter", "" },
	{ "Esc leaves it undecided", "A5", "key 1|type 5|key Esc", "" },
	{ "without its amount a sale is not saved", "A7",
	  "seat outcome=1|key Enter", "" },
	{ "with it it is", "A7", "seat outcome=1 amount=100|key Enter",
	  "-> finish req=1 call=7\n" },
	{ "a correction to a sale asks for it too", "A2",
	  "key u|key 1|type 9|key Enter",
	  "-> correct_outcome req=1 call=6 code=1 amount=900\n" },
	{ "the callbacks anyone may take", "A2", "key c|key Tab",
	  "-> callbacks req=1\n-> callbacks req=1 anyone=yes\n" },
	{ "the same digit takes it back", "A5", "key 3",
	  "-> outcome req=1 call=7\n" },
	{ "do not call again asks", "A5", "key 8", "" },
	{ "and a second key confirms", "A5", "key 8|key Enter",
	  "-> outcome req=1 call=7 code=8\n" },
	{ "or Esc forgets it", "A5", "key 8|key Esc|key Enter", "" },
	{ "wrap-up: a call-back without a time is not saved", "A7",
	  "key Enter", "" },
	{ "wrap-up: with a time it is", "A7",
	  "seat callback_ms=2026-11-19T15:00|key Enter",
	  "-> finish req=1 call=7\n" },
	{ "wrap-up: without an outcome it is not", "A7",
	  "seat outcome=0|key Enter", "" },
	{ "wrap-up: F2 saves and stops", "A7", "seat outcome=4|key F2",
	  "-> finish req=1 call=7 next=\"not ready\"\n" },
	{ "an outcome that needs a note waits for it", "A7",
	  "customer note=\"\"|new customer|seat outcome=9|key n|key Ctrl-U|"
	  "key Esc|key Enter",
	  "-> note req=1 call=7 final=yes\n" },
	{ "more time", "A7", "key +", "-> wrap_more req=1 call=7\n" },
	{ "a note is sent when it is done", "A5", "key n|type  x|key Enter",
	  "-> note req=1 call=7 text=\"Interested in 500M, husband decides. "
	  "Ask again after 15:00. x\" final=yes\n" },
	{ "digits in a note are text", "A5", "key n|key Ctrl-U|type 18|key Esc",
	  "-> note req=1 call=7 text=\"18\" final=yes\n" },
	{ "a draft is sent after two seconds", "A5",
	  "key n|key Ctrl-U|type ab|tick 2000",
	  "-> note req=1 call=7 text=\"ab\"\n" },
	{ "not before", "A5", "key n|key Ctrl-U|type ab|tick 1000", "" },
	{ "F8 works while a note is typed", "A5", "key n|key F8",
	  "-> hangup req=1 call=7\n" },
	{ "pasted text is no command", "A5", "paste 1h4!x", "" },
	{ "pasted text goes into a note", "A5",
	  "key n|key Ctrl-U|paste 4x|key Esc",
	  "-> note req=1 call=7 text=\"4x\" final=yes\n" },
	{ "tones", "A5", "key d|key 5|key #|key Esc",
	  "-> dtmf req=1 call=7 digits=\"5\"\n"
	  "-> dtmf req=1 call=7 digits=\"#\"\n" },
	{ "mute", "A5", "key m", "-> mute req=1 call=7 on=yes\n" },
	{ "pause the recording", "A5", "key r",
	  "-> rec_pause req=1 call=7 on=yes\n" },
	{ "and go on", "A5", "seat rec=paused|key r",
	  "-> rec_pause req=1 call=7\n" },
	{ "raise a hand", "A5", "key F9", "-> raise_hand req=1 on=yes\n" },
	{ "transfer: ask first", "A9", "key Down|key Enter",
	  "-> transfer req=1 call=7 kind=\"ask first\" target=agent "
	  "to=\"1044\"\n" },
	{ "transfer: a supervisor", "A9", "key Enter",
	  "-> transfer req=1 call=7 kind=\"ask first\" target=supervisor "
	  "to=\"2001\"\n" },
	{ "transfer: not one who cannot be reached", "A9",
	  "new targets_page|targets_page.rows kind=supervisor to=2001 "
	  "name=Zhang why=\"no phone\"|key Enter|key F6", "" },
	{ "transfer: not from a list that is not what was typed", "A9",
	  "type o|key F6|key Enter|new targets_page|targets_page.rows "
	  "kind=agent to=1044 name=\"Zhou Ping\"",
	  "-> targets req=1 find=\"zho\"\n-> transfer req=1 call=7 kind=\"ask "
	  "first\" target=agent to=\"1044\"\n" },
	{ "transfer: another key meanwhile, and it is not done", "A9",
	  "type o|key Enter|key Down|new targets_page|targets_page.rows "
	  "kind=agent to=1044 name=\"Zhou Ping\"",
	  "-> targets req=1 find=\"zho\"\n" },
	{ "transfer: how they are is asked again, who they are stays", "A9",
	  "tick 2100|new targets_page|targets_page.rows kind=supervisor "
	  "to=2001 name=\"Zhang Hua\" why=\"no sound\"|key Enter|key Down|"
	  "key Enter",
	  "-> targets req=1 find=\"zh\"\n-> transfer req=1 call=7 kind=\"ask "
	  "first\" target=agent to=\"1044\"\n" },
	{ "transfer: send now to a queue", "A9",
	  "key Down|key Down|key Down|key F6",
	  "-> transfer req=1 call=7 kind=\"send now\" target=queue to=\"4\"\n" },
	{ "consult: give, swap, all three, back", "CONSULT",
	  "key F6|key F4|key c|key Esc|key Enter",
	  "-> transfer req=1 call=7 kind=\"give the customer\"\n"
	  "-> transfer req=1 call=7 kind=swap\n"
	  "-> transfer req=1 call=7 kind=\"all three talk\"\n"
	  "-> transfer req=1 call=7 kind=\"back to the customer\"\n"
	  "-> transfer req=1 call=7 kind=\"all three talk\"\n" },
	{ "while it rings: give up, or send without waiting", "ASKING",
	  "key Esc|key F6|key F8|key F4|key c",
	  "-> transfer req=1 call=7 kind=\"back to the customer\"\n"
	  "-> transfer req=1 call=7 kind=\"give the customer\"\n"
	  "-> hangup req=1 call=7\n" },
	{ "who is asked may mute and leave, no more", "ASKED",
	  "key F6|key F4|key c|key Esc|key n|key 1|key d|key r|key F5|key F8",
	  "-> mute req=1 call=7 on=yes\n-> hangup req=1 call=7\n" },
	{ "three-way: on without the other", "CONF", "key Esc",
	  "-> transfer req=1 call=7 kind=\"back to the customer\"\n" },
	{ "no transfer where the campaign allows none", "A5",
	  "seat no_transfer=yes|key F6|key Enter", "" },
	{ "the note goes before the customer does", "CONSULT",
	  "key n|key Ctrl-U|type red|key F6",
	  "-> note req=1 call=7 text=\"red\" final=yes\n"
	  "-> transfer req=1 call=7 kind=\"give the customer\"\n" },
	{ "given while a note is typed: it goes on", "SENDING",
	  "key n|key Ctrl-U|type red|customer call=8 note=old|"
	  "seat call=8 state=wrap-up ended_by=transfer|type dish|key Esc",
	  "-> note req=1 call=8 text=\"reddish\" final=yes\n" },
	{ "a colleague's draft is there", "A2",
	  "customer call=9 note=\"wants it\"|seat call=9 state=\"on call\"|"
	  "key n|type ?|key Esc",
	  "-> note req=1 call=9 text=\"wants it?\" final=yes\n" },
	{ "a picked call-back is checked, then kept", "A7", "key F7|key 4|key Enter",
	  "-> callback req=1 call=7 at_ms=1795053600000 number=1 check=yes\n"
	  "-> callback req=1 call=7 at_ms=1795053600000 number=1\n" },
	{ "outside the hours it is refused here", "A7",
	  "key F7|type tomorrow 21:00|key Enter", NULL },
	{ "no early exit: Enter asks for nothing, F2 is for afterwards", "A7",
	  "seat wrap_mode=\"timed, no early exit\" call=7 left_ms=42000|"
	  "key 4|key Enter|key F2",
	  "-> outcome req=1 call=7 code=4\n"
	  "-> want_state req=1 want=\"not ready\"\n" },
	{ "no need to choose: Enter goes on without an outcome", "A7",
	  "seat wrap_mode=optional call=7 outcome=0|key Enter",
	  "-> finish req=1 call=7\n" },
	{ "correct the last outcome", "A2", "key u|key 2",
	  "-> correct_outcome req=1 call=6 code=2\n" },
	{ "server lost: the outcome is kept and sent later", "A11",
	  "key 4|back", "-> outcome req=1 call=7 code=4\n" },
	{ "server lost: hang up works here", "A11", "key F8",
	  "-> phone hangup\n" },
	{ "server lost: the note is kept and sent later", "A11",
	  "key n|key Ctrl-U|type kept|key Esc|tick 5000|back",
	  "-> note req=1 call=7 text=\"kept\"\n" },
	{ "a line open here alone: the phone begins anew, once", "A5",
	  "local line=ok|seat line=down|tick 1|tick 4999|tick 1|tick 60000",
	  "-> phone anew\n" },
	{ "not when the server hears it again in time", "A5",
	  "local line=ok|seat line=down|tick 1|tick 4900|seat line=ok|tick 1|"
	  "seat line=down|tick 1|tick 4900", "" },
	{ "not when the phone knows of it and dials by itself", "A5",
	  "local line=down|seat line=down|tick 1|tick 60000", "" },
	{ "a desk phone is not ours to begin anew", "A5",
	  "seat line=down|tick 1|tick 60000", "" },
	{ "reading ahead", "A2", "key PgDn",
	  "-> script_page req=1 page=2\n" },
	{ "reading on while a menu is open", "A5",
	  "key F3|key PgDn", "-> script_page req=1 page=3\n" },
	{ "and while an amount is typed", "A5", "key 1|type 5|key PgDn|key Enter",
	  "-> script_page req=1 page=3\n"
	  "-> outcome req=1 call=7 code=1 amount=500\n" },
	{ "but in the help the help is read on", "A5", "key F1|key PgDn", "" },
	{ "a menu closes when the state changes", "A5",
	  "key F3|seat state=wrap-up|key 2",
	  "-> outcome req=1 call=7 code=2\n" },
	{ "a new call forgets the old note", "A5",
	  "key n|type x|seat call=8 outcome=0|key n|type y|key Esc",
	  "-> note req=1 call=8 text=\"y\" final=yes\n" },
	{ "the callbacks list dials", "CALLBACKS", "key Down|key Enter",
	  "-> dial req=1 callback=2\n" },
};

/* Words where the printer shows numbers make the table readable. */
static void readable(char *s, size_t size)
{
	static const struct { const char *no, *word; } map[] = {
		{ "want_state req=1 want=1", "want_state req=1 want=ready" },
		{ "want_state req=1 want=2",
		  "want_state req=1 want=\"not ready\"" },
		{ "want_state req=1 want=3", "want_state req=1 want=break" },
		{ "want_state req=1 want=4", "want_state req=1 want=\"log out\"" },
		{ "want_state req=1 want=5",
		  "want_state req=1 want=\"carry on\"" },
		{ "kind=1", "kind=\"send now\"" }, { "kind=2", "kind=\"ask first\"" },
		{ "kind=3", "kind=swap" }, { "kind=4", "kind=\"all three talk\"" },
		{ "kind=5", "kind=\"give the customer\"" },
		{ "kind=6", "kind=\"back to the customer\"" },
		{ "target=1", "target=agent" }, { "target=2", "target=queue" },
		{ "target=5", "target=supervisor" },
		{ "next=2", "next=\"not ready\"" },
		{ " on=1", " on=yes" }, { " on=true", " on=yes" },
		{ "final=true", "final=yes" }, { "check=true", "check=yes" },
	};

	for (size_t i = 0; i < ARRAY_LEN(map); i++)
		for (char *at; (at = strstr(s, map[i].no));) {
			char rest[4000];

			str_copy(rest, sizeof(rest), at + strlen(map[i].no));
			*at = '\0';
			str_add(s, size, "%s%s", map[i].word, rest);
		}
	/* No blank at the end of a line. */
	for (char *at; (at = strstr(s, " \n"));)
		memmove(at, at + 1, strlen(at));
}

static void run(const char *section, const char *script, char *got,
		size_t size, const char *what)
{
	struct replay_opts o = { .rows = 30, .cols = 100 };
	char why[600], copy[1000], *save = NULL, *text = NULL;
	struct replay *r;
	size_t len = 0, skip;

	o.out = open_memstream(&text, &len);
	o.requests = true;
	T_OK(o.out && !replay_new(&o, &r), "a replay");
	T_OK(!replay_file(r, "data/samples/agent.en", section, why,
			  sizeof(why)), "%s", why);
	fflush(o.out);
	skip = len;
	str_copy(copy, sizeof(copy), script);
	for (char *l = strtok_r(copy, "|", &save); l;
	     l = strtok_r(NULL, "|", &save))
		T_OK(!replay_line(r, l, why, sizeof(why)), "%s: %s: %s", what,
		     l, why);
	replay_draw(r);
	replay_free(r);
	fclose(o.out);
	str_copy(got, size, text + skip);
	readable(got, size);
	free(text);
}

static void test_cases(void **state UNUSED)
{
	char got[4000];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		run(cases[i].section, cases[i].script, got, sizeof(got),
		    cases[i].what);
		if (cases[i].want)
			T_OK(str_eq(got, cases[i].want),
			     "%s: wanted\n%sgot\n%s", cases[i].what,
			     cases[i].want, got);
		else	/* asked, but never kept */
			T_OK(!strstr(got, "number=1\n"), "%s:\n%s",
			     cases[i].what, got);
	}
}

/* The same key within 300 ms is a slip of the finger. */
static void test_slip(void **state UNUSED)
{
	struct replay_opts o = { .rows = 30, .cols = 100, .out = stdout };
	struct agent_model *m;
	struct replay *r;
	char why[300];

	T_OK(!replay_new(&o, &r) && !replay_file(r, "data/samples/agent.en",
	     "A5", why, sizeof(why)), "%s", why);
	m = replay_model(r);
	T_OK(agent_key(m, TK_F4) & DO_REDRAW, "F4 acts");
	m->now.mono_ms += 299;
	T_OK(agent_key(m, TK_F4) == DO_NOTHING, "again too soon: nothing");
	m->now.mono_ms += 301;
	T_OK(agent_key(m, TK_F4) & DO_REDRAW, "later it acts again");
	m->now.mono_ms += 301;
	T_OK(agent_key(m, 't') & DO_REDRAW && m->box == CTX_TRANSFER,
	     "t asks to whom");
	(void)agent_key(m, TK_ESC);
	T_OK(agent_key(m, 't') & DO_REDRAW && m->box == CTX_TRANSFER,
	     "t again, with Esc between, is no slip");
	(void)agent_key(m, TK_ESC);
	T_OK(agent_key(m, TK_F6) & DO_REDRAW && m->box == CTX_TRANSFER,
	     "F6 asks to whom");
	T_OK(agent_key(m, TK_F6) == DO_NOTHING && m->box == CTX_TRANSFER,
	     "F6 again too soon gives nobody away");
	replay_free(r);
}

/* A change of state flushes what was typed for the last screen. */
static void test_flush(void **state UNUSED)
{
	struct agent_model *m = malloc(sizeof(*m));
	struct msg_seat s = { .state = MSG_STATE_READY, .wall_ms = 5 };

	T_OK(m, "memory");
	agent_init(m);
	m->logged_in = true;
	T_OK(agent_message(m, MSG_SEAT, &s) & DO_FLUSH, "offline to ready");
	T_OK(!(agent_message(m, MSG_SEAT, &s) & DO_FLUSH), "ready again");
	s.state = MSG_STATE_TALK;
	s.call = 9;
	T_OK(agent_message(m, MSG_SEAT, &s) & DO_BELL, "a call rings the bell");
	m->typing = true;
	s.state = MSG_STATE_WRAP;
	T_OK(!(agent_message(m, MSG_SEAT, &s) & DO_FLUSH) && m->typing,
	     "a note goes on: no letter of it is lost to the hang-up");
	s.state = MSG_STATE_TALK;
	s.call = 10;
	T_OK(agent_message(m, MSG_SEAT, &s) & DO_FLUSH && !m->typing,
	     "the next customer's does not begin with it");
	free(m);
}

/* The server's word about a time that is no longer the one chosen. */
static void test_late_answer(void **state UNUSED)
{
	struct replay_opts o = { .rows = 30, .cols = 100, .out = stdout };
	struct msg_callback_ok free_ = { .clashes = 2 };
	struct msg_refused no = { .code = MSG_NO_HOURS };
	struct agent_model *m;
	struct replay *r;
	char why[300];

	T_OK(!replay_new(&o, &r) && !replay_file(r, "data/samples/agent.en",
	     "A7", why, sizeof(why)), "%s", why);
	m = replay_model(r);
	T_OK(!replay_line(r, "key F7", why, sizeof(why)) &&
	     !replay_line(r, "type tomorrow 10:00", why, sizeof(why)), "%s",
	     why);
	free_.at_ms = m->pick.at_ms;
	T_OK(free_.at_ms && !*m->pick.trouble, "within the hours");
	T_OK(!replay_line(r, "key Ctrl-U", why, sizeof(why)) &&
	     !replay_line(r, "type tomorrow 21:00", why, sizeof(why)), "%s",
	     why);
	T_OK(*m->pick.trouble, "outside the hours");
	(void)agent_message(m, MSG_CALLBACK_OK, &free_);
	T_OK(*m->pick.trouble && !m->pick.clashes,
	     "the answer about 10:00 says nothing of 21:00");
	while (m->pick.due)
		(void)agent_message(m, MSG_REFUSED, &no);
	T_OK(!replay_line(r, "key Ctrl-U", why, sizeof(why)) &&
	     !replay_line(r, "type tomorrow 11:00", why, sizeof(why)), "%s",
	     why);
	T_OK(m->pick.due > 1 && !*m->pick.trouble, "two were asked about");
	(void)agent_message(m, MSG_REFUSED, &no);
	T_OK(!*m->pick.trouble, "the refusal of the first is not the last's");
	while (m->pick.due)
		(void)agent_message(m, MSG_REFUSED, &no);
	T_OK(*m->pick.trouble, "the last one's is");
	replay_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases), cmocka_unit_test(test_slip),
		cmocka_unit_test(test_flush),
		cmocka_unit_test(test_late_answer),
	};

	text_init("en");
	return T_RUN(tests);
}
