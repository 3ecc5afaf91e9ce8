#include "conf/conf_priv.h"

#include "base/str.h"

#include <ctype.h>
#include <errno.h>
#include <libintl.h>
#include <stdlib.h>
#include <string.h>

/* Units, largest first, so that 90000 ms is shown as 1m30s. */
static const struct unit {
	enum conf_type type;
	const char *word;
	int64_t factor;
} units[] = {
	{ CONF_DURATION, "d",  86400000 },
	{ CONF_DURATION, "h",  3600000 },
	{ CONF_DURATION, "m",  60000 },
	{ CONF_DURATION, "s",  1000 },
	{ CONF_DURATION, "ms", 1 },
	{ CONF_BYTES,    "T",  1LL << 40 },
	{ CONF_BYTES,    "G",  1LL << 30 },
	{ CONF_BYTES,    "M",  1LL << 20 },
	{ CONF_BYTES,    "k",  1LL << 10 },
};

static const struct { const char *word; int64_t v; } bools[] = {
	{ "yes", 1 }, { "no", 0 }, { "true", 1 }, { "false", 0 },
	{ "on", 1 },  { "off", 0 },
};

static const char *const type_words[] = {
#define X(name, words) [name] = words,
	CONF_TYPES(X)
#undef X
};

const char *conf_type_words(enum conf_type type)
{
	return type_words[type];
}

bool conf_word_at(const char *words, size_t i, char *buf, size_t size)
{
	while (i && (words = strchr(words, '|'))) {
		words++;
		i--;
	}
	if (!words)
		return false;
	str_fmt(buf, size, "%.*s", (int)strcspn(words, "|"), words);
	return true;
}

static bool say(char *why, const char *fmt, const char *text)
{
	str_fmt(why, CONF_WHY_MAX, "\"%.60s\" %s", text, gettext(fmt));
	return false;
}

static bool is_digits(const char *s)
{
	return *s && !s[strspn(s, "0123456789")];
}

/* "1.45" by `scale` (a power of ten): 1.45 and 1000000 give 1450000. */
static bool read_decimal(const char *s, size_t len, int64_t scale,
			 int64_t *out)
{
	int64_t whole = 0, part = 0, unit = scale;
	size_t i = 0, digits = 0;

	for (; i < len && isdigit((unsigned char)s[i]); i++, digits++) {
		whole = whole * 10 + (s[i] - '0');
		if (whole > INT64_MAX / scale / 16)
			return false;
	}
	if (i < len && s[i] == '.') {
		for (i++; i < len && isdigit((unsigned char)s[i]); i++) {
			if (unit < 10)
				return false;	/* finer than is kept */
			unit /= 10;
			part += (s[i] - '0') * unit;
			digits++;
		}
	}
	*out = whole * scale + part;
	return digits && i == len && s[len - 1] != '.';
}

static const struct unit *unit_find(enum conf_type type, const char *s,
				    size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (units[i].type == type && strlen(units[i].word) == len &&
		    !strncasecmp(units[i].word, s, len))
			return &units[i];
	return NULL;
}

static const char *unit_advice(enum conf_type type)
{
	return type == CONF_DURATION ?
		"is not a duration (such as 250ms, 30s, 5m, 2h, 1d)" :
		"is not a size (such as 512, 64k, 20M, 2G)";
}

/* 1h30m, 64k; each unit once and in falling order, as a person would. */
static bool read_units(enum conf_type type, const char *s, int64_t *out,
		       char *why)
{
	const char *p = s;
	int64_t sum = 0;
	const struct unit *last = NULL;

	if (is_digits(s) && (type == CONF_BYTES || !strcmp(s, "0")))
		return !str_to_i64(s, 0, INT64_MAX, out) ||
		       say(why, "is too large", s);
	if (is_digits(s))
		return say(why, "needs a unit (ms, s, m, h or d)", s);
	if (!*p)
		return say(why, unit_advice(type), s);
	while (*p) {
		char num[20];
		size_t n = strspn(p, "0123456789"), k;
		const struct unit *u;
		int64_t v;

		for (k = n; isalpha((unsigned char)p[k]); k++)
			;
		u = unit_find(type, p + n, k - n);
		if (!n || n >= sizeof(num) || !u || (last && u <= last))
			return say(why, unit_advice(type), s);
		str_fmt(num, sizeof(num), "%.*s", (int)n, p);
		if (str_to_i64(num, 0, (INT64_MAX - sum) / u->factor, &v))
			return say(why, "is too large", s);
		sum += v * u->factor;
		last = u;
		p += k;
	}
	*out = sum;
	return true;
}

