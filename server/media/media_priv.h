/*
 * media_priv -- what the files of the media room share.
 *
 * Three kinds of threads, and who touches what:
 *   the loop    struct front: ids, which worker has the leg, commands held
 *   a worker    struct leg, struct bridge: from the command that brings the
 *               leg until the event that says it is gone
 *   the writer  struct recfile (media_write.c)
 * A leg moves between them through a queue, so nothing of it is ever shared;
 * only struct published, written by the worker each second, is atomic.
 *
 * Commands of the loop go through one bounded ring a worker (one producer,
 * one consumer).  Two legs can only be joined in one worker: the loop first
 * asks the one's worker to release it, and until that is done holds all later
 * commands back, in order (media.c, dispatch).
 */
#ifndef MEDIA_PRIV_H
#define MEDIA_PRIV_H

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/mpsc.h"
#include "media/ears_priv.h"
#include "media/media.h"
#include "media/media_g711.h"
#include "media/media_rtcp.h"
#include "media/media_rtp.h"

enum {
	TICK_MS = 5,		/* a leg's 20 ms fall in one of four ticks   */
	TICKS_A_FRAME = 4,
	TICKS_A_SECOND = 200,
	CMD_RING = 8192,	/* power of two                              */
	EVENTS_MAX = 65536,	/* more waiting: the loop is dead            */
	WORKERS_MAX = 32,
	PROMPTS_MAX = 192,
	JBUF_SAMPLES = 2048,	/* power of two                              */
	PACKET_MAX = 2048,
	CHUNK_BYTES = 1 << 20,
	CHUNKS = 64,		/* a worker's: seconds of a stalled disk     */
	CHUNK_AGE_MS = 250,
	FD_RTCP = 1 << 17,	/* epoll's data: a leg's other socket        */
	MEDIA_TRUSTED_MS = 60,	/* a pause up to this is our own lateness    */
	NO_PROMPT = UINT32_MAX
};

union addr {
	struct sockaddr sa;
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;
};

enum cmd_kind {
	CMD_ADOPT, CMD_RELEASE, CMD_FREE, CMD_PEER, CMD_JOIN, CMD_UNJOIN,
	CMD_HOLD, CMD_MUTE, CMD_WATCH, CMD_CUT, CMD_PLAY, CMD_PLAY_STOP,
	CMD_DTMF, CMD_LISTEN, CMD_REC, CMD_REC_PAUSE, CMD_REC_STOP, CMD_QUIT
};

struct cmd {
	enum cmd_kind kind;
	struct leg_id leg;
	struct leg_id other;
	uint32_t n;		/* prompt, mode, phase, recording            */
	bool on;
	uint8_t pt, event_pt;
	union {
		union addr addr;
		const struct ears_country *country;
		char digits[MEDIA_DIGITS_MAX + 1];
	};
};

/* One producer, one consumer. */
struct cmd_ring {
	_Atomic uint32_t head;	/* next to write: the loop's                 */
	_Atomic uint32_t tail;	/* next to read: the worker's                */
	struct cmd cmd[CMD_RING];
};

/* The worker's or the writer's word to the loop. */
enum note_kind { NOTE_EVENT, NOTE_RELEASED, NOTE_FREED };

struct note {
	struct mpsc_node node;
	enum note_kind kind;
	bool borrowed;		/* lives in a leg: not to be freed           */
	struct media_event ev;
	uint32_t rec;		/* REC_DONE: the slot is free again          */
	char path[256];
};

struct prompt {
	char name[48];
	uint8_t *pcm[G711_LAWS];	/* coded at start: a tick only copies */
	uint32_t len;		/* samples                                   */
};

struct published {
	_Atomic uint64_t rx_packets, tx_packets, rx_lost, rx_late, rx_refused;
	_Atomic uint32_t jitter_us, mos_pct, loss_pm, silent_ms, latched;
	_Atomic uint32_t jitter_mean_us, far_lost, far_jitter_us;
	_Atomic uint64_t far_sent;
	_Atomic int32_t level_dbov;
};

