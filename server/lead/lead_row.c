/*
 * One row of a file as a lead, or the column and the reason why not.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "lead/lead_import_priv.h"

/* Priority of a tier that names none: 0 none, A, B, C, D. */
static const uint32_t tier_priority[] = { 100, 200, 150, 100, 50 };

static const struct {
	const char *written, *word;
} consent_kinds[] = {
	{ "oral", "oral" },	    { "verbal", "oral" },
	{ "phone", "oral" },	    { "口头", "oral" },
	{ "sms", "sms" },	    { "短信", "sms" },
	{ "web", "web" },	    { "online", "web" },
	{ "网页", "web" },	    { "网络", "web" },
	{ "在线", "web" },	    { "app", "web" },
	{ "written", "written" },   { "paper", "written" },
	{ "书面", "written" },	    { "contract", "contract" },
	{ "合同", "contract" },	    { "enquiry", "enquiry" },
	{ "inquiry", "enquiry" },   { "咨询", "enquiry" },
	{ "回访", "enquiry" },
};

struct building {
	const struct row_conf *c;
	struct lead *l;
	struct row_fault *fault;
	bool *repaired;
};

static bool refuse(struct building *b, size_t column, const char *reason)
{
	b->fault->column = column + 1;
	b->fault->reason = reason;
	return false;
}

/* Cut at a whole character; leading and trailing spaces go. */
static void text(char *out, size_t size, const struct csv_field *f)
{
	const char *p = f->p;
	size_t len = f->len;

	while (len && (*p == ' ' || *p == '\t')) {
		p++;
		len--;
	}
	while (len && strchr(" \t\r\n", p[len - 1]))
		len--;
	if (len >= size) {
		len = size - 1;
		while (len && ((unsigned char)p[len] & 0xc0) == 0x80)
			len--;
	}
	memcpy(out, p, len);
	out[len] = '\0';
}

/* ---- numbers ---------------------------------------------------------------- */

static bool number_add(struct building *b, size_t column, const char *p,
		       size_t len)
{
	struct lead *l = b->l;
	char e164[16];
	const char *why;
	bool repaired;

	if (phone_parse(b->c->phones, p, len, e164, &why, &repaired))
		return refuse(b, column, why);
	*b->repaired = *b->repaired || repaired;
	for (uint32_t i = 0; i < l->numbers_count; i++)
		if (str_eq(l->numbers[i].e164, e164))
			return true;
	if (l->numbers_count == LEAD_NUMBERS_MAX)
		return refuse(b, column, "more than four numbers");
	str_copy(l->numbers[l->numbers_count++].e164,
		 sizeof(l->numbers[0].e164), e164);
	return true;
}

/* Length up to the next separator of several numbers, and its own length. */
static size_t one_number(const char *p, size_t len, size_t *sep)
{
	for (size_t i = 0; i < len; i++) {
		*sep = 1;
		if (p[i] == ';' || p[i] == '|' || p[i] == '\n' ||
		    (p[i] == '/' && i >= 7))
			return i;
		*sep = 3;		/* 、 and ； */
		if (i + 3 <= len && (!memcmp(p + i, "\xe3\x80\x81", 3) ||
				     !memcmp(p + i, "\xef\xbc\x9b", 3)))
			return i;
	}
	*sep = 0;
	return len;
}

static bool numbers(struct building *b, size_t column,
		    const struct csv_field *f)
{
	const char *p = f->p;
	size_t len = f->len, sep;

	while (len) {
		size_t n = one_number(p, len, &sep);

		if (n && !number_add(b, column, p, n))
			return false;
		p += n + sep;
		len -= n + sep;
	}
	return true;
}

/* ---- days ------------------------------------------------------------------- */

static bool digits(const char **p, int most, int *out)
{
	int n = 0;

	*out = 0;
	while (**p >= '0' && **p <= '9' && n < most) {
		*out = *out * 10 + (*(*p)++ - '0');
		n++;
	}
	return n > 0;
}

/* Any of - / . 年 月 日 between the parts. */
static void part_end(const char **p)
{
	if (strchr("-/.", **p) && **p)
		++*p;
	else if (!strncmp(*p, "年", 3) || !strncmp(*p, "月", 3))
		*p += 3;
}

