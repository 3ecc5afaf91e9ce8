#include "agent_options.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "conf/conf.h"
#include "tui/text.h"

enum kind { K_TEXT, K_PHONE, K_FLAG, K_SIZE, K_POINTER };

/* Flags; env may be NULL, file = the key in the YAML files or NULL. */
static const struct row {
	const char *name;
	enum kind kind;
	size_t at, size;
	const char *arg, *env, *file, *help;
} rows[] = {
#define AT(m) offsetof(struct agent_options, m), \
	      sizeof(((struct agent_options *)0)->m)
	{ "server", K_TEXT, AT(server), "URL", "WAIHU_SERVER", "server",
	  N_("the server: tcp://, tls+tcp:// or ipc://") },
	{ "ca", K_TEXT, AT(ca), "FILE", NULL, "ca",
	  N_("trust what this certificate signed, instead of the first seen") },
	{ "user", K_TEXT, AT(user), "NAME", "WAIHU_USER", "user",
	  N_("log-in name or agent number") },
	{ "password-file", K_TEXT, AT(password_file), "FILE", NULL, NULL,
	  N_("read the password from the first line of this file") },
	{ "phone", K_PHONE, AT(phone), "embedded|none|sip:URI", NULL, "phone",
	  N_("beside this program; none: the server's choice; sip: this desk "
	     "phone, if the floor allows") },
	{ "sound", K_TEXT, AT(sound), "alsa|file|none", NULL, "sound",
	  N_("sound of the embedded phone") },
	{ "mic", K_TEXT, AT(mic), "DEVICE", NULL, "mic",
	  N_("microphone: ALSA device, or a WAV file to play") },
	{ "speaker", K_TEXT, AT(speaker), "DEVICE", NULL, "speaker",
	  N_("headset: ALSA device, or a WAV file to write") },
	{ "lang", K_TEXT, AT(lang), "en|zh", "WAIHU_LANG", "lang",
	  N_("language of the screen") },
	{ "color", K_TEXT, AT(color), "auto|mono|16|256|cb", NULL, "color",
	  N_("palette; cb: for colour-blind eyes") },
	{ "theme", K_TEXT, AT(theme), "NAME|FILE", NULL, "theme",
	  N_("colours of your own: a YAML file, a line a role") },
	{ "glyphs", K_TEXT, AT(glyphs), "auto|ascii|unicode", "WAIHU_GLYPHS",
	  "glyphs", N_("line drawing and braille, if they are one cell wide") },
	{ "size", K_SIZE, 0, 0, "COLSxROWS", NULL, NULL,
	  N_("size of the screen that is shown or replayed") },
	{ "bell", K_FLAG, AT(bell), NULL, NULL, "bell",
	  N_("sound the terminal's bell when a call comes") },
	{ "title", K_FLAG, AT(title), NULL, NULL, "title",
	  N_("show the state in the window's title") },
	{ "linear", K_FLAG, AT(linear), NULL, NULL, "linear",
	  N_("events as lines, for screen readers; the same keys") },
	{ "log", K_TEXT, AT(log), "FILE", NULL, "log",
	  N_("write a log to this file") },
	{ "show", K_POINTER, AT(show), "NAME", NULL, NULL,
	  N_("print a sample screen and exit") },
	{ "list-shows", K_FLAG, AT(list_shows), NULL, NULL, NULL,
	  N_("name the sample screens and exit") },
	{ "replay", K_POINTER, AT(replay), "FILE", NULL, NULL,
	  N_("run a script of events and keys with a virtual clock, and exit") },
	{ "dump", K_FLAG, AT(dump), NULL, NULL, NULL,
	  N_("print the last screen of a replay") },
	{ "requests", K_FLAG, AT(requests), NULL, NULL, NULL,
	  N_("print what a replay asks of the server") },
	{ "styles", K_FLAG, AT(styles), NULL, NULL, NULL,
	  N_("print a map of styles under each screen") },
	{ "keys", K_FLAG, AT(keys), NULL, NULL, NULL,
	  N_("print the key table and exit") },
	{ "mdoc", K_FLAG, AT(mdoc), NULL, NULL, NULL,
	  N_("print the key table as the manual has it") },
	{ "help", K_FLAG, AT(help), NULL, NULL, NULL,
	  N_("print this and exit") },
	{ "version", K_FLAG, AT(version), NULL, NULL, NULL,
	  N_("print the version and exit") },
};