/* A small play-out buffer in front of the mixer; time is RTP time. */
struct jbuf {
	int16_t pcm[JBUF_SAMPLES];
	uint32_t rd, wr;	/* RTP time of the next read, of the end     */
	uint32_t target;	/* delay aimed at [samples]                  */
	uint32_t ssrc;
	uint16_t late;		/* packets in a row that missed their time   */
	uint16_t dry;		/* reads in a row that found nothing         */
	bool on;
};

struct rec_cursor {
	uint32_t ssrc, base_ts;
	uint64_t base_pos;	/* where base_ts is in the recording         */
	bool on;
};

struct recording {		/* a worker's side of one                    */
	uint32_t slot;		/* NO_REC: none                              */
	int64_t start_ns;
	uint32_t dropped;	/* packets, the disk being too slow          */
	bool paused;
};

struct dtmf_out {
	char queue[MEDIA_DIGITS_MAX];
	uint8_t n;
	uint8_t at;		/* frames into the digit or the gap          */
	bool busy;
	uint32_t ts;		/* of the event being sent                   */
	uint32_t prompt_at;	/* in-band: samples played                   */
};

struct bridge;

struct leg {
	uint32_t id;		/* 0: not in use                             */
	uint16_t slot;
	enum media_kind kind;
	int fd;
	int rtcp_fd;		/* -1: none (no customer's, port taken)      */

	/* the far end */
	union addr peer;
	socklen_t peer_len;
	bool armed;		/* the peer is known, packets are welcome    */
	bool latched;
	uint8_t pt, event_pt;
	uint8_t law;		/* G711_U or G711_A, what we send            */

	/* in */
	struct rtp_stats rx;
	uint64_t refused;
	int64_t rx_last_ns;	/* 0: nothing ever                           */
	bool rx_lost;		/* RTP_LOST was said                         */
	bool one_way;		/* ONE_WAY was said                          */
	uint64_t lost_then[5], got_then[5];	/* by second                 */
	uint8_t then;
	uint64_t jitter_sum_us, jitter_seen;	/* by second, packets then  */
	uint32_t jitter_n;
	struct rtcp_report far;	/* what they say of what we send             */
	uint64_t far_sent;	/* when they said it; 0: never               */
	uint16_t level_max;	/* mean magnitude of a sampled frame         */
	uint8_t level_skip;
	uint32_t digit_ts;
	int64_t digit_ns;
	bool digit_on;

	/* out */
	uint32_t tx_ssrc, tx_ts;
	uint16_t tx_seq;
	uint64_t tx_packets;
	int64_t tx_ns;
	bool tx_made;		/* the last one was made here, not relayed   */
	uint32_t map_id, map_ssrc;	/* whose packets the offsets fit     */
	uint32_t ts_off;
	uint16_t seq_off;

	/* instead of a voice */
	uint32_t play;		/* NO_PROMPT: nothing                        */
	uint32_t play_at;
	bool play_loop;
	uint32_t music_at;
	struct dtmf_out dtmf;

	/* the bridge */
	struct bridge *bridge;
	uint8_t place;
	bool held, muted;
	enum media_watch_mode watch;
	uint32_t watched;	/* leg id                                    */
	int64_t joined_ns;
	struct leg *relay[MEDIA_BRIDGE_MAX];	/* who hears only me         */
	uint8_t relays;
	bool mixed;		/* somebody hears me and another             */
	struct jbuf jb;

	/* its own recording (customers) and the one it is captured by */
	struct recording rec;
	struct recording *tape;
	uint8_t tape_channel;
	struct rec_cursor cursor;

	/* ears */
	bool ears_on;
	struct ears ears;
	int16_t ears_pcm[EARS_FRAME];
	uint16_t ears_n;
	uint32_t ears_ts;
	bool ears_ts_on;
	int64_t ears_start_ns;

	uint32_t tick_at;	/* place in the worker's ticking list + 1    */
	uint32_t list_at;	/* place in the worker's list of legs        */
	struct note gone;	/* RELEASED or FREED                         */
};

struct bridge {
	struct leg *leg[MEDIA_BRIDGE_MAX];
	uint8_t n;
	uint8_t cut[MEDIA_BRIDGE_MAX];	/* bits of sources not heard         */
	uint8_t hear[MEDIA_BRIDGE_MAX];	/* bits of sources heard             */
	bool mix;
	uint8_t phase;
	uint32_t mix_at;	/* place in the worker's list + 1            */
	struct bridge *next;	/* of the free ones                          */
};

