/* clerk_conf -- the configuration, read again. */
#include "clerk_priv.h"

#include "base/str.h"

struct reloaded {
	json_t *mistakes, *changed;
};

static void on_mistake(const struct conf_origin *at, const char *text,
		       void *arg)
{
	const struct reloaded *r = arg;

	json_array_append_new(r->mistakes, json_pack(
		"{s:s, s:i, s:i, s:s}", "file", at->file, "line",
		(int)at->line, "column", (int)at->column, "mistake", text));
}

static void on_change(const char *section, const char *inst, const char *key,
		      bool live, void *arg)
{
	const struct reloaded *r = arg;
	char option[160];

	str_fmt(option, sizeof(option), "%s%s%s%s%s", section,
		inst ? "." : "", inst ? inst : "", key ? "." : "",
		key ? key : "");
	json_array_append_new(r->changed, json_pack(
		"{s:s, s:s}", "option", option, "takes_effect",
		live ? "now" : "at the next start"));
}

bool verb_config_reload(struct job *j, struct now now UNUSED)
{
	struct reloaded r = { 0 };
	size_t n, wrong;
	enum err e;

	if (!j->c->reload)
		return fail(j, EXIT_REFUSED, MSG_NO_STATE,
			    "this server cannot read its configuration again");
	r.mistakes = json_array();
	r.changed = json_array();
	e = j->c->reload(on_mistake, on_change, &r);
	n = json_array_size(r.changed);
	wrong = json_array_size(r.mistakes);
	say(j, json_pack("{s:b, s:o, s:o}", "reloaded", !e, "changed",
			 r.changed, "mistakes", r.mistakes));
	audit(j, "configuration read again: %s, %zu changed",
	      e ? "refused" : "taken", n);
	if (e && wrong)
		return fail(j, EXIT_CONFIG, MSG_NO_ARG,
			    "not reloaded: mend what is told above; all goes "
			    "on as before");
	return e ? fail_err(j, e, "not reloaded") : true;
}
