/*
 * Bytes in, rows out: charset, RFC 4180, bounds.
 *
 * UTF-8 and GB18030 both keep the comma, the quote and the line ends to
 * themselves (a GB18030 trail byte is 0x30-39, 0x40-7e or 0x80-fe), so the
 * raw bytes are parsed and only fields that are not ASCII are converted.
 * UTF-16 is converted before.  libcsv would keep a field of any length; what
 * passes FIELD_MAX is thrown away as it comes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "lead/lead_import_priv.h"

#define SLICE 4096
#define DETECT_BYTES 65536

struct csv_in {
	struct csv_parser p;
	csv_row_h *row_h;
	void *arg;
	enum charset charset;
	iconv_t gb, wide;		/* (iconv_t)-1: not open             */
	bool begun;			/* BOM and separator are settled     */
	uint8_t *head;			/* first bytes, until then           */
	size_t head_n;
	uint8_t odd[4];			/* rest of a UTF-16 character        */
	size_t odd_n;
	struct csv_row row;
	char *bytes;			/* of the row                        */
	size_t bytes_n;
	uint64_t line;			/* where we are                      */
	bool after_cr;
	bool over;			/* the field at hand was too long    */
};

/* ---- charset -------------------------------------------------------------- */

const char *charset_word(enum charset c)
{
	switch (c) {
	case CHARSET_UNKNOWN:
	case CHARSET_UTF8:
		return "UTF-8";
	case CHARSET_GB18030:
		return "GB18030";
	case CHARSET_UTF16LE:
		return "UTF-16LE";
	case CHARSET_UTF16BE:
		return "UTF-16BE";
	}
	return "";
}

static bool all_ascii(const uint8_t *p, size_t len)
{
	size_t i = 0;

	for (; i + 8 <= len; i += 8) {
		uint64_t w;

		memcpy(&w, p + i, 8);
		if (w & UINT64_C(0x8080808080808080))
			return false;
	}
	for (; i < len; i++)
		if (p[i] & 0x80)
			return false;
	return true;
}

/* Length of p without a character cut off at the end. */
static size_t whole_utf8(const uint8_t *p, size_t len)
{
	for (size_t back = 1; back <= 3 && back <= len; back++) {
		uint8_t c = p[len - back];

		if (c < 0x80)
			break;
		if (c >= 0xc0) {
			size_t need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;

			return back < need ? len - back : len;
		}
	}
	return len;
}

static bool is_gb18030(const uint8_t *p, size_t len)
{
	size_t i = 0;

	while (i < len) {
		if (p[i] < 0x80) {
			i++;
		} else if (i + 1 == len) {
			return true;
		} else if (p[i] == 0x80 || p[i] == 0xff) {
			return false;
		} else if (p[i + 1] >= 0x30 && p[i + 1] <= 0x39) {
			if (i + 3 < len &&
			    (p[i + 2] < 0x81 || p[i + 2] == 0xff ||
			     p[i + 3] < 0x30 || p[i + 3] > 0x39))
				return false;
			i += 4;
		} else if (p[i + 1] >= 0x40 && p[i + 1] != 0x7f &&
			   p[i + 1] != 0xff) {
			i += 2;
		} else {
			return false;
		}
	}
	return true;
}

bool charset_detect(const uint8_t *p, size_t len, enum charset *out)
{
	*out = CHARSET_UNKNOWN;
	if (all_ascii(p, len))
		return true;
	if (str_is_utf8((const char *)p, whole_utf8(p, len)))
		*out = CHARSET_UTF8;
	else if (is_gb18030(p, len))
		*out = CHARSET_GB18030;
	return *out != CHARSET_UNKNOWN;
}

/* ---- fields and rows ------------------------------------------------------ */

static void fault(struct csv_in *in, const char *what)
{
	if (in->row.fault)
		return;
	in->row.fault = what;
	in->row.fault_column = in->row.n + 1;
}

/* Where `need` more bytes of the row may go; NULL: the row is too long. */
static char *row_room(struct csv_in *in, size_t need)
{
	if (in->bytes_n + need > ROW_MAX) {
		fault(in, "the row is too long");
		return NULL;
	}
	return in->bytes + in->bytes_n;
}

