#include "media/media_g711.h"

/* G.711 table 2: 3 bits of segment, 4 of interval, sign; bits inverted. */
static int16_t u_dec(uint8_t c)
{
	int v;

	c = (uint8_t)~c;
	v = ((c & 15) << 3) + 132;
	v = (v << ((c >> 4) & 7)) - 132;
	return (int16_t)(c & 0x80 ? -v : v);
}

/* G.711 table 1: even bits inverted. */
static int16_t a_dec(uint8_t c)
{
	int seg, v;

	c ^= 0x55;
	seg = (c >> 4) & 7;
	v = ((c & 15) << 4) + 8;
	if (seg)
		v = (v + 256) << (seg - 1);
	return (int16_t)(c & 0x80 ? v : -v);
}

/* The code whose value is nearest, found once per table entry. */
static uint8_t u_enc(int s)
{
	int sign = s < 0 ? 0x80 : 0, seg = 0;

	s = (sign ? -s : s) + 132;
	if (s > 32767)
		s = 32767;
	while (seg < 7 && s >= 256 << seg)
		seg++;
	return (uint8_t)~(sign | seg << 4 | ((s >> (seg + 3)) & 15));
}

static uint8_t a_enc(int s)
{
	int sign = s < 0 ? 0 : 0x80, seg = 0;

	s = sign ? s : -s - 1;
	while (seg < 7 && s >= 256 << seg)
		seg++;
	return (uint8_t)((sign | seg << 4 |
			  ((s >> (seg ? seg + 3 : 4)) & 15)) ^ 0x55);
}

void g711_init(struct g711 *g)
{
	for (int c = 0; c < 256; c++) {
		g->dec[G711_U][c] = u_dec((uint8_t)c);
		g->dec[G711_A][c] = a_dec((uint8_t)c);
	}
	for (int i = 0; i < 16384; i++) {
		/* Two low bits below both laws' finest step: take the middle. */
		int s = (int16_t)(uint16_t)(i << 2) + 2;

		g->enc[G711_U][i] = u_enc(s);
		g->enc[G711_A][i] = a_enc(s);
	}
	for (int c = 0; c < 256; c++) {
		g->to_other[G711_U][c] = a_enc(g->dec[G711_U][c]);
		g->to_other[G711_A][c] = u_enc(g->dec[G711_A][c]);
	}
	/* Silence stays silence: no tick of one step in a quiet line. */
	g->to_other[G711_U][0xff] = 0xd5;
	g->to_other[G711_A][0xd5] = 0xff;
	g->enc[G711_U][0] = 0xff;
}