/* "2026-11-23", "2026/1/2 13:04", "2026年1月2日"; UTC. */
static bool day(const struct csv_field *f, int64_t *out)
{
	char s[40];
	const char *p = s;
	int y, m, d, hh = 0, mm = 0, ss = 0;

	text(s, sizeof(s), f);
	if (!digits(&p, 4, &y))
		return false;
	part_end(&p);
	if (!digits(&p, 2, &m))
		return false;
	part_end(&p);
	if (!digits(&p, 2, &d))
		return false;
	if (!strncmp(p, "日", 3))
		p += 3;
	if (*p == ' ' || *p == 'T') {
		p += 1 + strspn(p + 1, " ");
		if (!digits(&p, 2, &hh) || *p++ != ':' || !digits(&p, 2, &mm))
			return false;
		if (*p == ':') {
			p++;
			if (!digits(&p, 2, &ss))
				return false;
		}
		if (*p == 'Z')
			p++;
	}
	if (*p || y < 1970 || y > 2200 || m < 1 || m > 12 || d < 1 || d > 31 ||
	    hh > 23 || mm > 59 || ss > 60)
		return false;
	int y2, m2, d2;

	zone_date(zone_days(y, m, d), &y2, &m2, &d2);
	*out = zone_days(y, m, d) * 86400 + hh * 3600 + mm * 60 + ss;
	return m2 == m && d2 == d;	/* 30 February is no day             */
}

/* ---- columns ---------------------------------------------------------------- */

static bool tier(struct building *b, size_t column, const struct csv_field *f)
{
	static const char *const words[] = { "", "a", "b", "c", "d" };
	char s[8];

	text(s, sizeof(s), f);
	if (s[0] && !s[1] && s[0] >= 'A' && s[0] <= 'D')
		s[0] = (char)(s[0] - 'A' + 'a');
	for (uint32_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_eq(s, words[i]) ||
		    (i && s[0] == (char)('0' + i) && !s[1])) {
			b->l->tier = i;
			return true;
		}
	}
	return refuse(b, column, "the tier is not A, B, C or D");
}