static void field_put(struct csv_in *in, const char *p, size_t len)
{
	char *to = row_room(in, len);

	if (!to)
		return;
	memcpy(to, p, len);
	in->row.field[in->row.n] = (struct csv_field){ to, len };
	in->bytes_n += len;
}

static void field_gb(struct csv_in *in, char *p, size_t len)
{
	char *to = row_room(in, len * 2), *end = to;
	size_t room = len * 2, left = len;

	if (!to)
		return;
	iconv(in->gb, NULL, NULL, NULL, NULL);
	if (iconv(in->gb, &p, &left, &end, &room) == (size_t)-1 || left) {
		fault(in, "not GB18030");
		return;
	}
	in->row.field[in->row.n] = (struct csv_field){ to,
						       (size_t)(end - to) };
	in->bytes_n += (size_t)(end - to);
}

static void field_h(void *data, size_t len, void *arg)
{
	struct csv_in *in = arg;
	char *p = data;
	const char *nl = len ? memchr(p, '\n', len) : NULL;

	for (; nl; nl = memchr(nl + 1, '\n', len - (size_t)(nl + 1 - p)))
		in->line++;
	in->after_cr = false;
	if (in->row.n == COLUMNS_MAX) {
		fault(in, "too many columns");
		return;
	}
	in->row.field[in->row.n] = (struct csv_field){ "", 0 };
	if (in->over || len > FIELD_MAX)
		fault(in, "the field is too long");
	else if (len && memchr(p, '\0', len))
		fault(in, "a NUL byte");
	else if (all_ascii((const uint8_t *)p, len))
		field_put(in, p, len);
	else if (in->charset == CHARSET_GB18030)
		field_gb(in, p, len);
	else if (!str_is_utf8(p, len))
		fault(in, "not UTF-8");
	else
		field_put(in, p, len);
	in->over = false;
	in->row.n++;
}

static void row_h(int end, void *arg)
{
	struct csv_in *in = arg;
	bool blank = in->row.n == 0;

	/* CRLF ends a row once; the line feed alone is no blank row. */
	if (blank && end == '\n' && in->after_cr) {
		in->after_cr = false;
		return;
	}
	if (!blank)
		in->row_h(in->arg, &in->row);
	in->line++;
	in->after_cr = end == '\r';
	in->row.n = 0;
	in->row.fault = NULL;
	in->row.fault_column = 0;
	in->row.line = in->line;
	in->bytes_n = 0;
}

static enum err parse(struct csv_in *in, const uint8_t *p, size_t len)
{
	while (len) {
		size_t n = MIN(len, (size_t)SLICE);

		if (csv_parse(&in->p, p, n, field_h, row_h, in) != n)
			return ERR_MEMORY;
		if (in->p.entry_pos > FIELD_MAX) {
			/* One byte stays: libcsv takes off the closing quote. */
			in->p.entry_pos = 1;
			in->p.spaces = 0;
			in->over = true;
		}
		p += n;
		len -= n;
	}
	return ERR_OK;
}

/* ---- the beginning -------------------------------------------------------- */

static uint8_t separator(const uint8_t *p, size_t len)
{
	static const uint8_t seps[] = { ',', ';', '\t' };
	size_t count[sizeof(seps)] = { 0 };
	bool quoted = false;
	size_t best = 0;

	for (size_t i = 0; i < len && (quoted || (p[i] != '\n' &&
						  p[i] != '\r')); i++) {
		if (p[i] == '"')
			quoted = !quoted;
		for (size_t k = 0; k < sizeof(seps); k++)
			count[k] += !quoted && p[i] == seps[k];
	}
	for (size_t k = 1; k < sizeof(seps); k++)
		if (count[k] > count[best])
			best = k;
	return seps[best];
}

static enum err wide_feed(struct csv_in *in, const uint8_t *p, size_t len)
{
	char out[SLICE * 2];
	char chunk[SLICE];

