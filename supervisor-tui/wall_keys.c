#include "wall_keys.h"

#include "base/str.h"
#include "wall_model.h"

#define LISTS  (CTX_AGENTS | CTX_CAMPAIGNS | CTX_TRUNKS | CTX_CALLS | \
		CTX_ALERTS | CTX_REPORT)
#define VIEWS  (CTX_OVERVIEW | LISTS)
#define PAGES  (VIEWS | CTX_PACING | CTX_TIMELINE | CTX_TRACE)
#define CALLS  (CTX_AGENTS | CTX_CALLS | CTX_TIMELINE)
#define ALL    (PAGES | CTX_MONITOR | CTX_OFFER | CTX_CARD | CTX_WALL)
#define TYPED  (CTX_LINE | CTX_TEXT)

/*
 * Keys of the supervisor (UX 2.6).  A capital letter disturbs other people
 * and asks first; lower case is harmless.  Several rows may share a key: the
 * first whose contexts hold is meant.  help NULL: told by an earlier row.
 */
static const struct keymap_row rows[] = {
	{ '1', 0, ACT_VIEW, PAGES, N_("1 Overview  2 Agents  3 Campaigns  "
	  "4 Trunks  5 Calls  6 Alerts "),
	  N_("1 Overview 2 Agents 3 Campaigns 4 Trunks 5 Calls 6 Alerts"),
	  N_("Overview: key figures, agents, campaigns, trunks, do now") },
	{ '2', 0, ACT_VIEW, PAGES, NULL, NULL, N_("Agents") },
	{ '3', 0, ACT_VIEW, PAGES, NULL, NULL, N_("Campaigns") },
	{ '4', 0, ACT_VIEW, PAGES, NULL, NULL, N_("Trunks") },
	{ '5', 0, ACT_VIEW, PAGES, NULL, NULL, N_("Calls that are up") },
	{ '6', 0, ACT_VIEW, PAGES, NULL, NULL,
	  N_("Alerts, open and of today") },
	{ '7', 0, ACT_VIEW, PAGES, N_("7 Performance"), NULL,
	  N_("Performance of agents, skill groups and teams") },
	{ '8', 0, ACT_VIEW, PAGES, N_("8 Breaks"), NULL,
	  N_("What agents spend on breaks") },
	{ TK_UP, 'k', ACT_MOVE, PAGES | CTX_HELP, NULL, NULL, N_("Move up") },
	{ TK_DOWN, 'j', ACT_MOVE, PAGES | CTX_HELP, NULL, NULL,
	  N_("Move down") },
	{ TK_PGUP, TK_PGDN, ACT_MOVE, PAGES | CTX_HELP, NULL, NULL,
	  N_("A page up or down") },
	{ TK_HOME, TK_END, ACT_MOVE, PAGES | CTX_HELP, NULL, NULL,
	  N_("First and last") },
	{ TK_UPDOWN, 0, ACT_NONE, CTX_PACING, N_("Up/Down Choose"), NULL,
	  NULL },
	{ TK_UPDOWN, 0, ACT_NONE, CTX_HELP, N_("Up/Down Scroll"), NULL, NULL },
	{ TK_ENTER, 0, ACT_OPEN, CTX_OVERVIEW, N_("Up/Down Enter Open"),
	  N_("Enter Open Esc Back"), N_("Open what is under the cursor") },
	{ TK_ENTER, 0, ACT_OPEN, CTX_AGENTS | CTX_CALLS | CTX_REPORT,
	  N_("Enter Timeline"),
	  NULL, NULL },
	{ TK_ENTER, 0, ACT_OPEN, CTX_TRUNKS, N_("Enter Details"), NULL, NULL },
	{ TK_ENTER, 0, ACT_OPEN, CTX_CAMPAIGNS, N_("Enter Pacing"), NULL,
	  NULL },
	{ TK_ENTER, 0, ACT_OPEN, CTX_ALERTS, N_("Enter Open"), NULL, NULL },
	{ TK_ENTER, 0, ACT_APPLY, CTX_PACING, N_("Enter APPLY"), NULL, NULL },
	{ TK_ENTER, 0, ACT_BOX, CTX_ASK, N_("Enter Yes"), NULL, NULL },
	{ TK_ENTER, 0, ACT_BOX, CTX_TEXT, N_("Enter Send"), NULL, NULL },
	{ TK_ENTER, 0, ACT_BOX, CTX_LINE, N_("Enter Do it"), NULL, NULL },
	{ TK_ENTER, 0, ACT_BOX, CTX_LOGIN, N_("Enter Log in"), NULL, NULL },
	{ TK_ESC, 0, ACT_BACK, CTX_PACING, N_("Esc Leave unchanged"),
	  N_("Esc Leave"), NULL },
	{ TK_ESC, 0, ACT_BACK, PAGES, N_("Esc Back"), NULL,
	  N_("Back, cancel; never ends a call you did not join") },
	{ TK_ESC, 0, ACT_BOX, CTX_ASK, N_("Esc No"), NULL, NULL },
	{ TK_ESC, 0, ACT_BOX, TYPED | CTX_FILTER, N_("Esc Cancel"), NULL,
	  NULL },
	{ TK_ESC, 0, ACT_BOX, CTX_HELP, N_("Esc Close"), NULL, NULL },
	{ TK_ESC, 'x', ACT_LEAVE, CTX_MONITOR | CTX_CARD, N_("x Leave"), NULL,
	  NULL },
	{ '/', 0, ACT_FIND, VIEWS, N_("/ Find"), NULL,
	  N_("Find as you type: name, id or number") },
	{ 'f', 0, ACT_FILTER, CTX_AGENTS, N_("f Filter state"), N_("f Filter"),
	  N_("Show only agents in one state") },
	{ 'g', 0, ACT_GROUP, CTX_AGENTS | CTX_CALLS | CTX_REPORT, N_("g Group"), NULL,
	  N_("Show only one campaign; again: the next; then all") },
	{ TK_LEFT, TK_RIGHT, ACT_PERIOD, CTX_REPORT, N_("Left/Right Period"),
	  NULL, N_("Performance: today, this week, this month") },
	{ TK_TAB, 0, ACT_BY, CTX_REPORT, N_("Tab Agents or groups"),
	  N_("Tab Groups"), N_("Performance: agents, skill groups, teams") },
	{ 'e', 0, ACT_EXPORT, CTX_REPORT, N_("e Export CSV"), NULL,
	  N_("Performance: write all rows to a new file") },
	{ 's', 0, ACT_SORT, CTX_AGENTS | CTX_CALLS | CTX_CAMPAIGNS | CTX_REPORT,
	  N_("s Sort"), NULL,
	  N_("Sort by the next column; at first: what needs attention") },
	{ '-', 0, ACT_REVERSE,
	  CTX_AGENTS | CTX_CALLS | CTX_CAMPAIGNS | CTX_REPORT, NULL,
	  NULL, N_("The other way round") },
	{ 's', 0, ACT_TRACE, CTX_TRUNKS, N_("s SIP trace of one call"),
	  N_("s SIP trace"), N_("SIP messages of the trunk's newest call") },
	{ 't', 0, ACT_TRACE, CTX_CALLS, N_("t SIP trace"), NULL,
	  N_("SIP messages of the call under the cursor") },
	{ TK_PGDN, 0, ACT_MOVE, CTX_TRACE, N_("PgUp/PgDn Scroll"), NULL, NULL },
	{ ':', 0, ACT_COMMAND, PAGES, N_(": Command"), NULL,
	  N_("A command; Tab completes, ? lists them") },
	{ 'z', 0, ACT_FREEZE, CTX_OVERVIEW, N_("z Freeze screen"),
	  N_("z Freeze"),
	  N_("Freeze the screen (its age is shown), or let it go on") },
	{ 'z', 0, ACT_FREEZE, LISTS | CTX_CARD | CTX_WALL, N_("z Freeze"),
	  NULL, NULL },
	{ 'p', 0, ACT_PACING, VIEWS | CTX_TIMELINE, N_("p Pacing"), NULL,
	  N_("Pacing of the campaign under the cursor") },
	{ 'n', 0, ACT_NOTE, CTX_MONITOR, N_("n Note"), NULL,
	  N_("While listening: a note at this point of the recording") },
	{ 'n', 0, ACT_NEXT_ALERT, PAGES | CTX_CARD, N_("n Next alert"), NULL,
	  N_("Go to the next open alert") },
	{ 'a', 0, ACT_ACK, VIEWS | CTX_CARD, N_("a Acknowledge"), N_("a Ack"),
	  N_("Acknowledge an alert with a word") },
	{ 'M', 0, ACT_MUTE, CTX_ALERTS, N_("M Mute"), NULL,
	  N_("Alerts: keep this one quiet for a time, for everybody") },
	{ 'v', 0, ACT_UNMASK, CALLS, N_("v View number"), NULL,
	  N_("The customer's whole number, if your role may; it is logged") },
	{ 'l', 0, ACT_LISTEN, CALLS | CTX_MONITOR, N_("l Listen"), NULL,
	  N_("Listen: nobody hears you") },
	{ 'w', 0, ACT_WHISPER, CALLS | CTX_MONITOR, N_("w Whisper"), NULL,
	  N_("Whisper: only the agent hears you") },
	{ 'x', 0, ACT_LEAVE, CALLS, N_("x Leave call"), N_("x Leave"),
	  N_("Leave the call you listen to") },
	{ 'm', 0, ACT_TELL, CALLS, N_("m Message"), NULL,
	  N_("A message to the agent, or with Tab to everyone") },
	{ 'B', 0, ACT_BARGE, CALLS | CTX_MONITOR, N_("B Barge in"),
	  N_("B Barge"), N_("Barge in: agent and customer hear you") },
	{ 'T', 0, ACT_TAKEOVER, CALLS | CTX_MONITOR, N_("T Take over"), NULL,
	  N_("Take over: the agent leaves, you talk to the customer") },
	{ 'y', 0, ACT_TAKE, CTX_OFFER, N_("y Take it"), NULL,
	  N_("When an agent asks you about a customer: take the call") },
	{ 'd', 0, ACT_DECLINE, CTX_OFFER, N_("d Not now"), NULL,
	  N_("Not now: the agent goes on with the customer") },
	{ TK_TAB, 0, ACT_NEXT_AGENT, CTX_MONITOR, N_("Tab Next agent on call"),
	  N_("Tab Next agent"), N_("Listen to the next agent on a call") },
	{ TK_TAB, 0, ACT_BOX, CTX_LINE, N_("Tab Complete"), NULL, NULL },
	{ TK_TAB, 0, ACT_BOX, CTX_TEXT, N_("Tab One or all"), NULL, NULL },
	{ TK_TAB, 0, ACT_BOX, CTX_LOGIN, N_("Tab Next field"), NULL, NULL },
	{ 'R', 0, ACT_READY, CTX_AGENTS | CTX_TIMELINE, N_("R Force ready"),
	  NULL, N_("Force ready, with a reason") },
	{ 'K', 0, ACT_BREAK, CTX_AGENTS | CTX_TIMELINE, N_("K Force break"),
	  NULL, N_("Force a break, with a reason") },
	{ 'O', 0, ACT_LOGOUT, CTX_AGENTS | CTX_TIMELINE, N_("O Log out"),
	  NULL, N_("Log an agent out, with a reason") },
	{ 'P', 0, ACT_PAUSE, CTX_CAMPAIGNS | CTX_OVERVIEW,
	  N_("P Pause dialling"), NULL, NULL },
	{ 'P', 0, ACT_PAUSE, CTX_PACING,
	  N_("P Pause dialling now (calls in progress continue)"),
	  N_("P Pause dialling"),
	  N_("Pause dialling, or go on; calls in progress continue") },
	{ TK_LEFT, TK_RIGHT, ACT_STAGE, CTX_PACING,
	  N_("Left/Right or + - Change"), N_("+ - Change"),
	  N_("Pacing: change the value; nothing happens until Enter") },
	{ '+', '-', ACT_STAGE, CTX_PACING, NULL, NULL, NULL },
	{ 'u', 0, ACT_UNDO, CTX_PACING, N_("u Undo last"), NULL,
	  N_("Pacing: take the last change back") },
	{ 'D', 0, ACT_DRAIN, CTX_TRUNKS, N_("D Drain (no new calls)"),
	  N_("D Drain"), N_("Trunk: no new calls") },
	{ 'E', 0, ACT_ENABLE, CTX_TRUNKS, N_("E Enable"), NULL,
	  N_("Trunk: take calls again") },
	{ 'C', 0, ACT_CPS, CTX_TRUNKS, N_("C Change CPS limit"),
	  N_("C CPS limit"), N_("Trunk: calls a second, at most") },
	{ 'N', 0, ACT_REST, CTX_TRUNKS, N_("N Rest a caller number"),
	  N_("N Rest a number"), N_("Trunk: rest a caller number, or use it again") },
	{ TK_DIGIT, '0', ACT_BOX, CTX_FILTER, N_("0-6 Choose"), NULL, NULL },
	{ 'L', 0, ACT_BOX, CTX_HELP, N_("L Chinese"), NULL,
	  N_("In the help: the other language") },
	{ '?', TK_F1, ACT_HELP, ALL, N_("? Help"), NULL, N_("Help") },
	{ TK_F1, 0, ACT_HELP, CTX_LOGIN, N_("F1 Help"), NULL, NULL },
	{ TK_CTRL_L, 0, ACT_REPAINT, ~0u, NULL, NULL, N_("Repaint") },
	{ 'q', 0, ACT_QUIT, ALL & ~(CTX_PACING | CTX_MONITOR | CTX_OFFER), N_("q Quit"),
	  NULL, N_("Quit; asks while you listen") },
	{ TK_ESC, 0, ACT_QUIT, CTX_LOGIN, N_("Esc Quit"), NULL, NULL },
	{ TK_CTRL_C, 0, ACT_QUIT, ~0u, NULL, NULL, N_("Quit; asks first") },
	{ TK_CTRL_Z, 0, ACT_NONE, ~0u, NULL, NULL,
	  N_("Back to the shell for a while; asks first") },
};

