/*
 * media_peer -- the far end of a leg: a socket that talks RTP in a tone of
 * its own and remembers what it hears.  Who hears whom is then a question of
 * which tones are in whose ear.
 */
#ifndef TESTS_MEDIA_MEDIA_PEER_H
#define TESTS_MEDIA_MEDIA_PEER_H

#include "media/media.h"
#include "media/media_g711.h"
#include "media/media_rtp.h"

enum { PEERS_MAX = 10, PEER_HEARD = 8 * 8000, PEER_DIGITS = 32 };

struct peer {
	struct leg_id leg;
	int fd;
	uint16_t port;		/* ours                                      */
	uint16_t leg_port;	/* media's                                   */
	uint8_t pt, event_pt;
	double hz;		/* what it says; 0: silence                  */
	bool mute;		/* sends nothing at all                      */
	uint32_t ssrc, ts;
	uint16_t seq;
	uint32_t said;		/* samples                                   */

	int16_t heard[PEER_HEARD];
	uint32_t n;		/* samples heard since peer_forget()         */
	uint32_t packets;
	uint32_t breaks;	/* steps of sequence other than one          */
	uint32_t backward;	/* time stamps that went back                */
	uint32_t sources;	/* SSRCs                                     */
	uint32_t rx_ssrc, rx_ts;
	uint16_t rx_seq;
	char digits[PEER_DIGITS];	/* events heard                      */
	uint32_t digit_ts;
	uint32_t event_packets;
};

struct stage {			/* a media room and its peers                */
	struct media *m;
	struct g711 g711;
	struct peer peer[PEERS_MAX];
	unsigned peers;
	int64_t next_ms;
	struct media_event ev[256];	/* path is in paths                  */
	char path[256][256];
	unsigned evs;
	struct media_stats ended;	/* of the last leg that did  */
};

/* A folder for recordings of its own, around each test that asks for it. */
extern char spool[64];
int spool_fresh(void **state);
int spool_drop(void **state);

void stage_open(struct stage *s, const struct media_conf *conf);
void stage_close(struct stage *s);
/* A leg and its far end, armed. */
struct peer *stage_peer(struct stage *s, enum media_kind kind, uint8_t pt,
			uint8_t event_pt, double hz);
/* Everybody talks and listens for so long. */
void stage_run(struct stage *s, unsigned ms);
/* Runs until an event of the kind for the leg (0: any) came; NULL: not in ms. */
const struct media_event *stage_await(struct stage *s,
				      enum media_event_kind kind,
				      struct leg_id leg, unsigned ms);
unsigned stage_count(const struct stage *s, enum media_event_kind kind,
		     struct leg_id leg);

void peer_forget(struct peer *p);
/* Share of hz in the energy of all heard [%]; 0 if nearly silent. */
unsigned peer_share(const struct peer *p, double hz);
double peer_rms(const struct peer *p);
/* One packet, as given, from this socket. */
void peer_send(const struct peer *p, const void *data, size_t len);
void peer_event(struct peer *p, char digit);

/* The same for any samples. */
unsigned tone_share(const int16_t *pcm, uint32_t n, double hz);

#endif
