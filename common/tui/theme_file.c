#include "tui/style.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "conf/conf.h"
#include "tui/text.h"

/* A theme's file: a palette to begin with, then a line a role. */
static const struct conf_section sections[] = {
	{ "", NULL, NULL, "a theme", "配色主题" },
};

enum { ROLES = ST_COUNT };

struct table {
	struct conf_row rows[ROLES + 1];
	struct conf_table t;
};

static void make_table(struct table *x)
{
	x->rows[0] = (struct conf_row){ .section = "", .key = "based-on",
		.type = CONF_TEXT, .max = 15, .help_en = "palette",
		.help_zh = "基于" };
	for (size_t i = 0; i < ROLES; i++)
		x->rows[i + 1] = (struct conf_row){ .section = "",
			.key = theme_role(i), .type = CONF_TEXT, .max = 60,
			.help_en = "colours", .help_zh = "颜色" };
	x->t = (struct conf_table){ sections, ARRAY_LEN(sections), x->rows,
				    ROLES + 1 };
}

static bool find_file(const char *name, char *path, size_t size)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	char file[100];

	if (strchr(name, '/'))
		return str_copy(path, size, name);
	if (xdg && *xdg)
		str_fmt(path, size, "%s/waihu/themes/%s.yaml", xdg, name);
	else
		str_fmt(path, size, "%s/.config/waihu/themes/%s.yaml",
			home ? home : "", name);
	if (!access(path, R_OK))
		return true;
	str_fmt(file, sizeof(file), "themes/%s.yaml", name);
	return !tui_data_file(path, size, file);
}

static bool take(const struct conf *c, const char *path, struct theme *out)
{
	const char *base = conf_is_set(c, "", NULL, "based-on")
		? conf_text(c, "", NULL, "based-on") : "16";
	const struct theme *from = theme_find(base);

	if (!from) {
		fprintf(stderr, "%s: based-on: %s: %s\n", path, base,
			_("no such palette"));
		return false;
	}
	*out = *from;
	out->name = "own";
	for (size_t i = 0; i < ROLES; i++) {
		const char *role = theme_role(i);

		if (conf_is_set(c, "", NULL, role) &&
		    theme_set(out, role, conf_text(c, "", NULL, role))) {
			fprintf(stderr, "%s: %s: \"%s\": %s\n", path, role,
				conf_text(c, "", NULL, role),
				_("not like \"214 on black bold\""));
			return false;
		}
	}
	return true;
}

bool theme_read(const char *program, const char *name, struct theme *out)
{
	char path[PATH_MAX];
	const char *list[] = { path };
	struct table x;
	struct conf *c;
	bool ok;

	if (!find_file(name, path, sizeof(path))) {
		fprintf(stderr, "%s: %s: %s\n", program, name,
			_("no such theme"));
		return false;
	}
	make_table(&x);
	if (conf_load(list, 1, &x.t, &c, conf_error_print, stderr))
		return false;
	ok = take(c, path, out);
	conf_free(c);
	return ok;
}
