/*
 * media_prompt.c -- what can be played: files, and what is made here.
 *
 * All prompts are coded in both laws at start, so that playing is a copy.
 * The music on hold is ours (a slow arpeggio of plucked tones): no licence
 * to pay, nothing to install.  A file music.wav takes its place.
 */
#include "media/media_priv.h"

#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <sndfile.h>

#include "base/log.h"
#include "base/str.h"

enum {
	PROMPT_SECONDS_MAX = 300,
	BEEP_MS = 150,
	BEEP_HZ = 1000,
	MUSIC_NOTE_MS = 400,
	TONE_SECONDS = 10,	/* of an endless tone; it loops              */
	EDGE_MS = 5		/* tones rise and fall: no clicks            */
};

/* -13 dBm0 a tone pair, as exchanges send (ITU-T E.180). */
static const double tone_peak = 5000;

static enum err add(struct media *m, const char *name, const int16_t *pcm,
		    uint32_t len, uint32_t *at)
{
	struct prompt *p = &m->prompt[m->prompts];
	uint32_t i;

	if (media_prompt(m, name, &i) == ERR_OK) {
		if (at)
			*at = i;
		return ERR_OK;		/* a file stands for the built-in */
	}
	if (m->prompts == PROMPTS_MAX || !len)
		return m->prompts == PROMPTS_MAX ? ERR_FULL : ERR_FORMAT;
	for (int law = 0; law < G711_LAWS; law++) {
		p->pcm[law] = malloc(len);
		if (!p->pcm[law])
			return ERR_MEMORY;
		for (i = 0; i < len; i++)
			p->pcm[law][i] = g711_enc(&m->g711, law, pcm[i]);
	}
	str_copy(p->name, sizeof(p->name), name);
	p->len = len;
	if (at)
		*at = m->prompts;
	m->prompts++;
	return ERR_OK;
}

static void tone(int16_t *pcm, uint32_t len, double hz1, double hz2)
{
	const double edge = EDGE_MS * 8;

	for (uint32_t i = 0; i < len; i++) {
		double t = 2 * M_PI * i / RTP_HZ, v = sin(t * hz1);
		double rim = MIN(i, len - 1 - i) / edge;

		if (hz2 > 0)
			v = (v + sin(t * hz2)) * M_SQRT1_2;
		pcm[i] = (int16_t)(tone_peak * v * MIN(rim, 1.0));
	}
}

/* A major seventh, up and down; each note rings over the next ones. */
static enum err add_music(struct media *m)
{
	static const double hz[] = {
		261.63, 329.63, 392.00, 493.88, 523.25, 493.88, 392.00, 329.63,
		220.00, 261.63, 329.63, 392.00, 440.00, 392.00, 329.63, 261.63,
		174.61, 220.00, 261.63, 329.63, 349.23, 329.63, 261.63, 220.00,
		196.00, 246.94, 293.66, 349.23, 392.00, 349.23, 293.66, 246.94,
	};
	const uint32_t note = MUSIC_NOTE_MS * 8;
	const uint32_t len = note * (uint32_t)ARRAY_LEN(hz);
	double *sum = calloc(len, sizeof(*sum));
	int16_t *pcm = calloc(len, sizeof(*pcm));
	enum err e = ERR_MEMORY;

	if (!sum || !pcm)
		goto out;
	for (uint32_t n = 0; n < ARRAY_LEN(hz); n++)
		for (uint32_t i = 0; i < note * 4; i++) {
			double t = (double)i / RTP_HZ, w = 2 * M_PI * hz[n] * t;
			double rise = MIN(t / 0.01, 1.0);

			sum[(n * note + i) % len] += rise * exp(-3.0 * t) *
				(sin(w) + 0.3 * sin(2 * w) + 0.1 * sin(3 * w));
		}
	for (uint32_t i = 0; i < len; i++)
		pcm[i] = g711_sat((int32_t)(3000 * sum[i]));
	e = add(m, "music", pcm, len, &m->p_music);
out:
	free(sum);
	free(pcm);
	return e;
}

/* ITU-T Q.23; 100 ms on, 60 ms off. */
static enum err add_digits(struct media *m)
{
	static const double low[] = { 697, 770, 852, 941 };
	static const double high[] = { 1209, 1336, 1477, 1633 };
	static const char keys[] = "123A456B789C*0#D";
	int16_t pcm[160 * 8];

