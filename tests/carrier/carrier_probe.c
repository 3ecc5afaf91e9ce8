/*
 * carrier_probe -- how long until the other ear hears?
 *
 * A probe speaks a level no voice has (a constant, so that a beep laid over
 * it does not hide it) after 12 octets that name the speaker and the time of
 * the answer.  Who hears takes the kernel's time of the first loud packet,
 * and the stamp from the first one that came through unmixed.
 */
#include "carrier/carrier.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { STAMP = 12, LEVEL = 8000, GAP_US = 60000 };

int64_t wall_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

void probe_say(const struct probe *p, bool a_law, uint8_t *frame)
{
	memset(frame, law_encode(LEVEL, a_law), FRAME);
	memcpy(frame, "PRB", 3);
	frame[3] = (uint8_t)p->says;
	for (int i = 0; i < 8; i++)
		frame[4 + i] = (uint8_t)(p->at_us >> (56 - 8 * i));
}

static bool loud(const uint8_t *frame, bool a_law)
{
	int32_t sum = 0;

	for (int i = STAMP; i < FRAME; i++)
		sum += law_decode(frame[i], a_law);
	return sum / (FRAME - STAMP) > LEVEL / 2;
}

void probe_hear(struct probe *p, const uint8_t *frame, bool a_law,
		int64_t came_us)
{
	int64_t at = 0;

	if (!loud(frame, a_law))
		return;
	if (came_us - p->last_us > GAP_US)
		p->first_us = came_us;
	p->last_us = came_us;
	if (memcmp(frame, "PRB", 3) || frame[3] != p->hears)
		return;
	for (int i = 0; i < 8; i++)
		at = at << 8 | frame[4 + i];
	if (at == p->heard_at_us)
		return;
	p->heard = true;
	p->heard_at_us = at;
	p->heard_us = p->first_us;
}

void samples_add(struct samples *s, int64_t us)
{
	if (s->n < SAMPLES_MAX)
		s->us[s->n++] = (uint32_t)MAX(us, 0);
}

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

double samples_ms(struct samples *s, double share)
{
	qsort(s->us, s->n, sizeof(s->us[0]), by_value);
	return s->n ? s->us[(size_t)((s->n - 1) * share)] / 1000.0 : 0;
}
