/*
 * The ears on made sounds: tones exactly, persons and machines by a table of
 * confusion whose bounds are the yardstick (two numbers, never one).
 */
#include "base/t.h"

#include <stdlib.h>
#include <string.h>

#include "media/corpus.h"
#include "media/ears_priv.h"

enum { SAMPLES = 200 };

static struct ears_table table;
static struct corpus c;

struct heard {
	enum ears_verdict v[8];
	unsigned ms[8];
	unsigned n;
};

static struct heard hear(enum ears_phase phase, const char *country)
{
	struct heard h = { .n = 0 };
	struct ears e;
	struct ears_says s;

	ears_init(&e, phase, country ? ears_table_find(&table, country) : NULL);
	for (unsigned i = 0; i + EARS_FRAME <= c.at; i += EARS_FRAME)
		if (ears_take(&e, c.pcm + i, &s) && h.n < 8) {
			h.v[h.n] = s.verdict;
			h.ms[h.n++] = i / 8 + EARS_FRAME_MS;
		}
	return h;
}

static enum ears_verdict first(const struct heard *h)
{
	return h->n ? h->v[0] : EARS_VERDICT_COUNT;
}

static const char *word(enum ears_verdict v)
{
	return v == EARS_VERDICT_COUNT ? "nothing" : ears_word(v);
}

static void table_is_read(void **state)
{
	unsigned line;

	(void)state;
	T_OK(!ears_table_read(&table, "data/tones.tsv", &line),
	     "data/tones.tsv is read (line %u)", line);
	T_OK(ears_table_find(&table, "cn") && ears_table_find(&table, "fr"),
	     "it has China and France");
	T_OK(!ears_table_find(&table, "xx"), "and not everything");
}

/* Every row of the table, as an exchange sends it, at an odd moment. */
static void tones_by_country(void **state)
{
	(void)state;
	for (unsigned k = 0; k < table.countries; k++)
		for (unsigned t = 0; t < table.country[k].tones; t++) {
			const struct ears_country *cc = &table.country[k];
			const struct ears_tone *tone = &cc->tone[t];
			struct heard h;

			corpus_begin(&c, k * 16 + t);
			corpus_quiet(&c, corpus_pick(&c, 40, 400));
			for (unsigned i = 0; c.at < CORPUS_MAX * 9 / 10; i++) {
				unsigned ms = tone->cadence_ms[
					i % tone->cadence_len];

				if (i % 2 && tone->cadence_len > 1)
					corpus_quiet(&c, ms);
				else
					corpus_tone(&c, ms ? ms : 8000,
						    tone->hz[0], tone->hz[1],
						    -20);
			}
			corpus_noise(&c, -52);
			corpus_line(&c);
			h = hear(EARS_EARLY, cc->code);
			T_OK(first(&h) == tone->means,
			     "%s %s is heard as %s", cc->code, tone->name,
			     word(first(&h)));
		}
}

struct three {
	const char *what;
	double hz[3];
	unsigned ms[3];
	enum ears_verdict want;
};