static bool consent_kind(struct building *b, size_t column,
			 const struct csv_field *f)
{
	char s[24];

	text(s, sizeof(s), f);
	if (!s[0])
		return true;
	for (char *p = s; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	for (size_t i = 0; i < ARRAY_LEN(consent_kinds); i++) {
		if (!str_eq(s, consent_kinds[i].written))
			continue;
		str_copy(b->l->consent[0].kind, sizeof(b->l->consent[0].kind),
			 consent_kinds[i].word);
		b->l->consent_count = 1;
		return true;
	}
	return refuse(b, column, "no such kind of consent");
}

static bool own(struct building *b, size_t column, const struct csv_field *f)
{
	struct lead *l = b->l;

	if (!f->len || l->fields_count == LEAD_FIELDS_MAX)
		return true;
	struct lead_field *to = &l->fields[l->fields_count++];

	to->label = b->c->map->label[column];
	text(to->value, sizeof(to->value), f);
	return true;
}

static bool priority(struct building *b, size_t column,
		     const struct csv_field *f)
{
	char s[16];
	int64_t v;

	text(s, sizeof(s), f);
	if (!s[0])
		return true;
	if (str_to_i64(s, 1, LEAD_PRIORITY_TOP - 1, &v))
		return refuse(b, column, "the priority is not 1 to 254");
	b->l->priority = (uint32_t)v;
	return true;
}

static bool country(struct building *b, size_t column,
		    const struct csv_field *f)
{
	char s[8];

	text(s, sizeof(s), f);
	if (!s[0])
		return true;
	for (char *p = s; *p; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	if (strlen(s) != 2 || strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 2)
		return refuse(b, column, "the country is not two letters");
	str_copy(b->l->country, sizeof(b->l->country), s);
	return true;
}

static bool column_put(struct building *b, size_t i, const struct csv_field *f)
{
	struct lead *l = b->l;
	struct lead_consent *c = &l->consent[0];

	switch ((enum import_column)b->c->map->what[i]) {
	case COL_PHONE:
		return numbers(b, i, f);
	case COL_NAME:
		text(l->name, sizeof(l->name), f);
		break;
	case COL_CITY:
		text(l->city, sizeof(l->city), f);
		break;
	case COL_PROVINCE:
		text(l->province, sizeof(l->province), f);
		break;
	case COL_COUNTRY:
		return country(b, i, f);
	case COL_TAGS:
		text(l->tags, sizeof(l->tags), f);
		break;
	case COL_TIER:
		return tier(b, i, f);
	case COL_PRIORITY:
		return priority(b, i, f);
	case COL_KEY:
		if (f->len >= sizeof(l->key))
			return refuse(b, i, "the key is too long");
		text(l->key, sizeof(l->key), f);
		break;
	case COL_CONSENT:
		return consent_kind(b, i, f);
	case COL_CONSENT_AT:
		if (f->len && !day(f, &c->at_s))
			return refuse(b, i, "not a date");
		if (c->at_s > b->c->wall_s)
			return refuse(b, i, "consent given in the future");
		break;
	case COL_CONSENT_UNTIL:
		if (f->len && !day(f, &c->until_s))
			return refuse(b, i, "not a date");
		break;
	case COL_CONSENT_PROOF:
		text(c->proof, sizeof(c->proof), f);
		break;
	case COL_CONSENT_FOR:
		text(c->purpose, sizeof(c->purpose), f);
		break;
	case COL_NOTE:
		text(l->note, sizeof(l->note), f);
		break;
	case COL_OWN:
		return own(b, i, f);
	case COL_SKIP:
	case COL_COUNT:
		break;
	}
	return true;
}

/* FNV-1a with a final mix; the top bit tells it from a telephone number. */
uint64_t row_person(const char *key)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *key; key++)
		h = (h ^ (unsigned char)*key) * UINT64_C(0x100000001b3);
	h = (h ^ h >> 32) * UINT64_C(0xd6e8feb86659fd93);
	return (h ^ h >> 32) | UINT64_C(1) << 63;
}

static size_t phone_column(const struct import_map *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->what[i] == COL_PHONE)
			return i;
	return 0;
}

static bool finish(struct building *b)
{
	const struct row_conf *c = b->c;
	struct lead *l = b->l;

	if (!l->numbers_count)
		return refuse(b, phone_column(c->map), "no phone number");
	if (!l->consent_count) {
		memset(&l->consent[0], 0, sizeof(l->consent[0]));
	} else {
		if (!l->consent[0].at_s)
			return refuse(b, (size_t)-1, "a consent without its "
						     "date");
		if (!l->consent[0].purpose[0])
			str_copy(l->consent[0].purpose,
				 sizeof(l->consent[0].purpose), c->purpose);
	}
	if (!l->country[0])
		str_copy(l->country, sizeof(l->country), c->country);
	if (!l->priority)
		l->priority = c->priority ? c->priority
					  : tier_priority[l->tier];
	if (c->tags && c->tags[0] &&
	    strlen(l->tags) + strlen(c->tags) + 2 < sizeof(l->tags))
		str_add(l->tags, sizeof(l->tags), "%s%s", l->tags[0] ? "," : "",
			c->tags);
	l->list = c->list->id;
	l->created_s = c->wall_s;
	l->status = LEAD_READY;
	return true;
}

bool row_to_lead(const struct row_conf *c, const struct csv_row *row,
		 struct lead *out, bool *repaired, struct row_fault *fault)
{
	struct building b = { .c = c, .l = out, .fault = fault,
			      .repaired = repaired };

	memset(out, 0, sizeof(*out));
	*repaired = false;
	if (row->fault) {
		fault->column = row->fault_column;
		fault->reason = row->fault;
		return false;
	}
	if (row->n < c->map->n && row->n <= phone_column(c->map))
		return refuse(&b, row->n, "columns are missing");
	if (row->n > c->map->n)
		return refuse(&b, c->map->n, "more columns than the first row");
	for (size_t i = 0; i < row->n; i++)
		if (!column_put(&b, i, &row->field[i]))
			return false;
	return finish(&b);
}