/* Recorded frames on their way to the writer. */
enum rec_op { REC_AUDIO, REC_START, REC_PAUSE, REC_RESUME, REC_STOP };

struct rec_item {
	uint32_t slot;
	uint8_t op, channel, law, more;	/* channel 0 left, 1 right           */
	uint16_t len;		/* bytes that follow, padded to 8            */
	uint16_t spare;
	uint32_t lost;		/* STOP: frames the worker had to drop       */
	uint64_t pos;		/* samples since the recording began         */
};

struct chunk {
	struct mpsc_node node;
	struct worker *home;
	uint32_t used;
	uint8_t bytes[CHUNK_BYTES];
};

struct chunk_ring {		/* writer -> worker: empty again             */
	_Atomic uint32_t head, tail;
	struct chunk *c[CHUNKS];
};

struct rec_slot {		/* filled by the loop, read by the writer    */
	bool used;
	struct call_id call;
	uint8_t law;
	char name[MEDIA_NAME_MAX];
};

struct worker {
	struct media *m;
	unsigned no;
	pthread_t thread;
	bool started;
	int epfd, wake_fd, timer_fd;
	struct cmd_ring ring;
	int64_t now_ns;
	uint32_t tick;
	uint32_t *ids;		/* by slot: the leg this worker has          */
	struct leg **legs;
	uint32_t n_legs;
	struct leg **ticking;
	uint32_t n_ticking;
	struct bridge *bridges;
	struct bridge *free_bridge;
	struct bridge **mixing;
	uint32_t n_mixing;
	struct chunk *chunk;	/* being filled                              */
	int64_t chunk_ns;
	bool realtime;
	int64_t breath_ns, breath_cpu_ns;	/* when it last looked       */
	struct chunk *spare[CHUNKS];
	unsigned n_spare;
	struct chunk *all_chunks;
	struct chunk_ring back;
	bool quit;
	uint8_t buf[PACKET_MAX];
	uint8_t out[PACKET_MAX];
	_Atomic uint64_t rx_packets, tx_packets, rec_lost;
	_Atomic uint32_t late_max_us;
	uint64_t rx, tx;
};

struct held_cmd {
	struct held_cmd *next;
	struct cmd cmd;
};

struct front {			/* the loop's side of a leg                  */
	uint32_t id;		/* 0: free                                   */
	uint16_t gen;
	uint16_t worker;
	enum media_kind kind;
	uint8_t law;
	bool closing;
	uint32_t rec;		/* NO_REC: none                              */
	uint16_t next_free;
};

struct writer;

struct media {
	struct media_handlers h;
	struct mpsc notes;
	_Atomic uint64_t notes_lost;
	union addr bind;
	socklen_t bind_len;
	uint16_t port_min, port_max, port_next;
	uint32_t rtp_lost_ms;
	uint64_t disk_min;
	char spool[200];
	bool spooling;
	bool realtime;
	struct g711 g711;
	struct ears_table tones;
	const struct ears_country *country;
	struct prompt prompt[PROMPTS_MAX];
	uint32_t prompts;
	uint32_t p_beep, p_music, p_digit[16];
	unsigned legs_max;
	struct leg *legs;
	struct published *pub;
	struct front *front;
	uint16_t free_first, free_last;
	uint32_t n_front;
	struct rec_slot *recs;
	uint32_t recs_max, rec_next, n_recs;
	struct worker *worker;
	unsigned workers, worker_next;
	uint32_t moving;	/* slot + 1 of the leg being moved           */
	uint16_t moving_to;
	struct held_cmd *held, **held_end;
	struct writer *writer;
};

enum { NO_REC = UINT32_MAX, NO_SLOT = UINT16_MAX };

/* media_order.c */
MUST_CHECK enum err addr_parse(const char *ip, uint16_t port, union addr *out,
			       socklen_t *len);
/* ERR_AGAIN: the worker's ring is full. */
MUST_CHECK enum err ring_put(struct worker *w, const struct cmd *c);
struct front *front_of(const struct media *m, struct leg_id leg);
void held_flush(struct media *m);
/* Its id is nobody's from now on. */
void front_free(struct media *m, struct front *f);
/* Before all orders that wait. */
void held_first(struct media *m, const struct cmd *c);