static void special_tones(void **state)
{
	static const struct three sit[] = {
		{ "the ITU's SIT", { 950, 1400, 1800 }, { 330, 330, 330 },
		  EARS_SIT },
		{ "IC intercept", { 913.8, 1370.6, 1776.7 },
		  { 274, 274, 380 }, EARS_SIT },
		{ "VC vacant", { 985.2, 1370.6, 1776.7 },
		  { 380, 274, 380 }, EARS_VACANT },
		{ "RO reorder", { 913.8, 1428.5, 1776.7 },
		  { 274, 380, 380 }, EARS_CONGESTION },
		{ "NC no circuit", { 985.2, 1428.5, 1776.7 },
		  { 380, 380, 380 }, EARS_CONGESTION },
	};
	struct heard h;

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(sit); i++) {
		corpus_begin(&c, i);
		corpus_quiet(&c, 300);
		for (int k = 0; k < 3; k++)
			corpus_tone(&c, sit[i].ms[k], sit[i].hz[k], 0, -24);
		corpus_quiet(&c, 300);
		corpus_talk(&c, 4000, 100, -25);
		corpus_noise(&c, -55);
		corpus_line(&c);
		h = hear(EARS_EARLY, "us");
		T_OK(first(&h) == sit[i].want, "%s is heard as %s",
		     sit[i].what, word(first(&h)));
	}
	corpus_begin(&c, 1);
	corpus_quiet(&c, 500);
	corpus_tone(&c, 3000, 2100, 0, -18);
	corpus_noise(&c, -52);
	h = hear(EARS_ANSWERED, "cn");
	T_OK(first(&h) == EARS_FAX, "CED is heard as %s", word(first(&h)));
	corpus_begin(&c, 1);
	corpus_quiet(&c, 500);
	corpus_tone(&c, 500, 1100, 0, -18);
	corpus_quiet(&c, 3000);
	h = hear(EARS_ANSWERED, "cn");
	T_OK(first(&h) == EARS_FAX, "CNG is heard as %s", word(first(&h)));
}

static void other_lengths_are_no_tones(void **state)
{
	struct heard h;

	(void)state;
	corpus_begin(&c, 5);
	for (int i = 0; i < 8; i++) {	/* neither busy nor congestion */
		corpus_tone(&c, 500, 450, 0, -20);
		corpus_quiet(&c, 900);
	}
	h = hear(EARS_EARLY, "cn");
	T_OK(!h.n, "450 Hz 0.5/0.9 s is nothing known, not %s",
	     word(first(&h)));
	corpus_begin(&c, 6);
	for (int i = 0; i < 12; i++) {
		corpus_tone(&c, 350, 620, 0, -20);
		corpus_quiet(&c, 350);
	}
	h = hear(EARS_EARLY, "cn");
	T_OK(!h.n, "busy's rhythm at 620 Hz is not %s", word(first(&h)));
	corpus_begin(&c, 7);
	corpus_quiet(&c, 8000);
	corpus_noise(&c, -35);
	h = hear(EARS_EARLY, "cn");
	T_OK(!h.n || first(&h) == EARS_UNKNOWN, "early noise is not %s",
	     word(first(&h)));
}

/* One sample of a kind, from a seed. */
static void sample(const char *kind, unsigned seed)
{
	double level;

	corpus_begin(&c, seed);
	level = -18 - (double)corpus_pick(&c, 0, 16);
	corpus_quiet(&c, corpus_pick(&c, 150, 900));
	if (!strcmp(kind, "person")) {
		corpus_talk(&c, corpus_pick(&c, 250, 1400), 180, level);
		corpus_quiet(&c, 3000);
	} else if (!strcmp(kind, "machine")) {
		corpus_talk(&c, corpus_pick(&c, 3500, 6500), 220, level);
		corpus_quiet(&c, corpus_pick(&c, 200, 600));
		corpus_tone(&c, corpus_pick(&c, 200, 600),
			    corpus_pick(&c, 440, 1600), 0, -20);
		corpus_quiet(&c, 1500);
	} else {
		corpus_quiet(&c, 3500);
	}
	if (!strcmp(kind, "noise"))
		corpus_noise(&c, -28 - (double)corpus_pick(&c, 0, 20));
	else if (strcmp(kind, "silence"))
		corpus_noise(&c, level - 22 - (double)corpus_pick(&c, 0, 15));
	corpus_line(&c);
}

static unsigned count(const char *kind, enum ears_verdict want,
		      unsigned *beeps)
{
	unsigned got[EARS_VERDICT_COUNT + 1] = { 0 }, ms = 0;

	*beeps = 0;
	for (unsigned i = 0; i < SAMPLES; i++) {
		struct heard h;

		sample(kind, i);
		h = hear(EARS_ANSWERED, "cn");
		got[first(&h)]++;
		T_OK(h.n && h.ms[0] <= 2600, "%s %u is decided by 2.6 s", kind,
		     i);
		ms += h.n ? h.ms[0] : 0;
		*beeps += h.n > 1 && h.v[1] == EARS_BEEP;
	}
	print_message("%-8s", kind);
	for (unsigned v = 0; v < EARS_VERDICT_COUNT; v++)
		if (got[v])
			print_message("  %s %.1f %%", ears_word(v),
				      got[v] * 100.0 / SAMPLES);
	print_message("  mean %u ms, beeps %u\n", ms / SAMPLES, *beeps);
	return got[want];
}

