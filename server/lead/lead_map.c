/*
 * Which column is what: by --map, else by the usual headers in English and
 * Chinese; what nobody knows becomes a column of the list's own.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "lead/lead_import_priv.h"

static const struct {
	const char *word;
	bool many;
} columns[] = {
#define X(name, word, many) { word, many },
	IMPORT_COLUMNS(X)
#undef X
};

const char *import_column_word(enum import_column c)
{
	return (unsigned)c < COL_COUNT ? columns[c].word : "";
}

/* Headers as files have them: lower case, without spaces and underscores. */
static const struct {
	const char *header;
	enum import_column what;
} headers[] = {
	{ "phone", COL_PHONE },		{ "phonenumber", COL_PHONE },
	{ "phone1", COL_PHONE },	{ "phone2", COL_PHONE },
	{ "phone3", COL_PHONE },	{ "tel", COL_PHONE },
	{ "telephone", COL_PHONE },	{ "mobile", COL_PHONE },
	{ "mobilephone", COL_PHONE },	{ "mobilenumber", COL_PHONE },
	{ "cell", COL_PHONE },		{ "cellphone", COL_PHONE },
	{ "homephone", COL_PHONE },	{ "workphone", COL_PHONE },
	{ "number", COL_PHONE },	{ "msisdn", COL_PHONE },
	{ "手机", COL_PHONE },		{ "手机号", COL_PHONE },
	{ "手机号码", COL_PHONE },	{ "电话", COL_PHONE },
	{ "电话号码", COL_PHONE },	{ "联系电话", COL_PHONE },
	{ "联系方式", COL_PHONE },	{ "座机", COL_PHONE },
	{ "固定电话", COL_PHONE },	{ "备用电话", COL_PHONE },
	{ "name", COL_NAME },		{ "fullname", COL_NAME },
	{ "customer", COL_NAME },	{ "customername", COL_NAME },
	{ "contact", COL_NAME },	{ "姓名", COL_NAME },
	{ "客户", COL_NAME },		{ "客户姓名", COL_NAME },
	{ "客户名称", COL_NAME },	{ "联系人", COL_NAME },
	{ "名字", COL_NAME },
	{ "city", COL_CITY },		{ "town", COL_CITY },
	{ "城市", COL_CITY },		{ "市", COL_CITY },
	{ "地市", COL_CITY },
	{ "province", COL_PROVINCE },	{ "state", COL_PROVINCE },
	{ "region", COL_PROVINCE },	{ "省", COL_PROVINCE },
	{ "省份", COL_PROVINCE },
	{ "country", COL_COUNTRY },	{ "countrycode", COL_COUNTRY },
	{ "国家", COL_COUNTRY },
	{ "tags", COL_TAGS },		{ "tag", COL_TAGS },
	{ "labels", COL_TAGS },		{ "标签", COL_TAGS },
	{ "tier", COL_TIER },		{ "grade", COL_TIER },
	{ "level", COL_TIER },		{ "等级", COL_TIER },
	{ "级别", COL_TIER },		{ "客户等级", COL_TIER },
	{ "分层", COL_TIER },
	{ "priority", COL_PRIORITY },	{ "优先级", COL_PRIORITY },
	{ "key", COL_KEY },		{ "id", COL_KEY },
	{ "customerid", COL_KEY },	{ "externalid", COL_KEY },
	{ "客户编号", COL_KEY },	{ "客户号", COL_KEY },
	{ "编号", COL_KEY },
	{ "consent", COL_CONSENT },	{ "consentkind", COL_CONSENT },
	{ "consenttype", COL_CONSENT },	{ "授权", COL_CONSENT },
	{ "授权方式", COL_CONSENT },
	{ "consentat", COL_CONSENT_AT }, { "consentdate", COL_CONSENT_AT },
	{ "consenttime", COL_CONSENT_AT }, { "授权时间", COL_CONSENT_AT },
	{ "授权日期", COL_CONSENT_AT },
	{ "consentuntil", COL_CONSENT_UNTIL },
	{ "consentexpires", COL_CONSENT_UNTIL },
	{ "授权到期", COL_CONSENT_UNTIL }, { "授权有效期", COL_CONSENT_UNTIL },
	{ "consentproof", COL_CONSENT_PROOF }, { "proof", COL_CONSENT_PROOF },
	{ "授权凭证", COL_CONSENT_PROOF }, { "凭证", COL_CONSENT_PROOF },
	{ "consentpurpose", COL_CONSENT_FOR }, { "授权用途", COL_CONSENT_FOR },
	{ "note", COL_NOTE },		{ "notes", COL_NOTE },
	{ "comment", COL_NOTE },	{ "备注", COL_NOTE },
	{ "line", COL_SKIP },		{ "column", COL_SKIP },
	{ "reason", COL_SKIP },		/* of our own reject file            */
};

static void fold(const char *p, size_t len, char *out, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < len && n + 1 < size; i++)
		if (!strchr(" _-\t", p[i]) || !p[i])
			out[n++] = (char)tolower((unsigned char)p[i]);
	out[n] = '\0';
}

static enum import_column by_header(const char *folded)
{
	for (size_t i = 0; i < ARRAY_LEN(headers); i++)
		if (str_eq(folded, headers[i].header))
			return headers[i].what;
	return COL_OWN;
}

/* ---- --map ----------------------------------------------------------------- */

static enum err wish_parse(char *text, struct map_wish *w)
{
	char *eq = strchr(text, '='), *end;
	size_t i = 0;