static bool read_word(const struct conf_row *row, const char *s, int64_t *out,
		      char *why)
{
	char word[64], best[64] = "", list[160] = "";
	unsigned least = 3;

	for (size_t i = 0; conf_word_at(row->words, i, word, sizeof(word));
	     i++) {
		unsigned d = str_distance(word, s);

		if (!d) {
			*out = (int64_t)i;
			return true;
		}
		if (d < least) {
			least = d;
			str_copy(best, sizeof(best), word);
		}
		str_add(list, sizeof(list), "%s%s", i ? ", " : "", word);
	}
	str_fmt(why, CONF_WHY_MAX, gettext("\"%.60s\" is not one of %s"), s, list);
	if (*best)
		str_add(why, CONF_WHY_MAX, gettext(" (did you mean \"%s\"?)"), best);
	return false;
}

static bool read_address(const struct conf_row *row, const char *s, char *why)
{
	struct conf_addr a;
	char word[16], list[80] = "";

	if (conf_addr_parse(s, &a))
		return say(why, "is not an address (such as udp:0.0.0.0:5060 "
			   "or ipc:/run/waihu/ctl.sock)", s);
	for (size_t i = 0; row->words &&
	     conf_word_at(row->words, i, word, sizeof(word)); i++) {
		if (str_eq(word, a.proto))
			return true;
		str_add(list, sizeof(list), "%s%s", i ? ", " : "", word);
	}
	if (!row->words)
		return true;
	str_fmt(why, CONF_WHY_MAX, "\"%.60s\": protocol must be one of %s", s,
		list);
	return false;
}

/* RFC 3261 19.1.1, as much as protects us: a scheme, a host, nothing that
 * could end the URI early in a header or in baresip's files. */
static bool is_sip_uri(const char *s)
{
	size_t n = !strncasecmp(s, "sip:", 4) ? 4 :
		   !strncasecmp(s, "sips:", 5) ? 5 : 0;
	const char *at = strrchr(s, '@');
	const char *host = at ? at + 1 : s + n;

	for (const char *p = s; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f ||
		    strchr("<>\"\\", *p))
			return false;
	return n && (isalnum((unsigned char)*host) || *host == '[');
}

/* E.164: at most 15 digits, a country code never begins with 0. */
static bool is_e164(const char *s)
{
	return is_digits(s) && *s != '0' && strlen(s) >= 3 && strlen(s) <= 15;
}

static bool read_text(const struct conf_row *row, const char *s, char *why)
{
	size_t len = strlen(s);

	for (const char *p = s; *p; p++)
		if (((unsigned char)*p < ' ' && *p != '\n' && *p != '\t') ||
		    *p == 0x7f)
			return say(why, "holds a control character", "text");
	if (row->max && ((int64_t)len > row->max || (int64_t)len < row->min)) {
		if (row->min == row->max)
			str_fmt(why, CONF_WHY_MAX,
				gettext("must be %lld bytes long, is %zu"),
				(long long)row->max, len);
		else
			str_fmt(why, CONF_WHY_MAX,
				gettext("must be %lld to %lld bytes long, "
					"is %zu"), (long long)row->min,
				(long long)row->max, len);
		return false;
	}
	return true;
}

static bool in_range(const struct conf_row *row, const char *s, int64_t v,
		     char *why)
{
	char range[64];

	if ((!row->min && !row->max) || (v >= row->min && v <= row->max))
		return true;
	conf_value_range(row, range, sizeof(range));
	str_fmt(why, CONF_WHY_MAX, gettext("%.40s is out of range (%s)"), s, range);
	return false;
}