/* Which of them the footer names, in the mock-ups' order; // is the key /. */
static const struct footer_plan plans[] = {
	{ CTX_OVERVIEW, -1, "1 Enter Esc / p a z n // : ? q",
	  "1 Enter / p a z n // : ? q" },
	{ CTX_AGENTS, -1, "l w B x m R K / s // f g Enter Esc z ?",
	  "l w B x m R K / s // f Enter Esc z ?" },
	{ CTX_CAMPAIGNS, -1, "1 / Enter p P s // Esc z : ? q",
	  "1 / Enter P s // Esc z ?" },
	{ CTX_TRUNKS, -1, "D E C N Enter / s Esc ?", NULL },
	{ CTX_CALLS, -1, "1 / l w B x m s // g Enter Esc z ?",
	  "1 / l w B m s // Esc ?" },
	{ CTX_ALERTS, -1, "1 / Enter a M n // Esc z : ? q",
	  "1 / Enter a M n Esc z ?" },
	{ CTX_PACING, -1, "Up/Down Left Enter u Esc / P ?", NULL },
	{ CTX_TIMELINE, -1, "l w B x m R K O / p Esc : ? q",
	  "l w B x m R K / p Esc : ? q" },
	{ CTX_REPORT, -1, "Left Tab e s // g 7 8 / 1 Enter Esc ?",
	  "Left Tab e s // / 7 8 Enter Esc ?" },
	{ CTX_TRACE, -1, "PgDn Esc ? q", NULL },
	{ CTX_MONITOR, -1, "w B T n x Tab", NULL },
	{ CTX_OFFER, -1, "y d ?", NULL },
	{ CTX_ASK, -1, "Enter Esc", NULL },
	{ CTX_TEXT, -1, "Enter Tab Esc", NULL },
	{ CTX_LINE, -1, "Enter Tab Esc", NULL },
	{ CTX_FILTER, -1, "1-9 Esc", NULL },
	{ CTX_HELP, -1, "Up/Down L Esc", NULL },
	{ CTX_LOGIN, -1, "Enter Tab F1 Esc", NULL },
};