	while (len) {
		size_t n = MIN(len, sizeof(chunk) - in->odd_n);

		memcpy(chunk, in->odd, in->odd_n);
		memcpy(chunk + in->odd_n, p, n);
		char *from = chunk, *to = out;
		size_t left = in->odd_n + n, room = sizeof(out);

		if (iconv(in->wide, &from, &left, &to, &room) == (size_t)-1 &&
		    (errno != EINVAL || left >= sizeof(in->odd)))
			return ERR_FORMAT;
		memcpy(in->odd, from, left);
		in->odd_n = left;
		p += n;
		len -= n;
		enum err e = parse(in, (const uint8_t *)out,
				   (size_t)(to - out));
		if (e)
			return e;
	}
	return ERR_OK;
}

static enum err text_feed(struct csv_in *in, const uint8_t *p, size_t len)
{
	if (in->charset == CHARSET_UTF16LE || in->charset == CHARSET_UTF16BE)
		return wide_feed(in, p, len);
	/* ASCII so far: the first bytes that are not decide. */
	if (in->charset == CHARSET_UNKNOWN &&
	    !charset_detect(p, len, &in->charset))
		return ERR_FORMAT;
	return parse(in, p, len);
}

static enum err begin(struct csv_in *in)
{
	const uint8_t *p = in->head;
	size_t n = in->head_n;

	in->begun = true;
	if (n >= 3 && !memcmp(p, "\xef\xbb\xbf", 3)) {
		in->charset = CHARSET_UTF8;
		p += 3;
		n -= 3;
	} else if (n >= 2 && (!memcmp(p, "\xff\xfe", 2) ||
			      !memcmp(p, "\xfe\xff", 2))) {
		in->charset = p[0] == 0xff ? CHARSET_UTF16LE : CHARSET_UTF16BE;
		in->wide = iconv_open("UTF-8", charset_word(in->charset));
		if (in->wide == (iconv_t)-1)
			return ERR_IO;
		p += 2;
		n -= 2;
	} else if (in->charset == CHARSET_UNKNOWN &&
		   !charset_detect(p, n, &in->charset)) {
		return ERR_FORMAT;
	}
	/* UTF-16's ASCII has zeroes between: the count is the same. */
	csv_set_delim(&in->p, separator(p, n));
	enum err e = text_feed(in, p, n);

	free(in->head);
	in->head = NULL;
	return e;
}

enum err csv_in_new(enum charset charset, csv_row_h *row, void *arg,
		    struct csv_in **out)
{
	struct csv_in *in = calloc(1, sizeof(*in));

	if (!in)
		return ERR_MEMORY;
	in->wide = (iconv_t)-1;
	in->gb = iconv_open("UTF-8", "GB18030");
	in->head = malloc(DETECT_BYTES);
	in->bytes = malloc(ROW_MAX);
	if (!in->head || !in->bytes || in->gb == (iconv_t)-1 ||
	    csv_init(&in->p, CSV_REPALL_NL)) {
		csv_in_free(in);
		return ERR_MEMORY;
	}
	in->charset = charset;
	in->row_h = row;
	in->arg = arg;
	in->line = 1;
	in->row.line = 1;
	*out = in;
	return ERR_OK;
}

struct csv_in *csv_in_free(struct csv_in *in)
{
	if (!in)
		return NULL;
	if (in->gb != (iconv_t)-1)
		iconv_close(in->gb);
	if (in->wide != (iconv_t)-1)
		iconv_close(in->wide);
	csv_free(&in->p);
	free(in->head);
	free(in->bytes);
	free(in);
	return NULL;
}

enum err csv_in_feed(struct csv_in *in, const uint8_t *p, size_t len)
{
	if (in->begun)
		return text_feed(in, p, len);
	size_t n = MIN(len, (size_t)DETECT_BYTES - in->head_n);

	memcpy(in->head + in->head_n, p, n);
	in->head_n += n;
	if (in->head_n < DETECT_BYTES)
		return ERR_OK;
	enum err e = begin(in);

	return e || n == len ? e : text_feed(in, p + n, len - n);
}

enum err csv_in_end(struct csv_in *in)
{
	enum err e = in->begun ? ERR_OK : begin(in);

	if (e)
		return e;
	/* 2 is libcsv's "inside a field": the last quote was not closed. */
	if (in->p.quoted && in->p.pstate == 2)
		fault(in, "a quote is never closed");
	if (csv_fini(&in->p, field_h, row_h, in))
		return ERR_FORMAT;
	return ERR_OK;
}

enum charset csv_in_charset(const struct csv_in *in)
{
	return in->charset;
}
