/*
 * ear -- a voice that tells its own time, and what was heard of it.
 *
 *   ear make FILE SECONDS   a WAV (8 kHz, mono) whose tone climbs one step
 *                           every quarter of a second, 40 steps, again
 *   ear read FILE [SIDE]    a line a stretch: from [ms], length [ms], what;
 *                           for the voice also its place in the ten seconds
 *   ear tone FILE HZ SECONDS   a WAV of one loud tone
 *   ear band FILE HZ [SIDE] where that tone is in what was heard, whatever
 *                           else is: a line a stretch: from [ms], length [ms]
 *   ear who FILE SIDE HZ..  who spoke, one after the other, each known by a
 *                           tone: "A - AB B"; less than 0.3 s is not said
 *   ear now FILE SIDE HZ..  who speaks where the file ends (it may grow), and
 *                           for how long [ms]: "AB 1240"
 *   ear turns "TURNS" FILE SIDE HZ..  as who; exit 1 unless they spoke in
 *                           these turns, "A - AB B *".  Sound may be lost on
 *                           the way, it never comes from nowhere: in each
 *                           turn all of its speakers were heard at once, now
 *                           and then some of them or none, never another;
 *                           turn "-" was silent for a second.  "*": whatever
 *                           follows.
 *
 * Who heard "voice 0 2000 at 3250" heard those two seconds and no others; a
 * recording that lacks, repeats or swaps a piece cannot look whole.  SIDE 1
 * or 2: one channel of a stereo file; without it the two are added.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "carrier/carrier.h"

enum { RATE = 8000, STEP_MS = 250, STEPS = 40, BASE_HZ = 500,
       STEP_HZ = 50, FRAME_MS = 20, WHOLE_MS = STEP_MS * STEPS,
       QUIET = 100, MAX_SECONDS = 3600 };

static void put_u32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static void header(FILE *f, uint32_t samples)
{
	uint8_t h[44] = "RIFF\0\0\0\0WAVEfmt \20\0\0\0\1\0\1\0";

	put_u32(h + 4, 36 + samples * 2);
	put_u32(h + 24, RATE);
	put_u32(h + 28, RATE * 2);
	h[32] = 2;
	h[34] = 16;
	memcpy(h + 36, "data", 4);
	put_u32(h + 40, samples * 2);
	fwrite(h, sizeof(h), 1, f);
}

/* Of one tone, or, hz 0, of the voice. */
static int make(const char *path, const char *seconds, double hz)
{
	FILE *f = fopen(path, "wb");
	uint64_t s = 0;
	double phase = 0;

	if (!f || str_to_u64(seconds, MAX_SECONDS, &s)) {
		if (f)
			fclose(f);
		return 1;
	}
	header(f, (uint32_t)s * RATE);
	for (uint64_t i = 0; i < s * RATE; i++) {
		uint64_t step = i * 1000 / RATE / STEP_MS % STEPS;
		int16_t v = (int16_t)((hz > 0 ? 14000 : 9000) * sin(phase));
		uint8_t b[2] = { (uint8_t)v, (uint8_t)((uint16_t)v >> 8) };

		phase += 2 * M_PI / RATE *
			 (hz > 0 ? hz : BASE_HZ + STEP_HZ * (double)step);
		fwrite(b, sizeof(b), 1, f);
	}
	return fclose(f) != 0;
}

/* -- reading ---------------------------------------------------------------- */

enum what { SILENCE, VOICE, OTHER };
static const char *const words[] = { "silence", "voice", "other" };

/* The share of a frame's power at one frequency (Goertzel 1958), 0..1. */
static double share(const double *x, double hz, double power)
{
	double k = 2 * cos(2 * M_PI * hz / RATE), a = 0, b = 0;

	for (int i = 0; i < FRAME; i++) {
		double t = x[i] + k * a - b;

		b = a;
		a = t;
	}
	return (a * a + b * b - k * a * b) * 2 / FRAME / power;
}

/* Which step of the voice this frame is, -1 if it is none. */
static enum what hear(const double *x, int *step)
{
	double power = 1e-9, best = 0, v[STEPS + 1] = { 0 };