static bool read_number(const struct conf_row *row, const char *s,
			int64_t *num, char *why)
{
	size_t len = strlen(s);
	enum err e;

	switch (row->type) {
	case CONF_BOOL:
		for (size_t i = 0; i < ARRAY_LEN(bools); i++) {
			if (!strcasecmp(bools[i].word, s)) {
				*num = bools[i].v;
				return true;
			}
		}
		return say(why, "is not yes or no", s);
	case CONF_INT:
		e = str_to_i64(s, INT64_MIN, INT64_MAX, num);
		return e == ERR_OK ? true :
		       e == ERR_ARG ? say(why, "is too large", s) :
				      say(why, "is not a whole number", s);
	case CONF_PERCENT:
		return (len > 1 && s[len - 1] == '%' &&
			read_decimal(s, len - 1, 10000, num)) ||
		       say(why, "is not a percentage (such as 2.5%)", s);
	case CONF_RATIO:
		return read_decimal(s, len, 1000000, num) ||
		       say(why, "is not a decimal number (such as 1.45)", s);
	default:
		return read_units(row->type, s, num, why);
	}
}

bool conf_value_read(const struct conf_row *row, const char *text,
		     int64_t *num, char **canon, char why[CONF_WHY_MAX])
{
	struct conf_hours hours;
	bool ok = false;

	*num = 0;
	switch (row->type) {
	case CONF_BOOL:
	case CONF_INT:
	case CONF_DURATION:
	case CONF_PERCENT:
	case CONF_RATIO:
	case CONF_BYTES:
		ok = read_number(row, text, num, why) &&
		     in_range(row, text, *num, why);
		break;
	case CONF_WORD:
		ok = read_word(row, text, num, why);
		break;
	case CONF_ADDRESS:
		ok = read_address(row, text, why);
		break;
	case CONF_TEXT:
	case CONF_REF:
	case CONF_TYPE_COUNT:
		ok = read_text(row, text, why);
		break;
	case CONF_FILE:
		ok = text[0] == '/' ? read_text(row, text, why) :
		     say(why, "is not a path from the root (/...)", text);
		break;
	case CONF_E164:
		text += text[0] == '+';
		ok = is_e164(text) || say(why, "is not an E.164 number (3 to "
			"15 digits with the country code)", text);
		break;
	case CONF_URI:
		ok = is_sip_uri(text) ||
		     say(why, "is not a SIP URI (sip:host...)", text);
		break;
	case CONF_HOURS:
		ok = !conf_hours_parse(text, &hours) ||
		     say(why, "is not a time of day (such as 09:00-20:00 or "
			 "mon-fri 09:00-18:00)", text);
		break;
	}
	*canon = ok ? strdup(text) : NULL;
	return ok;
}

void conf_value_show(enum conf_type type, int64_t num, char *buf, size_t size)
{
	str_copy(buf, size, "");
	if (type == CONF_PERCENT || type == CONF_RATIO) {
		int64_t scale = type == CONF_PERCENT ? 10000 : 1000000;

		str_fmt(buf, size, "%lld.%0*lld", (long long)(num / scale),
			type == CONF_PERCENT ? 4 : 6,
			(long long)(num % scale));
		size_t n = strlen(buf);

		while (n && buf[n - 1] == '0')
			n--;
		buf[n && buf[n - 1] == '.' ? n - 1 : n] = '\0';
		if (type == CONF_PERCENT)
			str_add(buf, size, "%%");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (units[i].type != type || num < units[i].factor)
			continue;
		str_add(buf, size, "%lld%s",
			(long long)(num / units[i].factor), units[i].word);
		num %= units[i].factor;
	}
	if (num || !*buf)
		str_add(buf, size, "%lld", (long long)num);
}

