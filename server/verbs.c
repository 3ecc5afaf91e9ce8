/* verbs -- the table; see verbs.h. */
#include "verbs.h"

#include "base/base.h"
#include "base/str.h"
#include "tui/text.h"

#define CHANGES VERB_CHANGES
#define HERE    VERB_HERE
#define ALONE   VERB_ALONE
#define TRIES   VERB_TRIES

#define USER_KEYS "[lang=en|zh] [phone=embedded|registered|sip:URI] " \
	"[unmask=yes|no] [read_only=yes|no] [locked=yes|no] "
#define WHAT_OF_AGENTS "[--period today|week|month] " \
	"[--by agent|skill|team] [--campaign CAMPAIGN] [--team T] " \
	"[--find PART] [--sort id|name|calls|talk|wrap|sales|occupancy|" \
	"conversion|breaks]"
#define PURPOSES "marketing|service|callback|collection|survey|claims|" \
	"pensions"

static const struct verb verbs[] = {
	{ "status",   "show",   ALONE, "",
	  N_("one screen: version, uptime, agents, calls, trunks, alerts"),
	  NULL },
	{ "user",     "list",   0, "", N_("who may log in"), NULL },
	{ "user",     "show",   0, "USER", N_("one of them"), NULL },
	{ "user",     "add",    CHANGES,
	  "NAME --role agent|supervisor|admin [--agent N] [--name TEXT] "
	  "[--team T] [--campaigns CAMPAIGN,...] " USER_KEYS
	  "--password-stdin [--phone-password-stdin]",
	  N_("let somebody log in"), NULL },
	{ "user",     "set",    CHANGES,
	  "USER [role=agent|supervisor|admin] [agent=N] [name=TEXT] [team=T] "
	  "[campaigns=CAMPAIGN,...] " USER_KEYS
	  "[--password-stdin | --phone-password-stdin]",
	  N_("change a user"), NULL },
	{ "user",     "delete", CHANGES, "USER", N_("remove a user"), NULL },
	{ "agent",    "list",   0,
	  "[--state offline|not_ready|break|ready|reserved|preview|dialling|"
	  "ringing|on_call|on_hold|consult|3-way|wrap-up|link_lost]",
	  N_("agents and what they do now"),
	  "agent,name,team,state,seconds,over,campaign,number,calls,sales" },
	{ "agent",    "show",   0, "AGENT", N_("one agent"), NULL },
	{ "agent",    "set",    CHANGES,
	  "AGENT state=ready|not_ready|break|logout|offline --reason TEXT",
	  N_("put an agent into a state"), NULL },
	{ "report",   "list",   0, WHAT_OF_AGENTS,
	  N_("how agents spent their time"),
	  "agent,name,team,calls,talk_s,wrap_s,ready_s,break_s,"
	  "occupancy_pct,sales,conversion_pct" },
	{ "report",   "export", 0, "[--format csv|json] " WHAT_OF_AGENTS,
	  N_("the same for a spreadsheet"), NULL },
	{ "campaign", "list",   0, "", N_("campaigns, their modes and figures"),
	  "campaign,state,mode,agents,lines,connect,abandon,target,left,"
	  "limited" },
	{ "campaign", "show",   0, "CAMPAIGN",
	  N_("one campaign, its leads, what holds it back"), NULL },
	{ "campaign", "start",  CHANGES, "CAMPAIGN", N_("dial"), NULL },
	{ "campaign", "pause",  CHANGES, "CAMPAIGN",
	  N_("no new calls for now"), NULL },
	{ "campaign", "stop",   CHANGES, "CAMPAIGN",
	  N_("no new calls; ringing ones are taken back"), NULL },
	{ "campaign", "set",    CHANGES | TRIES,
	  "CAMPAIGN [lines=1.45] [target=2.5%] "
	  "[mode=preview|progressive|predictive] [ring=25s]",
	  N_("change the pacing"), NULL },
	{ "pace",     "explain", 0, "CAMPAIGN",
	  N_("why so many lines are in the air, and what limits them"), NULL },
	{ "pace",     "measure", 0, "CAMPAIGN [--from DAY] [--leads N]",
	  N_("a recorded day in numbers, as waihu simulate takes them"),
	  NULL },
	{ "pace",     "--stdio", HERE, "",
	  N_("the pacer by itself at the end of a pipe; no server is asked"),
	  NULL },
	{ "simulate", "",        HERE | ALONE, "[CAMPAIGN] [OPTION...]",
	  N_("a day of pacing in virtual time; waihu simulate --help"), NULL },
	{ "list",     "list",   0, "", N_("lists of leads"),
	  "list,country,leads,ready,later,callback,held,done,dnc,source" },
	{ "list",     "show",   0, "LIST", N_("one list"), NULL },
	{ "list",     "import", CHANGES | TRIES,
	  "LIST FILE.csv [--map phone=1,name=3] [--country CC] "
	  "[--charset utf-8|gbk|gb18030] [--tags A,B] "
	  "[--consent-purpose " PURPOSES "] "
	  "[--duplicates list|campaign|any] [--check]",
	  N_("read leads from a file"), NULL },
	{ "list",     "delete", CHANGES, "LIST",
	  N_("erase a list and its leads"), NULL },
	{ "lead",     "list",   0, "LIST [--after ID] [--limit N]",
	  N_("leads of a list"),
	  "lead,name,numbers,city,tier,tags,status,attempts,next" },
	{ "lead",     "show",   0, "ID|NUMBER", N_("a lead and its calls"),
	  NULL },
	{ "lead",     "set",    CHANGES,
	  "ID|NUMBER [priority=N] [status=held|ready] [name=TEXT] [tags=T]",
	  N_("change a lead"), NULL },
	{ "lead",     "erase",  CHANGES | TRIES, "NUMBER --yes [--why TEXT]",
	  N_("forget a customer: his leads, recordings, notes and attempts "
	     "go, records stay without him, and he is never called again"),
	  NULL },
	{ "dnc",      "list",   0, "[--limit N] [--unmask --why TEXT]",
	  N_("do not call, numbers masked; whole with --unmask, in the audit "
	     "log first"), NULL },
	{ "dnc",      "add",    CHANGES | TRIES, "NUMBER [--source TEXT]",
	  N_("never call this number again"), NULL },
	{ "dnc",      "show",   0, "NUMBER",
	  N_("is it on the list? exit status 2 if not"), NULL },
	{ "dnc",      "delete", CHANGES, "NUMBER", N_("allow it again"),
	  NULL },
	{ "consent",  "list",   0, "NUMBER", N_("consents of a customer"),
	  NULL },
	{ "consent",  "add",    CHANGES,
	  "NUMBER --kind oral|sms|web|written|contract|enquiry "
	  "--purpose " PURPOSES " [--proof TEXT]", N_("note a consent"),
	  NULL },
	{ "consent",  "delete", CHANGES, "NUMBER [--purpose " PURPOSES "]",
	  N_("revoke"), NULL },
	{ "trunk",    "list",   0, "", N_("trunks and how they do"),
	  "trunk,state,used,channels,cps,cps_limit,attempts,answers,asr,"
	  "loss,mos" },
	{ "trunk",    "show",   0, "TRUNK", N_("one trunk"), NULL },
	{ "trunk",    "drain",  CHANGES, "TRUNK", N_("no new calls"), NULL },
	{ "trunk",    "enable", CHANGES, "TRUNK", N_("use it again"), NULL },
	{ "trunk",    "set",    CHANGES, "TRUNK cps=N",
	  N_("change its limit of calls a second"), NULL },
	{ "trunk",    "rest",   CHANGES, "TRUNK NUMBER",
	  N_("do not show this caller number until it is used again"), NULL },
	{ "trunk",    "use",    CHANGES, "TRUNK NUMBER",
	  N_("show this caller number again"), NULL },
	{ "call",     "list",   0,
	  "[--since TIME] [--until TIME] [--number NUMBER] [--limit N]",
	  N_("the newest N calls of that time, oldest first; 1000 of today if "
	     "nothing is said"),
	  "call,start,campaign,agent,number,result,outcome,talk_ms,trunk,by" },
	{ "call",     "show",   0, "CALL", N_("one call"), NULL },
	{ "call",     "watch",  0,
	  "[--campaign CAMPAIGN] [--unmask --why TEXT]",
	  N_("every move of every call as it happens, a line each, until "
	     "Ctrl-C; numbers masked, whole with --unmask, in the audit log "
	     "first"), NULL },
	{ "call",     "play",   CHANGES, "CALL [--why TEXT]",
	  N_("play its recording with aplay or play, on the machine of the "
	     "server; in the audit log first"), NULL },
	{ "call",     "export", CHANGES, "CALL FILE [--why TEXT]",
	  N_("copy its recording to a file, or to standard output if FILE is "
	     "-, on the machine of the server; in the audit log first"),
	  NULL },
	{ "cdr",      "export", 0,
	  "[--since TIME] [--until TIME] [--number NUMBER] "
	  "[--format asterisk-csv|json] [--unmask --why TEXT]",
	  N_("records of calls, numbers masked; whole with --unmask if the "
	     "user may see them; in the audit log first"), NULL },
	{ "audit",    "list",   0,
	  "[--since TIME] [--until TIME] [--limit N]",
	  N_("who did what, oldest first; the newest N of that time"), NULL },
	{ "alert",    "list",   0, "[--since TIME]",
	  N_("alerts of today, or since then"), NULL },
	{ "why",      "show",   ALONE, "NUMBER [--campaign CAMPAIGN]",
	  N_("every rule, the first that blocks, the earliest legal second"),
	  NULL },
	{ "store",    "backup", CHANGES, "FILE",
	  N_("compact copy of the database while it runs; the key its rows "
	     "are sealed with is not in it"), NULL },
	{ "store",    "show",   0, "",
	  N_("how much it holds, how long it is kept, the ends of the chain"),
	  NULL },
	{ "store",    "verify", 0, "",
	  N_("read every row and the chain of events"), NULL },
	{ "config",   "check",  HERE, "[FILE...]",
	  N_("every mistake of the configuration, with file, line and "
	     "column; what a reload would change"), NULL },
	{ "config",   "show",   HERE, "[--effective] [FILE...]",
	  N_("what is in force, and where it was said"), NULL },
	{ "config",   "default", HERE, "",
	  N_("a commented file of every option"), NULL },
	{ "config",   "mdoc",   HERE, "",
	  N_("the options as waihu.yaml(5) has them"), NULL },
	{ "config",   "reload", CHANGES, "",
	  N_("read the configuration again, and say what changed and what "
	     "waits for a restart; with one mistake nothing changes"), NULL },
	{ "reload",   "",       CHANGES | ALONE, "",
	  N_("the same as config reload"), NULL },
};

const struct verb *verb_at(size_t i)
{
	return i < ARRAY_LEN(verbs) ? &verbs[i] : NULL;
}

const struct verb *verb_find(const char *object, const char *verb)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (str_eq(verbs[i].object, object) &&
		    str_eq(verbs[i].verb, verb))
			return &verbs[i];
	return NULL;
}