/* The same options in YAML: /etc/waihu/tui.yaml, then the user's own. */
static const struct conf_section sections[] = {
	{ "", NULL, NULL, "the agent's screen", "坐席界面" },
};
#define FILE_TEXT(key, en, zh) \
	{ "", key, CONF_TEXT, 0, 0, 255, NULL, NULL, en, zh }
#define FILE_BOOL(key, en, zh) \
	{ "", key, CONF_BOOL, 0, 0, 0, NULL, NULL, en, zh }
static const struct conf_row file_rows[] = {
	FILE_TEXT("server", "the server's URL", "服务器地址"),
	FILE_TEXT("ca", "certificate to trust", "信任的证书"),
	FILE_TEXT("user", "log-in name", "工号"),
	FILE_TEXT("phone", "embedded, none or sip:URI", "话机"),
	FILE_TEXT("sound", "alsa, file or none", "声音"),
	FILE_TEXT("mic", "microphone", "麦克风"),
	FILE_TEXT("speaker", "headset", "耳麦"),
	FILE_TEXT("lang", "en or zh", "语言"),
	FILE_TEXT("color", "palette", "配色"),
	FILE_TEXT("theme", "colours of your own", "自定义配色"),
	FILE_TEXT("glyphs", "ascii or unicode", "字符"),
	FILE_BOOL("bell", "bell when a call comes", "来电响铃"),
	FILE_BOOL("title", "window title", "窗口标题"),
	FILE_BOOL("linear", "events as lines", "逐行模式"),
	FILE_TEXT("log", "log file", "日志文件"),
	/* Both programs read tui.yaml: what only the supervisor's uses. */
	FILE_TEXT("export-dir", "the supervisor's", "班长界面用"),
	FILE_BOOL("read-only", "the supervisor's", "班长界面用"),
};
static const struct conf_table table = { sections, ARRAY_LEN(sections),
					 file_rows, ARRAY_LEN(file_rows) };

static void file_error(const struct conf_origin *at, const char *text,
		       void *arg UNUSED)
{
	fprintf(stderr, "waihu-agent: %s:%u:%u: %s\n", at->file, at->line,
		at->column, text);
}

static enum err set(struct agent_options *o, const struct row *r,
		    const char *v)
{
	char *at = (char *)o + r->at;

	switch (r->kind) {
	case K_PHONE:
		if (!text_is_phone(v))
			return ERR_ARG;
		return str_copy(at, r->size, v) ? ERR_OK : ERR_ARG;
	case K_TEXT:
		if (!text_is_one_of(r->arg, v))
			return ERR_ARG;
		return str_copy(at, r->size, v) ? ERR_OK : ERR_ARG;
	case K_FLAG:
		*(bool *)at = true;
		return ERR_OK;
	case K_POINTER:
		*(const char **)(void *)at = v;
		return ERR_OK;
	case K_SIZE:
		return sscanf(v, "%dx%d", &o->cols, &o->rows) == 2 &&
		       o->cols > 0 && o->rows > 0 && o->cols <= 1000 &&
		       o->rows <= 1000 ? ERR_OK : ERR_ARG;
	}
	return ERR_ARG;
}

