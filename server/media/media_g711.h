/*
 * media_g711 -- PCMU and PCMA by table (ITU-T G.711), pure.
 */
#ifndef MEDIA_G711_H
#define MEDIA_G711_H

#include "base/base.h"

enum { G711_U, G711_A, G711_LAWS };

struct g711 {
	int16_t dec[G711_LAWS][256];	/* 16 bit, left-justified            */
	uint8_t enc[G711_LAWS][16384];	/* by sample >> 2, as unsigned       */
	uint8_t to_other[G711_LAWS][256];
};

void g711_init(struct g711 *g);

/* The octet for silence: positive zero in both laws. */
static inline uint8_t g711_silence(int law)
{
	return law == G711_A ? 0xd5 : 0xff;
}

static inline uint8_t g711_enc(const struct g711 *g, int law, int16_t s)
{
	return g->enc[law][(uint16_t)s >> 2];
}

static inline int16_t g711_sat(int32_t v)
{
	return (int16_t)(v > 32767 ? 32767 : v < -32768 ? -32768 : v);
}

#endif