	for (unsigned i = 0; i < 16; i++) {
		char name[] = { 'd', 't', 'm', 'f', '.', keys[i], '\0' };
		enum err e;

		memset(pcm, 0, sizeof(pcm));
		tone(pcm, 100 * 8, low[i / 4], high[i % 4]);
		e = add(m, name, pcm, ARRAY_LEN(pcm),
			&m->p_digit[rtp_digit_code(keys[i])]);
		if (e)
			return e;
	}
	return ERR_OK;
}

static enum err add_tone(struct media *m, const char *country,
			 const struct ears_tone *t)
{
	uint32_t len = 0, at = 0;
	char name[48];
	int16_t *pcm;
	enum err e;

	for (unsigned i = 0; i < t->cadence_len; i++)
		len += t->cadence_ms[i] * 8u;
	if (t->cadence_len == 1)
		len = TONE_SECONDS * RTP_HZ;
	pcm = calloc(len, sizeof(*pcm));
	if (!pcm)
		return ERR_MEMORY;
	if (t->cadence_len == 1)
		tone(pcm, len, t->hz[0], t->hz[1]);
	for (unsigned i = 0; t->cadence_len > 1 && i < t->cadence_len; i++) {
		if (i % 2 == 0)
			tone(pcm + at, t->cadence_ms[i] * 8u, t->hz[0],
			     t->hz[1]);
		at += t->cadence_ms[i] * 8u;
	}
	(void)str_fmt(name, sizeof(name), "tone.%s.%s", country, t->name);
	e = add(m, name, pcm, len, NULL);
	free(pcm);
	return e;
}

static enum err add_built_in(struct media *m)
{
	int16_t beep[BEEP_MS * 8];
	enum err e;

	tone(beep, ARRAY_LEN(beep), BEEP_HZ, 0);
	e = add(m, "beep", beep, ARRAY_LEN(beep), &m->p_beep);
	if (!e)
		e = add_music(m);
	if (!e)
		e = add_digits(m);
	for (unsigned c = 0; !e && c < m->tones.countries; c++)
		for (unsigned t = 0; !e && t < m->tones.country[c].tones; t++)
			e = add_tone(m, m->tones.country[c].code,
				     &m->tones.country[c].tone[t]);
	return e;
}

/* Any format libsndfile reads, 8 kHz; of several channels the first. */
static enum err add_file(struct media *m, const char *path, const char *name)
{
	SF_INFO info = { 0 };
	SNDFILE *f = sf_open(path, SFM_READ, &info);
	int16_t *pcm = NULL;
	enum err e = ERR_FORMAT;

	if (!f) {
		log_err("media", "%s: %s", path, sf_strerror(NULL));
		return ERR_FORMAT;
	}
	if (info.samplerate != RTP_HZ || info.channels < 1 ||
	    info.frames > PROMPT_SECONDS_MAX * RTP_HZ) {
		log_err("media", "%s: prompts are 8 kHz, at most %d s", path,
			PROMPT_SECONDS_MAX);
		goto out;
	}
	pcm = calloc((size_t)(info.frames * info.channels + 1), sizeof(*pcm));
	if (!pcm) {
		e = ERR_MEMORY;
		goto out;
	}
	info.frames = sf_readf_short(f, pcm, info.frames);
	for (sf_count_t i = 0; i < info.frames; i++)
		pcm[i] = pcm[i * info.channels];
	e = add(m, name, pcm, (uint32_t)info.frames, NULL);
out:
	free(pcm);
	sf_close(f);
	return e;
}

static enum err add_folder(struct media *m, const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *f;
	enum err e = ERR_OK;

	if (!d) {
		log_err("media", "no prompts in %s", dir);
		return ERR_ABSENT;
	}
	while (!e && (f = readdir(d))) {
		size_t n = strlen(f->d_name);
		char path[512], name[48];

		if (n < 5 || n - 4 >= sizeof(name) ||
		    strcmp(f->d_name + n - 4, ".wav"))
			continue;
		(void)str_fmt(path, sizeof(path), "%s/%s", dir, f->d_name);
		(void)str_fmt(name, sizeof(name), "%.*s", (int)n - 4,
			      f->d_name);
		e = add_file(m, path, name);
	}
	closedir(d);
	return e;
}

enum err prompts_init(struct media *m, const char *dir)
{
	enum err e = dir ? add_folder(m, dir) : ERR_OK;

	return e ? e : add_built_in(m);
}

void prompts_fini(struct media *m)
{
	for (uint32_t i = 0; i < PROMPTS_MAX; i++)
		for (int law = 0; law < G711_LAWS; law++)
			free(m->prompt[i].pcm[law]);
}