static void confusion(void **state)
{
	unsigned beeps, n;

	(void)state;
	n = count("person", EARS_PERSON, &beeps);
	T_OK(n * 100 >= 97 * SAMPLES, "%u of %u persons are persons", n,
	     SAMPLES);
	T_OK(beeps == 0, "no person beeps");
	n = count("person", EARS_MACHINE, &beeps);
	T_OK(n == 0, "%u persons are taken for machines", n);
	n = count("machine", EARS_MACHINE, &beeps);
	T_OK(n * 100 >= 89 * SAMPLES, "%u of %u machines are machines", n,
	     SAMPLES);
	T_OK(beeps * 100 >= 85 * SAMPLES, "%u machines' beeps are heard",
	     beeps);
	n = count("silence", EARS_SILENCE, &beeps);
	T_OK(n == SAMPLES, "silence is silence");
	n = count("noise", EARS_SILENCE, &beeps);
	T_OK(n * 100 >= 95 * SAMPLES, "%u of %u steady noises are no voice", n,
	     SAMPLES);
}

static void same_in_same_out(void **state)
{
	struct heard a, b;

	(void)state;
	sample("machine", 3);
	a = hear(EARS_ANSWERED, "cn");
	b = hear(EARS_ANSWERED, "cn");
	T_OK(!memcmp(&a, &b, sizeof(a)), "the ears are deterministic");
}

static void a_stream_that_stops(void **state)
{
	struct ears e;
	struct ears_says s = { EARS_UNKNOWN, 0 };
	unsigned i;

	(void)state;
	ears_init(&e, EARS_ANSWERED, NULL);
	for (i = 0; i < 200 && !ears_take(&e, NULL, &s); i++)
		;
	T_OK(s.verdict == EARS_SILENCE && i < 130,
	     "no packets at all: silence by 2.6 s");
	T_OK(!ears_take(&e, NULL, &s), "and nothing more after that");
}

static void bad_tables(void **state)
{
	static const char *const bad[] = {
		"cn\tbusy\tbusy\t450\n",
		"cn\tbusy\tbusy\t450\t350/350\textra\n",
		"cn\tbusy\thungry\t450\t350/350\n",
		"cn\tbusy\tbusy\t450+\t350/350\n",
		"cn\tbusy\tbusy\t99999\t350/350\n",
		"cn\tbusy\tbusy\t450\t350/\n",
		"cn\tbusy\tbusy\t450\t350/350/350\n",
		"china\tbusy\tbusy\t450\t350/350\n",
		"cn\tbusy\tbusy\t450\t1/1\n",
	};
	static struct ears_table t;
	unsigned line;

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(bad); i++) {
		char path[] = "/tmp/waihu-tones-XXXXXX";
		int fd = mkstemp(path);
		FILE *f = fdopen(fd, "w");

		fputs("# first\n", f);
		fputs(bad[i], f);
		fclose(f);
		T_OK(ears_table_read(&t, path, &line) == ERR_FORMAT &&
		     line == 2, "row %u is refused: %s", i, bad[i]);
		remove(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_is_read),
		cmocka_unit_test(tones_by_country),
		cmocka_unit_test(special_tones),
		cmocka_unit_test(other_lengths_are_no_tones),
		cmocka_unit_test(confusion),
		cmocka_unit_test(same_in_same_out),
		cmocka_unit_test(a_stream_that_stops),
		cmocka_unit_test(bad_tables),
	};

	return T_RUN(tests);
}