static enum err read_files(struct agent_options *o)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	char own[PATH_MAX] = "", why[200];
	const char *paths[2];
	size_t n = 0;
	struct conf *c;
	enum err e;

	if (xdg && *xdg)
		str_fmt(own, sizeof(own), "%s/waihu/agent.yaml", xdg);
	else if (home && *home)
		str_fmt(own, sizeof(own), "%s/.config/waihu/agent.yaml", home);
	if (!access("/etc/waihu/tui.yaml", R_OK))
		paths[n++] = "/etc/waihu/tui.yaml";
	if (*own && !access(own, R_OK))
		paths[n++] = own;
	if (!n)
		return ERR_OK;
	e = conf_load(paths, n, &table, &c, file_error, NULL);
	if (e)
		return ERR_ARG;
	for (size_t i = 0; i < ARRAY_LEN(rows) && !e; i++) {
		const struct row *r = &rows[i];

		if (!r->file || !conf_is_set(c, "", NULL, r->file))
			continue;
		if (r->kind == K_FLAG)
			*(bool *)(void *)((char *)o + r->at) =
				conf_bool(c, "", NULL, r->file);
		else
			e = set(o, r, conf_text(c, "", NULL, r->file));
		if (e) {
			struct conf_origin at = conf_origin(c, "", NULL,
							    r->file);

			str_fmt(why, sizeof(why), "%s: %s: %s", r->file,
				_("this value is not possible"),
				r->arg ? r->arg : "");
			file_error(&at, why, NULL);
		}
	}
	conf_free(c);
	return e;
}

static const struct row *find(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strlen(rows[i].name) == len &&
		    !strncmp(rows[i].name, name, len))
			return &rows[i];
	return NULL;
}

static enum err wrong(const char *what, const char *arg)
{
	fprintf(stderr, "waihu-agent: %s: %s\n", arg, what);
	return ERR_ARG;
}

static enum err read_args(struct agent_options *o, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *a = argv[i], *eq, *v = NULL;
		const struct row *r;

		if (str_eq(a, "-h")) {
			o->help = true;
			continue;
		}
		if (strncmp(a, "--", 2))
			return wrong(_("not an option; try --help"), a);
		eq = strchr(a, '=');
		r = find(a + 2, eq ? (size_t)(eq - a - 2) : strlen(a + 2));
		if (!r)
			return wrong(_("unknown option; try --help"), a);
		if (eq)
			v = eq + 1;
		else if (r->kind != K_FLAG && i + 1 < argc)
			v = argv[++i];
		if ((r->kind == K_FLAG) == !!v)
			return wrong(v ? _("takes no value")
				       : _("needs a value"), a);
		if (set(o, r, v))
			return wrong(_("this value is not possible"), a);
	}
	return ERR_OK;
}

enum err agent_options_read(struct agent_options *o, int argc, char **argv)
{
	enum err e;

	memset(o, 0, sizeof(*o));
	str_copy(o->phone, sizeof(o->phone), "embedded");
	str_copy(o->sound, sizeof(o->sound), "alsa");
	e = read_files(o);
	if (theme_in_env())
		*o->color = *o->theme = '\0';
	for (size_t i = 0; !e && i < ARRAY_LEN(rows); i++) {
		const char *v = rows[i].env ? getenv(rows[i].env) : NULL;

		if (v && *v && set(o, &rows[i], v))
			e = wrong(_("this value is not possible"),
				  rows[i].env);
	}
	if (!e)
		e = read_args(o, argc, argv);
	if (!e && *o->theme && !theme_read("waihu-agent", o->theme, &o->colors))
		e = ERR_ARG;
	return e;
}

void agent_options_help(FILE *out)
{
	fprintf(out, "%s\n\n", _("waihu-agent [options]: the agent's desk"));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char left[64];

		str_fmt(left, sizeof(left), "--%s%s%s", rows[i].name,
			rows[i].arg ? " " : "",
			rows[i].arg ? rows[i].arg : "");
		fprintf(out, "  %-31s %s\n", left, _(rows[i].help));
	}
}

enum err agent_data_file(char *buf, size_t size, const char *name)
{
	return tui_data_file(buf, size, name);
}