	for (int i = 0; i < FRAME; i++)
		power += x[i] * x[i];
	*step = -1;
	if (power / FRAME < QUIET * QUIET)
		return SILENCE;
	for (int s = 0; s < STEPS; s++)
		v[s] = share(x, BASE_HZ + STEP_HZ * s, power);
	/* A frame may hold the end of one step and the next one's start. */
	for (int s = 0; s < STEPS; s++)
		if (v[s] + v[(s + 1) % STEPS] > best) {
			best = v[s] + v[(s + 1) % STEPS];
			*step = v[s] > v[(s + 1) % STEPS] ? s
							  : (s + 1) % STEPS;
		}
	return best > 0.6 ? VOICE : OTHER;
}

struct run { enum what is; long from, len, at; int step; };

static void tell(const struct run *r)
{
	if (!r->len)
		return;
	printf("%ld %ld %s", r->from, r->len, words[r->is]);
	if (r->is == VOICE)
		printf(" at %ld", (r->at + WHOLE_MS) % WHOLE_MS);
	printf("\n");
}

/* A stretch goes on while its kind does, and the voice only onwards. */
static void add(struct run *r, enum what is, int step)
{
	bool on = r->len && is == r->is &&
		  (is != VOICE || step == r->step ||
		   step == (r->step + 1) % STEPS);

	if (on && is == VOICE && step != r->step && r->at < 0)
		/* The first change of step dates the whole stretch. */
		r->at = (long)step * STEP_MS - r->len + WHOLE_MS;
	if (!on) {
		if (r->len && r->is == VOICE && r->at < 0)
			r->at = (long)r->step * STEP_MS;
		tell(r);
		*r = (struct run){ .is = is, .from = r->from + r->len,
				   .at = -1 };
	}
	r->step = step;
	r->len += FRAME_MS;
}

struct wav { FILE *f; unsigned format, channels; };
enum { PCM = 1, A_LAW = 6, U_LAW = 7 };

static bool sample(const struct wav *w, double *x)
{
	uint8_t b[2];

	if (w->format == PCM) {
		if (fread(b, 2, 1, w->f) != 1)
			return false;
		*x = (int16_t)(b[0] | b[1] << 8);
		return true;
	}
	if (fread(b, 1, 1, w->f) != 1)
		return false;
	*x = law_decode(b[0], w->format == A_LAW);
	return true;
}

static bool frame(const struct wav *w, unsigned side, double *x)
{
	for (unsigned i = 0; i < FRAME; i++) {
		double l, r = 0;

		if (!sample(w, &l) || (w->channels == 2 && !sample(w, &r)))
			return false;
		x[i] = side == 1 ? l : side == 2 ? r : l + r;
	}
	return true;
}

static int hear_file(const struct wav *w, unsigned side)
{
	struct run r = { .at = -1 };
	double x[FRAME];
	int step;

	while (frame(w, side, x)) {
		enum what is = hear(x, &step);

		add(&r, is, step);
	}
	if (r.len && r.is == VOICE && r.at < 0)
		r.at = (long)r.step * STEP_MS;
	tell(&r);
	return 0;
}

/*
 * Stretches of a tone: a frame has it when a fifth of its power and more is
 * at that frequency; gaps of up to 0.4 s are lost packets, not its end, and
 * what is shorter than 0.3 s is a sound of speech.
 */
static int band_file(const struct wav *w, unsigned side, double hz)
{
	enum { GAP_MS = 400, LEAST_MS = 300 };
	long at = 0, from = -1, last = 0;
	double x[FRAME];
	bool more = true;

	while (more) {
		double power = 1e-9;

		more = frame(w, side, x);
		for (int i = 0; more && i < FRAME; i++)
			power += x[i] * x[i];
		if (more && power / FRAME > QUIET * QUIET &&
		    share(x, hz, power) > 0.2) {
			if (from < 0)
				from = at;
			last = at + FRAME_MS;
		} else if (from >= 0 && (!more || at - last > GAP_MS)) {
			if (last - from >= LEAST_MS)
				printf("%ld %ld\n", from, last - from);
			from = -1;
		}
		at += FRAME_MS;
	}
	return 0;
}