const struct keymap wall_keymap = { rows, ARRAY_LEN(rows), plans,
				    ARRAY_LEN(plans) };

void wall_footer_text(const struct keymap_row *row, const char *label,
		      char *buf, size_t size, const void *model)
{
	const struct wall_model *m = model;
	unsigned state = wall_campaign_state(m);
	bool mine = m->mon.mode == MSG_MONITOR_TAKEOVER;

	str_copy(buf, size, label);
	if (wall_forbids(m, row->act, false) ||
	    (wall_is_party(m) && (row->act == ACT_WHISPER ||
				  row->act == ACT_BARGE ||
				  row->act == ACT_NEXT_AGENT ||
				  (row->act == ACT_TAKEOVER && mine))))
		str_copy(buf, size, "");
	else if (row->act == ACT_FREEZE && m->frozen)
		str_copy(buf, size, _("z GO ON"));
	else if (row->act == ACT_PAUSE && state == MSG_CAMPAIGN_PAUSED)
		str_copy(buf, size, _("P GO ON DIALLING"));
	else if (row->act == ACT_PAUSE && state == MSG_CAMPAIGN_STOPPED)
		str_copy(buf, size, _("P Start dialling"));
	else if (row->act == ACT_BOX && row->key == TK_ENTER &&
		 m->box.ask != ASK_NONE && m->box.ask != ASK_TELL &&
		 wall_ctx(m) == CTX_TEXT)
		str_copy(buf, size, _("Enter Do it"));
	else if (row->act == ACT_BOX && row->key == TK_TAB &&
		 m->box.ask == ASK_BREAK)
		str_copy(buf, size, _("Tab Which break"));
	else if (row->act == ACT_BOX && row->key == TK_TAB &&
		 m->box.ask == ASK_REST)
		str_copy(buf, size, _("Tab Next number"));
	else if (row->act == ACT_BOX && row->key == TK_TAB &&
		 m->box.ask != ASK_NONE && m->box.ask != ASK_TELL)
		str_copy(buf, size, "");
}
