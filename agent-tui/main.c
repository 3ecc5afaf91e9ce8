/*
 * waihu-agent -- the agent's desk in a terminal.
 */
#include <stdio.h>
#include <sysexits.h>

#include "agent_live.h"
#include "agent_options.h"
#include "agent_replay.h"
#include "base/str.h"
#include "tui/term.h"

static int run_replay(const struct agent_options *o)
{
	struct replay_opts ro = {
		.rows = o->rows ? o->rows : 30, .cols = o->cols ? o->cols : 100,
		.theme = *o->theme && !theme_find(o->color)
			? &o->colors : theme_find(o->color),
		.styles = o->styles, .requests = o->requests, .out = stdout,
		.unicode = str_eq(o->glyphs, "unicode"),
	};
	char path[512], name[64], why[600];
	struct replay *r;
	enum err e = replay_new(&ro, &r);

	if (e) {
		fprintf(stderr, "waihu-agent: %s\n", err_text(e));
		return EX_OSERR;
	}
	if (o->show) {
		str_fmt(name, sizeof(name), "samples/agent.%s",
			text_lang() == LANG_ZH ? "zh" : "en");
		e = agent_data_file(path, sizeof(path), name);
		str_fmt(why, sizeof(why), "%s: %s", path, err_text(e));
	} else {
		str_copy(path, sizeof(path), o->replay);
	}
	if (!e) {
		e = replay_file(r, path, o->show, why, sizeof(why));
		if (o->show && e == ERR_ABSENT)
			str_fmt(why, sizeof(why), "there is no sample %s; "
				"--list-shows names them", o->show);
	}
	if (!e && (o->show || o->dump))
		replay_dump(r, "");
	if (e)
		fprintf(stderr, "waihu-agent: %s\n", why);
	r = replay_free(r);
	return !e ? EX_OK : e == ERR_ABSENT ? EX_NOINPUT : EX_DATAERR;
}

static int list_shows(void)
{
	char path[512];

	if (agent_data_file(path, sizeof(path), text_lang() == LANG_ZH
			    ? "samples/agent.zh" : "samples/agent.en") ||
	    replay_sections(path, stdout)) {
		fprintf(stderr, "waihu-agent: %s: %s\n", path,
			err_text(ERR_ABSENT));
		return EX_NOINPUT;
	}
	return EX_OK;
}

int main(int argc, char **argv)
{
	struct agent_options o;
	enum err e;

	text_init(NULL);
	e = agent_options_read(&o, argc, argv);
	if (e)
		return EX_USAGE;
	text_init(o.lang);
	if (o.help) {
		agent_options_help(stdout);
	} else if (o.version) {
		printf("waihu-agent %s\n", WAIHU_VERSION);
	} else if (o.mdoc) {
		keymap_print_mdoc(&agent_keymap, stdout);
	} else if (o.keys) {
		keymap_print(&agent_keymap, stdout);
	} else if (o.list_shows) {
		return list_shows();
	} else if (o.show || o.replay) {
		return run_replay(&o);
	} else {
		o.linear = o.linear || term_is_dumb();
		return agent_live(&o);
	}
	return EX_OK;
}