/* -- who is it? ---------------------------------------------------------------- */

enum { TONES = 8, SAID_FRAMES = 15 };

/* Which of the tones a frame holds: bits. */
static unsigned tones_of(const double *x, const double *hz, unsigned n)
{
	double power = 1e-9;
	unsigned bits = 0;

	for (int i = 0; i < FRAME; i++)
		power += x[i] * x[i];
	if (power / FRAME < QUIET * QUIET)
		return 0;
	for (unsigned i = 0; i < n; i++)
		if (share(x, hz[i], power) > 0.08)
			bits |= 1u << i;
	return bits;
}

/* A stretch is said once it lasts, and until another is. */
struct stretch { unsigned bits, frames; };
typedef void stretch_h(const struct stretch *s, void *arg);

static void stretches(const struct wav *w, unsigned side, const double *hz,
		      unsigned n, stretch_h *h, void *arg)
{
	struct stretch s = { 0, 0 };
	unsigned now = 0, run = 0;
	double x[FRAME];

	while (frame(w, side, x)) {
		unsigned bits = tones_of(x, hz, n);

		run = bits == now ? run + 1 : 1;
		now = bits;
		s.frames++;
		if (run < SAID_FRAMES || (bits == s.bits && s.frames > run))
			continue;
		/* What led to the new one belongs to the old one. */
		s.frames -= run;
		if (s.frames >= SAID_FRAMES)
			h(&s, arg);
		s = (struct stretch){ bits, run };
	}
	if (s.frames)
		h(&s, arg);
}

struct who { bool first; struct stretch last; };

static void letters(unsigned bits)
{
	if (!bits)
		putchar('-');
	for (unsigned i = 0; i < TONES; i++)
		if (bits & 1u << i)
			putchar('A' + (int)i);
}

static void who_h(const struct stretch *s, void *arg)
{
	struct who *w = arg;

	if (w->first || s->bits != w->last.bits) {
		fputs(w->first ? "" : " ", stdout);
		letters(s->bits);
	}
	w->first = false;
	w->last = *s;
}

static void now_h(const struct stretch *s, void *arg)
{
	*(struct stretch *)arg = *s;
}

/*
 * Where in the turns it may be: a set, since what is heard may be a turn or
 * what was lost of another.  Bit 2t: in turn t; 2t + 1: and it was heard.
 */
enum { TURNS = 16, SILENT_FRAMES = 50, ANYTHING = -1 };
struct turns {
	int turn[TURNS];
	unsigned n;
	uint32_t at;
};

static void turns_h(const struct stretch *s, void *arg)
{
	struct turns *t = arg;
	uint32_t then = t->at, to = 0;

	/* Who was heard may have made way for the next ones. */
	for (unsigned i = 0; i + 1 < t->n; i++)
		if (then & 2u << 2 * i)
			then |= 1u << 2 * (i + 1);
	for (unsigned i = 0; i < t->n; i++) {
		bool all = t->turn[i] == ANYTHING ||
			   (s->bits == (unsigned)t->turn[i] &&
			    (s->bits || s->frames >= SILENT_FRAMES));

		if (!(then & 3u << 2 * i) ||
		    (t->turn[i] != ANYTHING &&
		     s->bits & ~(unsigned)t->turn[i]))
			continue;
		to |= (all ? 2u : then >> 2 * i & 3u) << 2 * i;
	}
	t->at = to;
}

static bool turns_read(struct turns *t, const char *text)
{
	t->at = 1;
	for (; *text && t->n < TURNS; t->n++) {
		int *bits = &t->turn[t->n];

		*bits = *text == '*' ? ANYTHING : 0;
		for (; *text && *text != ' '; text++)
			if (*text >= 'A' && *text < 'A' + TONES &&
			    *bits != ANYTHING)
				*bits |= 1 << (*text - 'A');
		while (*text == ' ')
			text++;
	}
	return !*text && t->n;
}

