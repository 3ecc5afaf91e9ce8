/*
 * admin_words -- headings and words of tables in the language of who reads.
 *
 * A heading is the key of the JSON; a word is translated only in a column
 * that holds words of ours, never in one of names or notes.
 */
#include "admin/admin.h"

#include "base/str.h"
#include "msg/msg_form.h"
#include "tui/text.h"
#include "verbs.h"

#include <stdlib.h>
#include <string.h>

#define C(key) NC_("column", key)
#define W(word) NC_("word", word)

static const char *const columns[] = {
	C("abandon"), C("abandon_today"), C("abandoned"), C("added"),
	C("agent"), C("agent_wait_s"), C("agents"), C("alerts"), C("amount"),
	C("answer"), C("answered"), C("answers"), C("asr"), C("at"),
	C("at_s"), C("attempt"), C("attempts"), C("blocked"), C("blocked_by"),
	C("break_s"), C("breaks_s"), C("by"), C("bytes"), C("call"),
	C("callable_now"), C("callback"), C("caller"), C("callers"),
	C("calls"), C("campaign"), C("campaigns"), C("chain_anchor"),
	C("chain_head"), C("changed"), C("channels"), C("charset"), C("city"),
	C("cleared"), C("codes"), C("columns"), C("connect"), C("consents"),
	C("conversion"), C("conversion_pct"), C("country"), C("cps"),
	C("cps_limit"), C("created"), C("dialled"), C("disk_free"),
	C("disk_full"), C("dnc"), C("done"), C("draining"), C("dry_run"),
	C("duplicate_elsewhere"), C("duplicate_in_file"),
	C("duplicate_in_list"), C("earliest"), C("end"), C("ends"),
	C("erased"), C("events"), C("events_newest"), C("events_since"),
	C("events_trimmed"), C("failures_5xx"), C("far_loss"),
	C("far_loss_pct"), C("fallback"), C("file"), C("file_bytes"),
	C("floor"), C("free_bytes"), C("from_agent"), C("full"), C("given"),
	C("heard"), C("held"), C("history"), C("hold_ms"), C("hold_s"), C("id"), C("idle"),
	C("inputs"), C("interrupted"), C("invite"), C("jitter_ms"),
	C("joined"), C("keep_attempts_days"), C("keep_events_days"), C("key"),
	C("kind"), C("last"), C("later"), C("lead"), C("leads"), C("left"),
	C("level"), C("limited"), C("line"), C("lines"), C("lines_milli"),
	C("list"), C("locked"), C("loss"), C("loss_pct"), C("login_s"),
	C("may_be_called"), C("mistake"), C("mistakes"), C("mode"), C("mos"),
	C("name"), C("ner"), C("net"), C("next"), C("next_due"),
	C("not_ready_s"), C("note"), C("notes"), C("now"), C("number"),
	C("numbers"), C("occupancy_pct"), C("of"), C("opens"), C("option"),
	C("options_ms"), C("outcome"), C("outside_hours"), C("over"),
	C("part"), C("parts"), C("passed"), C("pdd_p50_ms"), C("pdd_p95_ms"),
	C("phone"), C("phone_at"), C("phone_by"), C("phone_expires_s"),
	C("phone_trouble"),
	C("priority"), C("profile"), C("proof"), C("purpose"), C("q850"),
	C("quiet_until"), C("read_only"), C("ready"), C("ready_s"),
	C("recording"), C("recordings"), C("records"), C("rejected"),
	C("reloaded"), C("repaired"), C("reserved"), C("rests"), C("result"),
	C("revoked"), C("ring_ms"), C("role"), C("rows"), C("rule"),
	C("rules"), C("rules_asked"), C("sale"), C("sales"), C("seconds"),
	C("since"), C("sip"), C("sip_password"), C("sip_realm"),
	C("sip_server"), C("sip_user"), C("slowest_ms"), C("sound"),
	C("source"), C("spool"), C("start"), C("started"), C("state"),
	C("status"), C("tags"), C("takes_effect"), C("talk_avg_s"),
	C("talk_ms"), C("talk_s"), C("talked"), C("talking"), C("target"),
	C("target_ppm"), C("team"), C("text"), C("then"), C("tier"), C("today_ms"),
	C("trimmed"), C("trunk"), C("trunks"), C("trunks_up"), C("unmask"),
	C("until"), C("uptime_s"), C("used"), C("user"), C("verdict"),
	C("version"), C("waits_for_agent"), C("what"), C("who"), C("why"),
	C("word"), C("wrap_avg_s"), C("wrap_s"),
};