/* media_worker.c */
void *worker_run(void *arg);
MUST_CHECK enum err worker_init(struct worker *w, struct media *m,
				unsigned no);
void worker_fini(struct worker *w);
struct leg *worker_leg(struct worker *w, struct leg_id id);
int64_t mono_ns(void);

/* media_cmd.c: the loop's orders, in the worker */
void cmd_obey(struct worker *w, const struct cmd *c);

/* media_leg.c: packets in, frames out */
void leg_rx(struct worker *w, struct leg *l);
void leg_peer(struct worker *w, struct leg *l, const struct cmd *c);
void leg_relay(struct worker *w, struct leg *from, struct leg *to,
	       const struct rtp *p, uint8_t pt, bool transcode);
/* 160 octets in the leg's law. */
void leg_send(struct worker *w, struct leg *l, const uint8_t *octets);
void leg_send_event(struct worker *w, struct leg *l,
		    const struct rtp_event *e, bool first, uint32_t ts);
uint32_t leg_next_ts(const struct worker *w, const struct leg *l);
void leg_publish(struct worker *w, struct leg *l);
/* What came on the port beside it. */
void leg_rtcp(struct worker *w, struct leg *l);
/* Once a second: statistics, lost phones, keep-alive. */
void leg_second(struct worker *w, struct leg *l);

/* media_play.c: what a leg hears that nobody says */
bool play_is_on(const struct leg *l);
/* The beep lies over the voice that comes: no first word is lost to it. */
bool play_is_over(const struct worker *w, const struct leg *l);
/* Adds the next n samples of it to these octets, in the leg's law. */
void play_over(struct worker *w, struct leg *l, uint8_t *octets, uint32_t n);
void play_start(struct worker *w, struct leg *l, uint32_t prompt, bool loop);
void play_end(struct worker *w, struct leg *l, bool whole);
void play_digits(struct worker *w, struct leg *l, const char *digits);
void play_tick(struct worker *w, struct leg *l);
/* Puts the leg on the list of those that need a tick, or takes it off. */
void play_retick(struct worker *w, struct leg *l);
void play_untick(struct worker *w, struct leg *l);

/* media_hear.c: the worker's side of the ears */
void hear_start(struct worker *w, struct leg *l, enum ears_phase phase,
		const struct ears_country *c);
void hear_packet(struct worker *w, struct leg *l, const struct rtp *p,
		 const int16_t *pcm);
void hear_tick(struct worker *w, struct leg *l);

/* media_bridge.c */
MUST_CHECK enum err bridge_join(struct worker *w, struct leg *l,
				struct leg *to);
void bridge_leave(struct worker *w, struct leg *l);
void bridge_update(struct worker *w, struct bridge *b);
void bridge_mix(struct worker *w, struct bridge *b);
void jbuf_put(struct jbuf *j, uint32_t ssrc, uint32_t ts, const int16_t *pcm,
	      uint32_t n);
/* Always fills out[160]; false: it is silence. */
bool jbuf_get(struct jbuf *j, int16_t *out);

/* media_prompt.c */
MUST_CHECK enum err prompts_init(struct media *m, const char *dir);
void prompts_fini(struct media *m);

/* media_rec.c: the worker's side of recordings */
void rec_start(struct worker *w, struct leg *l, uint32_t slot);
void rec_pause(struct worker *w, struct leg *l, bool on);
void rec_stop(struct worker *w, struct leg *l);
void rec_audio(struct worker *w, struct leg *l, const struct rtp *p, int law);
void rec_flush(struct worker *w);

/* media_write.c: the writer thread */
MUST_CHECK enum err writer_new(struct media *m, struct writer **out);
/* Takes all that was handed in, ends every file; returns NULL. */
struct writer *writer_free(struct writer *wr);
void writer_take(struct writer *wr, struct chunk *c);

/* media_wav.c: a WAV of two G.711 channels */
enum { WAV_HEADER = 58 };
void wav_header(uint8_t *h, int law, uint64_t frames);

/* media_note.c: any thread -> loop */
void note_event(struct media *m, const struct media_event *ev,
		const char *path, uint32_t rec);
void note_leg(struct worker *w, struct leg *l, enum media_event_kind kind,
	      uint32_t ms);

#endif