/* To the samples; false: no WAV of ours. */
static bool find_data(struct wav *w)
{
	uint8_t h[12], c[8], fmt[16] = { 0 };

	if (fread(h, sizeof(h), 1, w->f) != 1 || memcmp(h + 8, "WAVE", 4))
		return false;
	while (fread(c, sizeof(c), 1, w->f) == 1) {
		uint32_t n = c[4] | (uint32_t)c[5] << 8 | (uint32_t)c[6] << 16;

		if (!memcmp(c, "data", 4))
			return w->channels == 1 || w->channels == 2;
		if (!memcmp(c, "fmt ", 4) && n >= sizeof(fmt)) {
			if (fread(fmt, sizeof(fmt), 1, w->f) != 1)
				return false;
			w->format = fmt[0];
			w->channels = fmt[2];
			n -= (uint32_t)sizeof(fmt);
		}
		if (fseek(w->f, (long)n, SEEK_CUR))
			return false;
	}
	return false;
}

static int listen_to(const char *path, const char *side, double hz)
{
	struct wav w = { .f = fopen(path, "rb") };
	int rc = 1;

	if (w.f && find_data(&w))
		rc = hz > 0 ? band_file(&w, side ? (unsigned)atoi(side) : 0, hz)
			    : hear_file(&w, side ? (unsigned)atoi(side) : 0);
	else
		fprintf(stderr, "ear: %s: not a WAV of speech\n", path);
	if (w.f)
		fclose(w.f);
	return rc;
}

/* FILE SIDE HZ.. */
static int ask(char **argv, int argc, stretch_h *h, void *arg)
{
	struct wav w = { .f = fopen(argv[0], "rb") };
	double hz[TONES];
	unsigned n = 0;
	int rc = 1;

	for (int i = 2; i < argc && n < TONES; i++)
		hz[n++] = atof(argv[i]);
	if (w.f && find_data(&w)) {
		stretches(&w, (unsigned)atoi(argv[1]), hz, n, h, arg);
		rc = 0;
	} else {
		fprintf(stderr, "ear: %s: not a WAV of speech\n", argv[0]);
	}
	if (w.f)
		fclose(w.f);
	return rc;
}

static int ask_who(char **argv, int argc)
{
	struct who w = { .first = true };
	int rc = ask(argv, argc, who_h, &w);

	printf("\n");
	return rc;
}

static int ask_now(char **argv, int argc)
{
	struct stretch s = { 0, 0 };
	int rc = ask(argv, argc, now_h, &s);

	letters(s.bits);
	printf(" %u\n", s.frames * FRAME_MS);
	return rc;
}

static int ask_turns(const char *text, char **argv, int argc)
{
	struct turns t = { .n = 0 };
	uint32_t end;

	if (!turns_read(&t, text) || ask(argv, argc, turns_h, &t))
		return 64;
	end = t.at >> 2 * (t.n - 1) & 3;
	if (t.turn[t.n - 1] == ANYTHING && t.n > 1)
		end |= t.at >> 2 * (t.n - 2) & 3;
	return !(end & 2);
}

int main(int argc, char **argv)
{
	if (argc == 4 && str_eq(argv[1], "make"))
		return make(argv[2], argv[3], 0);
	if (argc == 5 && str_eq(argv[1], "tone"))
		return make(argv[2], argv[4], atof(argv[3]));
	if ((argc == 3 || argc == 4) && str_eq(argv[1], "read"))
		return listen_to(argv[2], argv[3], 0);
	if ((argc == 4 || argc == 5) && str_eq(argv[1], "band"))
		return listen_to(argv[2], argv[4], atof(argv[3]));
	if (argc > 4 && str_eq(argv[1], "who"))
		return ask_who(argv + 2, argc - 2);
	if (argc > 4 && str_eq(argv[1], "now"))
		return ask_now(argv + 2, argc - 2);
	if (argc > 5 && str_eq(argv[1], "turns"))
		return ask_turns(argv[2], argv + 3, argc - 3);
	fprintf(stderr, "usage: ear make FILE SECONDS | read FILE [1|2]\n"
		"       ear tone FILE HZ SECONDS | band FILE HZ [1|2]\n"
		"       ear who|now FILE 0|1|2 HZ...\n"
		"       ear turns TURNS FILE 0|1|2 HZ...\n");
	return 64;
}