static const char *const words[] = {
	W("ready"), W("not ready"), W("break"), W("offline"), W("reserved"),
	W("preview"), W("dialling"), W("ringing"), W("on call"), W("on hold"),
	W("consult"), W("3-way"), W("wrap-up"), W("link lost"), W("open"),
	W("down"), W("embedded"), W("registered"), W("not registered"),
	W("cannot be called"), W("unknown"), W("ok"), W("slow"), W("running"),
	W("paused"), W("stopped"), W("ended"), W("progressive"),
	W("predictive"), W("risk"), W("budget"), W("agents"), W("lines"),
	W("CPS"), W("leads"), W("hours"), W("share"), W("no leads"),
	W("refused by rules"), W("trunks"), W("no agents"),
	W("call table full"), W("disk"), W("later"), W("callback"), W("held"),
	W("done"), W("dnc"), W("answered"), W("abandoned"), W("early-hangup"),
	W("machine"), W("fax"), W("busy"), W("no-answer"), W("vacant"),
	W("changed"), W("invalid"), W("unreachable"), W("rejected"),
	W("unwanted"), W("blocked"), W("barred"), W("congestion"),
	W("no-route"), W("technical"), W("cancelled"), W("denied"),
	W("skipped"), W("missed"), W("agent"), W("supervisor"), W("admin"),
	W("outside"), W("customer"), W("network"), W("server"), W("system"),
	W("transfer"), W("up"), W("standby"), W("backoff"), W("drain"),
	W("passes"), W("blocks"), W("does not apply"), W("never"),
	W("when an agent is READY"), W("info"), W("watch"), W("alarm"),
	W("oral"), W("sms"), W("web"), W("written"), W("contract"),
	W("enquiry"), W("marketing"), W("service"), W("collection"),
	W("survey"), W("claims"), W("pensions"), W("now"),
	W("at the next start"),
	/* a call's states, and what moves it on */
	W("reserve"), W("check"), W("dial"), W("ring"), W("hear"), W("wait"),
	W("talk"), W("hold"), W("orphan"), W("ask"), W("send"), W("aside"),
	W("conf"), W("guest"), W("message"), W("wrap"), W("close"),
	W("dial now"), W("skip"), W("durable"), W("unwritten"), W("passed"),
	W("failed"), W("person"), W("take back"), W("phone lost"),
	W("ask first"), W("send now"), W("met"), W("swap"), W("all talk"),
	W("taken"), W("given away"), W("give up"), W("gone"), W("played"),
	W("hang-up"), W("release"), W("disposed"), W("time-out"),
};

/* Columns of words that are ours. */
static const char *const worded[] = {
	"state", "mode", "result", "limited", "idle", "role", "status",
	"level", "line", "phone", "net", "part", "answer", "kind",
	"purpose", "takes_effect", "earliest", "event",
};

/* The text behind the context, and its translation; NULL: not one of ours. */
static const char *look_up(const char *const *list, size_t n, const char *id)
{
	if (text_lang() == LANG_EN)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (str_eq(strchr(list[i], '\004') + 1, id))
			return text_in_context(list[i]);
	return NULL;
}

const char *admin_head(const char *key)
{
	const char *text = look_up(columns, ARRAY_LEN(columns), key);

	/* The parts of an agent's day are words. */
	if (!text)
		text = look_up(words, ARRAY_LEN(words), key);
	return text ? text : key;
}

const char *admin_word(const char *key, const char *word)
{
	const char *text;

	for (size_t i = 0; i < ARRAY_LEN(worded); i++) {
		if (!str_eq(worded[i], key))
			continue;
		text = look_up(words, ARRAY_LEN(words), word);
		return text ? text : word;
	}
	return word;
}

/* An argument that is itself one of our reasons: the words of an error. */
static const char *reason_word(const char *arg)
{
	static char id[160];
	const char *text;

	str_fmt(id, sizeof(id), "reason\004%s", arg);
	text = text_in_context(id);
	return str_eq(text, arg) ? arg : text;
}

void admin_refusal(const struct msg_admin_rep *m, char *buf, size_t size)
{
	const char *form = *m->form ? gettext(m->form) : m->form;

	if (text_lang() == LANG_EN || !*form)
		str_copy(buf, size, m->error);
	else
		msg_form_fill(buf, size, form, m->args, reason_word);
}

/* ---- help -------------------------------------------------------------------- */

static bool first_of(size_t i)
{
	return !i || !str_eq(verb_at(i)->object, verb_at(i - 1)->object);
}

static void all_objects(FILE *out)
{
	const struct verb *v;

	fputs(_("usage: waihu [OPTION...] OBJECT VERB [ARG...]\n\n"), out);
	for (size_t i = 0; (v = verb_at(i)); i++) {
		if (!first_of(i)) {
			fprintf(out, " %s", v->verb);
			continue;
		}
		fprintf(out, "%s  %-9s ", i ? "\n" : "", v->object);
		if (v->flags & VERB_ALONE)
			fputs(_(v->help), out);
		else
			fputs(v->verb, out);
	}
	fputs(_("\n\nwaihu OBJECT --help tells more of each.\n\n"
		"  --json          one JSON object a line\n"
		"  --wide          every column of a list, also on a terminal\n"
		"  --columns A,B   these columns only       --no-header\n"
		"  -q, --quiet     no talk                  -n, --dry-run  change nothing\n"
		"  -y, --yes       confirmed                --timeout S    give up after\n"
		"  -s, --socket PATH   local socket; default $WAIHU_SOCKET, else\n"
		"                      /run/waihu/ctl.sock\n"
		"  --server URL --user NAME --password-file FILE   from another machine\n"
		"  --lang en|zh    --color auto|always|never  --version  -h, --help\n"
		"\n"
		"Exit status: 0 done, 1 refused, 2 nothing found, 3 server not running\n"
		"(status), 64.. as in sysexits(3).  See waihu(8).\n"), out);
}

void admin_usage(FILE *out, const char *object, const char *verb)
{
	const struct verb *v;
	bool any = false;

	for (size_t i = 0; object && (v = verb_at(i)); i++) {
		if (!str_eq(v->object, object) ||
		    (verb && !str_eq(v->verb, verb)))
			continue;
		any = true;
		fprintf(out, "waihu %s%s%s%s%s\n    %s\n", v->object,
			*v->verb ? " " : "", v->verb, *v->args ? " " : "",
			v->args, _(v->help));
	}
	if (!any && verb)
		admin_usage(out, object, NULL);
	else if (!any)
		all_objects(out);
}
