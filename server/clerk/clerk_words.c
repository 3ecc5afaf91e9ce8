/* clerk_words -- what a command's words are: places, options, key=value. */
#include "clerk_priv.h"

#include "base/str.h"

#include <string.h>

static const char *arg(const struct job *j, size_t i)
{
	return i + 2 < j->words.argv_count ? j->words.argv[i + 2].word : NULL;
}

/* Options that stand alone; all others take the next word. */
static bool is_flag(const char *w)
{
	static const char *const flags[] = { "--check", "--password-stdin",
					     "--phone-password-stdin",
					     "--all", "--events", "--unmask" };

	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (str_eq(flags[i], w))
			return true;
	return strchr(w, '=') != NULL;
}

/* Is name[len] among the words of a verb, as --name or as name= ? */
static bool taken(const char *args, const char *name, size_t len)
{
	for (const char *p = args; len && (p = strstr(p, name)); p++) {
		bool opt = p - args >= 2 && p[-1] == '-' && p[-2] == '-';
		bool own = p == args || strchr(" [|", p[-1]);

		if ((opt && (!p[len] || strchr(" ]|", p[len]))) ||
		    (own && p[len] == '='))
			return true;
	}
	return false;
}

const char *word_odd(const struct job *j, const char *args)
{
	const char *w;
	char name[64];

	for (size_t i = 0; (w = arg(j, i)); i++) {
		if (strncmp(w, "--", 2))
			continue;
		size_t len = strcspn(w + 2, "=");

		/* Its value is the next word, and there must be one. */
		if (!is_flag(w) && !arg(j, i + 1))
			return w;
		i += !is_flag(w);
		if (!str_fmt(name, sizeof(name), "%.*s", (int)len, w + 2) ||
		    (!str_eq(name, "why") && !str_eq(name, "reason") &&
		     !taken(args, name, len)))
			return w;
	}
	return NULL;
}

/* How many words without a name a verb takes: "LIST FILE.csv [--x]" is 2. */
static size_t places(const char *args)
{
	size_t n = 0;

	while (*args && *args != '[' && *args != '-' &&
	       !memchr(args, '=', strcspn(args, " "))) {
		n++;
		args += strcspn(args, " ");
		args += strspn(args, " ");
	}
	return n;
}

const char *word_excess(const struct job *j, const char *args)
{
	size_t n = places(args), seen = 0, i;
	char key[64];
	const char *w;

	for (i = 0; (w = arg(j, i)); i++) {
		const char *eq = strchr(w, '=');

		if (!strncmp(w, "--", 2)) {
			i += !is_flag(w);
			continue;
		}
		if (!eq || eq == w || (n && !seen)) {
			if (seen++ == n)
				return w;
			continue;
		}
		if (!str_fmt(key, sizeof(key), "%.*s", (int)(eq - w), w) ||
		    !taken(args, key, strlen(key)))
			return w;
	}
	return NULL;
}

const char *word_at(const struct job *j, size_t n)
{
	const char *w;

	for (size_t i = 0; (w = arg(j, i)); i++) {
		if (!strncmp(w, "--", 2)) {
			i += !is_flag(w);
			continue;
		}
		if (strchr(w, '=') && *w != '=' && n)
			continue;
		if (!n--)
			return w;
	}
	return NULL;
}

const char *word_opt(const struct job *j, const char *name)
{
	size_t len = strlen(name);
	const char *w;

	for (size_t i = 0; (w = arg(j, i)); i++) {
		if (strncmp(w, name, len))
			continue;
		if (w[len] == '=')
			return w + len + 1;
		if (!w[len])
			return arg(j, i + 1);
	}
	return NULL;
}

const char *word_stranger(const struct job *j, const char *keys)
{
	size_t skip = 1;		/* the name of what is set           */
	const char *w, *eq, *at;

	for (size_t i = 0; (w = arg(j, i)); i++) {
		if (!strncmp(w, "--", 2)) {
			/* A flag of one verb has a value in another's. */
			at = arg(j, i + 1);
			i += !is_flag(w) || (at && !strchr(at, '=') &&
					     strncmp(at, "--", 2));
			continue;
		}
		if (skip && skip--)
			continue;
		eq = strchr(w, '=');
		for (at = keys; eq && *at; at += strspn(at, " ")) {
			size_t len = strcspn(at, " ");

			if (len == (size_t)(eq - w) + 1 && !strncmp(at, w, len))
				break;
			at += len;
		}
		if (!eq || !*at)
			return w;
	}
	return NULL;
}

bool word_flag(const struct job *j, const char *name)
{
	const char *w;

	for (size_t i = 0; (w = arg(j, i)); i++)
		if (str_eq(w, name))
			return true;
	return false;
}

const char *word_value(const struct job *j, const char *key)
{
	size_t len = strlen(key);
	const char *w;

	for (size_t i = 0; (w = arg(j, i)); i++)
		if (!strncmp(w, key, len) && w[len] == '=')
			return w + len + 1;
	return NULL;
}