	if (!eq || !eq[1])
		return ERR_FORMAT;
	*eq = '\0';
	while (i < COL_COUNT && !str_eq(columns[i].word, text))
		i++;
	if (i == COL_COUNT || i == COL_OWN)
		return ERR_ABSENT;
	w->what = (enum import_column)i;
	unsigned long no = strtoul(eq + 1, &end, 10);

	w->column = *end ? 0 : no;
	if (!*end && (!no || no > COLUMNS_MAX))
		return ERR_FORMAT;
	fold(eq + 1, strlen(eq + 1), w->header, sizeof(w->header));
	return ERR_OK;
}

enum err map_parse(const char *text, struct map_wish *w, size_t *n, char *why,
		   size_t size)
{
	char copy[1024], *save;

	*n = 0;
	if (!text)
		return ERR_OK;
	if (!str_copy(copy, sizeof(copy), text)) {
		str_fmt(why, size, "the map is too long");
		return ERR_FORMAT;
	}
	for (char *s = strtok_r(copy, ",", &save); s;
	     s = strtok_r(NULL, ",", &save)) {
		char one[64];

		str_copy(one, sizeof(one), s + strspn(s, " "));
		enum err e = *n == WISHES_MAX ? ERR_FULL
					      : wish_parse(one, &w[*n]);

		if (e) {
			str_fmt(why, size, "map: \"%s\": %s", s,
				e == ERR_ABSENT ? "no such column of ours"
						: err_text(e));
			return ERR_FORMAT;
		}
		++*n;
	}
	return ERR_OK;
}

/* ---- deciding --------------------------------------------------------------- */

static bool taken(const struct import_map *m, enum import_column c)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->what[i] == c)
			return true;
	return false;
}

static bool has_number(const struct csv_row *r, struct phone_cache *phones,
		       size_t i)
{
	char e164[16];
	const char *why;
	bool repaired;

	return !phone_parse(phones, r->field[i].p, r->field[i].len, e164, &why,
			    &repaired);
}

/* The wishes; a header that is not there is an error. */
static enum err wishes_apply(const struct map_wish *w, size_t n,
			     const struct csv_row *first,
			     struct import_map *m, char *why, size_t size)
{
	char name[64];

	for (size_t k = 0; k < n; k++) {
		size_t at = w[k].column ? w[k].column - 1 : SIZE_MAX;

		for (size_t i = 0; at == SIZE_MAX && i < m->n; i++) {
			fold(first->field[i].p, first->field[i].len, name,
			     sizeof(name));
			if (str_eq(name, w[k].header))
				at = i;
		}
		if (at == SIZE_MAX || at >= m->n) {
			str_fmt(why, size, "map: the file has no column %s",
				w[k].header);
			return ERR_FORMAT;
		}
		m->what[at] = (uint8_t)w[k].what;
		if (!w[k].column)
			m->header = true;
	}
	return ERR_OK;
}

static void label_add(struct lead_list *list, const struct csv_field *f,
		      size_t at, bool header, struct import_map *m)
{
	char name[33] = "";

	if (header) {
		size_t len = MIN(f->len, sizeof(name) - 1);

		memcpy(name, f->p, len);
		while (len && !str_is_utf8(name, len))
			len--;
		name[len] = '\0';
	}
	if (!name[0])
		str_fmt(name, sizeof(name), "column %zu", at + 1);
	for (uint32_t i = 0; i < list->labels_count; i++) {
		if (str_eq(list->labels[i].name, name)) {
			m->label[at] = (uint8_t)i;
			return;
		}
	}
	if (list->labels_count == LEAD_FIELDS_MAX) {
		m->what[at] = COL_SKIP;
		return;
	}
	m->label[at] = (uint8_t)list->labels_count;
	str_copy(list->labels[list->labels_count++].name,
		 sizeof(list->labels[0].name), name);
}

/* Without a header nor a wish, the first column that is a number is it. */
static void guess_phone(const struct csv_row *first,
			struct phone_cache *phones, struct import_map *m)
{
	for (size_t i = 0; i < m->n; i++) {
		if (m->what[i] == COL_COUNT && has_number(first, phones, i)) {
			m->what[i] = COL_PHONE;
			return;
		}
	}
}

enum err map_decide(const struct map_wish *w, size_t n,
		    const struct csv_row *first, struct phone_cache *phones,
		    struct lead_list *list, struct import_map *m, char *why,
		    size_t size)
{
	char name[64];
	bool number = false;

	*m = (struct import_map){ .n = first->n };
	memset(m->what, COL_COUNT, sizeof(m->what));
	enum err e = wishes_apply(w, n, first, m, why, size);

	if (e)
		return e;
	for (size_t i = 0; i < m->n; i++)
		number = number || has_number(first, phones, i);
	m->header = m->header || !number;
	for (size_t i = 0; m->header && i < m->n; i++) {
		if (m->what[i] != COL_COUNT)
			continue;
		fold(first->field[i].p, first->field[i].len, name,
		     sizeof(name));
		enum import_column c = by_header(name);

		if (c != COL_OWN && (columns[c].many || !taken(m, c)))
			m->what[i] = (uint8_t)c;
	}
	if (!taken(m, COL_PHONE))
		guess_phone(first, phones, m);
	for (size_t i = 0; i < m->n; i++) {
		m->phones += m->what[i] == COL_PHONE;
		if (m->what[i] != COL_COUNT)
			continue;
		m->what[i] = COL_OWN;
		label_add(list, &first->field[i], i, m->header, m);
	}
	if (m->phones)
		return ERR_OK;
	str_fmt(why, size, "no column of phone numbers; name it with "
		"--map phone=N");
	return ERR_FORMAT;
}