void conf_value_range(const struct conf_row *row, char *buf, size_t size)
{
	char lo[32], hi[32];

	str_copy(buf, size, "");
	if (!row->min && !row->max)
		return;
	conf_value_show(row->type, row->min, lo, sizeof(lo));
	conf_value_show(row->type, row->max, hi, sizeof(hi));
	if (row->min == row->max)
		str_copy(buf, size, lo);
	else
		str_fmt(buf, size, "%s to %s", lo, hi);
}

/* host:port, [v6]:port, *:port */
static enum err host_port(const char *s, struct conf_addr *a)
{
	const char *colon = strrchr(s, ':'), *host = s, *end = colon;
	uint64_t port;

	if (!colon || str_to_u64(colon + 1, 65535, &port))
		return ERR_FORMAT;
	if (*s == '[') {
		if (colon == s + 1 || colon[-1] != ']')
			return ERR_FORMAT;
		host = s + 1;
		end = colon - 1;
		if (strspn(host, "0123456789abcdefABCDEF:.") <
		    (size_t)(end - host))
			return ERR_FORMAT;
	} else if (!(end - s == 1 && *s == '*')) {
		for (const char *p = s; p < end; p++)
			if (!isalnum((unsigned char)*p) && !strchr(".-_", *p))
				return ERR_FORMAT;
	}
	if (end <= host || (size_t)(end - host) >= sizeof(a->host))
		return ERR_FORMAT;
	str_fmt(a->host, sizeof(a->host), "%.*s", (int)(end - host), host);
	if (str_eq(a->host, "*"))
		str_copy(a->host, sizeof(a->host), "0.0.0.0");
	a->port = (uint16_t)port;
	return ERR_OK;
}

enum err conf_addr_parse(const char *text, struct conf_addr *out)
{
	struct conf_addr a = { .port = 0 };
	size_t n = strcspn(text, ":");
	enum err e = ERR_OK;

	if (!text[n] || !n || n >= sizeof(a.proto))
		return ERR_FORMAT;
	str_fmt(a.proto, sizeof(a.proto), "%.*s", (int)n, text);
	if (str_eq(a.proto, "ipc")) {
		if (text[n + 1] != '/' ||
		    !str_copy(a.path, sizeof(a.path), text + n + 1))
			return ERR_FORMAT;
	} else {
		e = host_port(text + n + 1, &a);
	}
	if (!e)
		*out = a;
	return e;
}

static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat",
				    "sun" };

static int day_read(const char *s)
{
	for (size_t i = 0; i < ARRAY_LEN(days); i++)
		if (!strncasecmp(days[i], s, 3))
			return (int)i;
	return -1;
}

/* HH:MM, 24:00 being the end of the day; -1 for anything else. */
static int minute_read(const char *s)
{
	for (int i = 0; i < 5; i++)
		if (i == 2 ? s[i] != ':' : !isdigit((unsigned char)s[i]))
			return -1;
	int h = (s[0] - '0') * 10 + s[1] - '0', m = (s[3] - '0') * 10 +
		s[4] - '0';

	return m < 60 && h * 60 + m <= 1440 ? h * 60 + m : -1;
}

enum err conf_hours_parse(const char *text, struct conf_hours *out)
{
	struct conf_hours h = { .days = 0x7f };
	int first = day_read(text), last = first;

	if (!strncasecmp(text, "daily ", 6)) {
		text += 6;
	} else if (first >= 0) {
		text += 3;
		if (*text == '-') {
			last = day_read(text + 1);
			if (last < first)
				return ERR_FORMAT;
			text += 4;
		}
		if (*text++ != ' ')
			return ERR_FORMAT;
		h.days = ((1u << (last + 1)) - 1) & ~((1u << first) - 1);
	}
	h.from_min = minute_read(text);
	if (h.from_min < 0 || text[5] != '-')
		return ERR_FORMAT;
	h.to_min = minute_read(text + 6);
	if (h.to_min <= h.from_min)
		return ERR_FORMAT;
	/* The clock is always the customer's; the word may say so. */
	if (text[11] && strcmp(text + 11, " customer"))
		return ERR_FORMAT;
	*out = h;
	return ERR_OK;
}
