#include "media/ears_priv.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum { COLUMNS = 5 };

const struct ears_country *ears_table_find(const struct ears_table *t,
					   const char *code)
{
	for (unsigned i = 0; i < t->countries; i++)
		if (str_eq(t->country[i].code, code))
			return &t->country[i];
	return NULL;
}

static struct ears_country *country_of(struct ears_table *t, const char *code)
{
	struct ears_country *c;

	for (unsigned i = 0; i < t->countries; i++)
		if (str_eq(t->country[i].code, code))
			return &t->country[i];
	if (t->countries == EARS_COUNTRIES_MAX ||
	    strlen(code) >= sizeof(c->code))
		return NULL;
	c = &t->country[t->countries++];
	str_copy(c->code, sizeof(c->code), code);
	return c;
}

/* The bank's place for a frequency; -1: the bank is full. */
static int freq_of(struct ears_country *c, uint16_t hz)
{
	for (unsigned i = 0; i < c->freqs; i++)
		if (c->hz[i] == hz)
			return (int)i;
	if (c->freqs == EARS_FREQS_MAX)
		return -1;
	c->hz[c->freqs] = hz;
	c->coeff[c->freqs] = (float)(2 * cos(2 * M_PI * hz / 8000));
	return (int)c->freqs++;
}

static bool means_of(const char *word, enum ears_verdict *out)
{
	static const enum ears_verdict tones[] = {
		EARS_RINGBACK, EARS_BUSY, EARS_CONGESTION, EARS_VACANT
	};

	for (unsigned i = 0; i < ARRAY_LEN(tones); i++)
		if (str_eq(ears_word(tones[i]), word)) {
			*out = tones[i];
			return true;
		}
	return false;
}

/* "440+480": numbers with one sign between; the count, or 0 if malformed. */
static unsigned numbers(const char *s, char sign, uint16_t *out, unsigned max,
			unsigned most)
{
	for (unsigned n = 0; n < max; n++) {
		char *end;
		unsigned long v = strtoul(s, &end, 10);

		if (end == s || v > most)
			return 0;
		out[n] = (uint16_t)v;
		if (!*end)
			return n + 1;
		if (*end != sign)
			return 0;
		s = end + 1;
	}
	return 0;
}

static bool tone_read(struct ears_country *c, char *const *col)
{
	struct ears_tone *t = &c->tone[c->tones];
	unsigned n;

	if (c->tones == EARS_TONES_MAX || strlen(col[1]) >= sizeof(t->name) ||
	    !means_of(col[2], &t->means) ||
	    !(n = numbers(col[3], '+', t->hz, 2, 3600)) || t->hz[0] < 200)
		return false;
	str_copy(t->name, sizeof(t->name), col[1]);
	for (unsigned i = 0; i < n; i++) {
		int at = freq_of(c, t->hz[i]);

		if (at < 0)
			return false;
		t->freq[i] = (uint8_t)at;
	}
	n = numbers(col[4], '/', t->cadence_ms, EARS_CADENCE_MAX, 20000);
	t->cadence_len = (uint8_t)n;
	/* Endless, or pairs of on and off, none shorter than three frames. */
	if (!n || (n > 1 && n % 2) || (n == 1 && t->cadence_ms[0]))
		return false;
	for (unsigned i = 0; n > 1 && i < n; i++)
		if (t->cadence_ms[i] < 60)
			return false;
	c->tones++;
	return true;
}

static bool line_read(struct ears_table *t, char *line)
{
	char *col[COLUMNS], *at = line;
	struct ears_country *c;

	line[strcspn(line, "\r\n")] = '\0';
	if (!*line || *line == '#')
		return true;
	for (unsigned i = 0; i < COLUMNS; i++) {
		col[i] = strsep(&at, "\t");
		if (!col[i] || !*col[i])
			return false;
	}
	c = country_of(t, col[0]);
	return !at && c && tone_read(c, col);
}

enum err ears_table_read(struct ears_table *t, const char *path,
			 unsigned *line)
{
	FILE *f = fopen(path, "re");
	char text[256];
	enum err e = ERR_OK;

	*line = 0;
	if (!f)
		return err_from_errno(errno);
	memset(t, 0, sizeof(*t));
	while (!e && fgets(text, sizeof(text), f)) {
		++*line;
		if (!line_read(t, text))
			e = ERR_FORMAT;
	}
	fclose(f);
	return e;
}
