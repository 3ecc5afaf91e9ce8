/*
 * One line and what it carries: digits, prompts, strangers, hostile packets,
 * lost phones, figures, the ears over the wire.
 */
#include "base/t.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "media/media_peer.h"

enum { HZ_C = 500, HZ_A = 800 };

static struct stage st;
static const struct leg_id any = { 0 };

static void forget_all(void)
{
	for (unsigned i = 0; i < st.peers; i++)
		peer_forget(&st.peer[i]);
}

static void digits_relayed(void **state)
{
	struct peer *c, *a;
	const struct media_event *ev;

	(void)state;
	stage_open(&st, &(struct media_conf){ 0 });
	c = stage_peer(&st, MEDIA_CUSTOMER, MEDIA_PCMU, 101, 0);
	a = stage_peer(&st, MEDIA_AGENT, MEDIA_PCMA, 96, 0);
	T_OK(!media_join(st.m, c->leg, a->leg), "joined");
	stage_run(&st, 150);
	peer_event(c, '5');
	stage_run(&st, 100);
	peer_event(c, '#');
	peer_event(a, '7');
	stage_run(&st, 150);
	T_OK(!strcmp(a->digits, "5#"), "the agent gets 5# (%s)", a->digits);
	T_OK(!strcmp(c->digits, "7"), "the customer gets 7 (%s)", c->digits);
	T_OK(a->event_packets == 12, "every packet of them, as its own payload "
	     "type (%u)", a->event_packets);
	T_OK(stage_count(&st, MEDIA_DIGIT, c->leg) == 2 &&
	     stage_count(&st, MEDIA_DIGIT, a->leg) == 1,
	     "one event a key, however many packets");
	ev = stage_await(&st, MEDIA_DIGIT, c->leg, 100);
	T_OK(ev && ev->digit == '5', "the first one is 5");
	stage_close(&st);
}

static void digits_sent(void **state)
{
	struct peer *e, *t, *c;

	(void)state;
	stage_open(&st, &(struct media_conf){ 0 });
	e = stage_peer(&st, MEDIA_CUSTOMER, MEDIA_PCMU, 101, 0);
	t = stage_peer(&st, MEDIA_AGENT, MEDIA_PCMU, 0, 0);
	stage_run(&st, 60);
	forget_all();
	T_OK(!media_dtmf(st.m, e->leg, "1*D") && !media_dtmf(st.m, t->leg, "5"),
	     "sent");
	T_OK(media_dtmf(st.m, e->leg, "") == ERR_ARG &&
	     media_dtmf(st.m, e->leg, "1x") == ERR_ARG &&
	     media_dtmf(st.m, e->leg, "012345678901234567890123456789012") ==
	     ERR_ARG, "no key, no such key, too many: refused");
	stage_run(&st, 600);
	T_OK(!strcmp(e->digits, "1*D"), "1*D arrive as events (%s)", e->digits);
	T_OK(e->event_packets == 3 * 8, "five updates and the end three times");
	T_OK(tone_share(t->heard, 800, 770) >= 40 &&
	     tone_share(t->heard, 800, 1336) >= 40,
	     "without events 5 is 770 + 1336 Hz (%u, %u %%)",
	     tone_share(t->heard, 800, 770), tone_share(t->heard, 800, 1336));
	/* A key of somebody with events reaches one without as a tone. */
	c = e;
	T_OK(!media_join(st.m, c->leg, t->leg), "joined");
	stage_run(&st, 100);
	forget_all();
	peer_event(c, '9');
	stage_run(&st, 250);
	T_OK(tone_share(t->heard, t->n, 852) >= 15, "9 is heard (%u %%)",
	     tone_share(t->heard, t->n, 852));
	stage_close(&st);
}

static void prompts(void **state)
{
	struct peer *c, *a;
	uint32_t tone, sorry, music;
	const struct media_event *ev;

	(void)state;
	stage_open(&st, &(struct media_conf){
		.prompts_dir = "data/prompts", .tones_path = "data/tones.tsv" });
	c = stage_peer(&st, MEDIA_CUSTOMER, MEDIA_PCMA, 101, HZ_C);
	a = stage_peer(&st, MEDIA_AGENT, MEDIA_PCMU, 101, HZ_A);
	T_OK(!media_prompt(st.m, "tone.cn.busy", &tone) &&
	     !media_prompt(st.m, "sorry.zh", &sorry) &&
	     !media_prompt(st.m, "music", &music), "they are there");
	T_OK(media_prompt(st.m, "nothing", &tone) == ERR_ABSENT &&
	     media_play(st.m, c->leg, 9999, false) == ERR_ABSENT,
	     "others are not");
	stage_run(&st, 60);
	forget_all();
	T_OK(!media_beep(st.m, a->leg), "beep");
	ev = stage_await(&st, MEDIA_PLAYED, a->leg, 500);
	T_OK(ev && ev->whole, "the beep is played to its end");
	T_OK(a->n >= 1120 && a->n <= 1440 &&
	     tone_share(a->heard, 800, 1000) > 90, "150 ms of 1 kHz (%u)",
	     a->n);
	forget_all();
	T_OK(!media_join(st.m, c->leg, a->leg) &&
	     !media_play(st.m, c->leg, tone, true), "busy tone, looped");
	stage_run(&st, 1000);
	T_OK(!stage_count(&st, MEDIA_PLAYED, c->leg), "it goes on");
	T_OK(peer_share(c, 450) >= 30 && peer_share(c, HZ_A) <= 5,
	     "instead of the agent's voice (%u, %u)", peer_share(c, 450),
	     peer_share(c, HZ_A));
	T_OK(!media_play(st.m, c->leg, sorry, false), "another prompt");
	ev = stage_await(&st, MEDIA_PLAYED, c->leg, 300);
	T_OK(ev && !ev->whole && ev->prompt == tone, "cuts the first");
	forget_all();
	stage_run(&st, 900);
	T_OK(peer_rms(c) > 500, "speech is heard (%f)", peer_rms(c));
	T_OK(!media_play_stop(st.m, c->leg), "stopped");
	stage_run(&st, 60);
	forget_all();
	stage_run(&st, 240);
	T_OK(peer_share(c, HZ_A) >= 95, "then the voice is there again");
	T_OK(c->sources == 1 && !c->breaks, "all in one stream");
	stage_close(&st);
}

/* A customer's first word and the beep come together. */
static void beep_over_voice(void **state)
{
	struct peer *c, *a;
	const struct media_event *ev;

	(void)state;
	stage_open(&st, &(struct media_conf){ 0 });
	c = stage_peer(&st, MEDIA_CUSTOMER, MEDIA_PCMA, 101, HZ_C);
	a = stage_peer(&st, MEDIA_AGENT, MEDIA_PCMU, 101, HZ_A);
	stage_run(&st, 60);
	forget_all();
	T_OK(!media_beep(st.m, a->leg) && !media_join(st.m, c->leg, a->leg),
	     "a customer is joined with a beep");
	ev = stage_await(&st, MEDIA_PLAYED, a->leg, 800);
	T_OK(ev && ev->whole, "the beep is played to its end");
	T_OK(a->n >= 1120 && a->n <= 2400 && peer_share(a, HZ_C) >= 10 &&
	     peer_share(a, 1000) >= 20, "both are heard in it (%u: %u, %u %%)",
	     a->n, peer_share(a, HZ_C), peer_share(a, 1000));
	forget_all();
	stage_run(&st, 240);
	T_OK(peer_share(a, HZ_C) >= 95, "then the voice alone (%u %%)",
	     peer_share(a, HZ_C));
	T_OK(peer_share(c, HZ_A) >= 95, "the customer heard no beep");
	T_OK(a->sources == 1 && !a->breaks && !a->backward, "one stream");
	stage_close(&st);
}

static int stranger(const char *ip)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	inet_pton(AF_INET, ip, &a.sin_addr);
	T_OK(fd >= 0 && !bind(fd, (struct sockaddr *)&a, sizeof(a)),
	     "a stranger at %s", ip);
	return fd;
}

static void intrude(int fd, const struct peer *victim, unsigned n)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons(victim->leg_port) };
	uint8_t b[RTP_HEADER + RTP_FRAME];

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	memset(b, 0x2a, sizeof(b));		/* loud */
	for (unsigned i = 0; i < n; i++) {
		rtp_write(b, 0, false, (uint16_t)i, i * 160, 0xbad);
		(void)sendto(fd, b, sizeof(b), 0, (struct sockaddr *)&a,
			     sizeof(a));
	}
}

static void strangers(void **state)
{
	struct peer *c, *a;
	struct media_stats s = { 0 };
	int same = stranger("127.0.0.1"), other = stranger("127.0.0.2");

	(void)state;
	stage_open(&st, &(struct media_conf){ .bind_ip = "0.0.0.0" });
	c = stage_peer(&st, MEDIA_CUSTOMER, MEDIA_PCMU, 101, HZ_C);
	a = stage_peer(&st, MEDIA_AGENT, MEDIA_PCMU, 101, 0);
	c->mute = true;
	T_OK(!media_join(st.m, c->leg, a->leg), "joined");
	/* Before the first packet: another host may not take the line. */
	for (unsigned i = 0; i < 5; i++) {
		intrude(other, c, 4);
		stage_run(&st, 20);
	}
	T_OK(!stage_count(&st, MEDIA_FIRST_RTP, c->leg),
	     "a customer's line waits for its own host");
	c->mute = false;
	T_OK(stage_await(&st, MEDIA_FIRST_RTP, c->leg, 500) != NULL,
	     "the customer's first packet is told");
	stage_run(&st, 100);
	forget_all();
	for (unsigned i = 0; i < 15; i++) {
		intrude(same, c, 4);
		intrude(other, c, 4);
		stage_run(&st, 20);
	}
	T_OK(peer_share(a, HZ_C) >= 97, "after it nobody else is heard (%u %%)",
	     peer_share(a, HZ_C));
	stage_run(&st, 1100);
	T_OK(!media_stats(st.m, c->leg, &s) && s.latched &&
	     s.rx_refused == 20, "the early ones are counted (%lu)",
	     (unsigned long)s.rx_refused);
	close(same);
	close(other);
	stage_close(&st);
}

static void hostile_packets(void **state)
{
	static const struct {
		const char *what;
		uint8_t len;
		uint8_t b[20];
	} bad[] = {
		{ "nothing", 0, { 0 } },
		{ "one octet", 1, { 0x80 } },
		{ "eleven octets", 11, { 0x80 } },
		{ "version 0", 12, { 0 } },
		{ "version 1", 12, { 0x40 } },
		{ "version 3", 12, { 0xc0 } },
		{ "fifteen sources, no room", 12, { 0x8f } },
		{ "an extension, no room", 14, { 0x90 } },
		{ "an extension of 256 KiB", 16,
		  { 0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff } },
		{ "padding of 0", 13, { 0xa0 } },
		{ "padding of 200", 13,
		  { 0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 200 } },
		{ "payload type 34", 12, { 0x80, 34 } },
		{ "an RTCP report", 12, { 0x80, 200 } },
		{ "an event of 3 octets", 15, { 0x80, 101 } },
		{ "event 99", 16, { 0x80, 101, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
				    99 } },
		{ "STUN", 20, { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 } },
	};
	struct peer *c, *a;
	struct media_stats s = { 0 };
	uint8_t b[1500];

	(void)state;
	stage_open(&st, &(struct media_conf){ 0 });
	c = stage_peer(&st, MEDIA_CUSTOMER, MEDIA_PCMU, 101, HZ_C);
	a = stage_peer(&st, MEDIA_AGENT, MEDIA_PCMA, 101, HZ_A);
	T_OK(!media_join(st.m, c->leg, a->leg), "joined");
	stage_run(&st, 100);
	for (unsigned i = 0; i < ARRAY_LEN(bad); i++)
		peer_send(c, bad[i].b, bad[i].len);
	stage_run(&st, 1200);
	T_OK(!media_stats(st.m, c->leg, &s), "figures");
	/* The event with a good header counts as a packet, too. */
	T_OK(s.rx_refused == ARRAY_LEN(bad), "each of %zu is refused (%lu)",
	     ARRAY_LEN(bad), (unsigned long)s.rx_refused);
	srand(7);
	for (unsigned i = 0; i < 3000; i++) {
		size_t len = (size_t)rand() % sizeof(b);

		for (size_t k = 0; k < len; k++)
			b[k] = (uint8_t)rand();
		if (len && i % 2)
			b[0] = (uint8_t)(0x80 | (b[0] & 0x3f));
		if (len > 1 && i % 4 == 1)
			b[1] = i % 8 == 1 ? 0 : 101;
		peer_send(c, b, len);
		if (i % 50 == 0)
			stage_run(&st, 5);
	}
	stage_run(&st, 100);
	peer_forget(c);
	stage_run(&st, 200);
	T_OK(peer_share(c, HZ_A) >= 95, "and the other direction talks on");
	stage_close(&st);
}

static void lost_and_back(void **state)
{
	struct peer *c, *a;
	const struct media_event *ev;
	struct media_stats s = { 0 };

	(void)state;
	stage_open(&st, &(struct media_conf){ .rtp_lost_ms = 600 });
	c = stage_peer(&st, MEDIA_CUSTOMER, MEDIA_PCMU, 101, HZ_C);
	a = stage_peer(&st, MEDIA_AGENT, MEDIA_PCMU, 101, HZ_A);
	T_OK(!media_join(st.m, c->leg, a->leg), "joined");
	stage_run(&st, 200);
	a->seq = (uint16_t)(a->seq + 3);	/* three packets got lost */
	a->ts += 480;
	stage_run(&st, 200);
	a->mute = true;
	ev = stage_await(&st, MEDIA_RTP_LOST, a->leg, 2500);
	T_OK(ev && ev->ms >= 600 && ev->ms < 2000, "the lost phone is told");
	T_OK(!stage_count(&st, MEDIA_RTP_LOST, c->leg), "the other is not");
	a->mute = false;
	ev = stage_await(&st, MEDIA_RTP_BACK, a->leg, 500);
	T_OK(ev && ev->ms >= 600, "and when it is back");
	stage_run(&st, 1200);
	T_OK(!media_stats(st.m, a->leg, &s) && s.rx_lost == 3 &&
	     s.latched && s.silent_ms < 100 && s.jitter_us < 20000,
	     "3 packets lost (%lu), jitter %u us", (unsigned long)s.rx_lost,
	     s.jitter_us);
	T_OK(s.mos_pct >= 200 && s.mos_pct < 430, "loss costs quality (%u)",
	     s.mos_pct);
	T_OK(!media_stats(st.m, c->leg, &s) && !s.rx_lost &&
	     s.mos_pct >= 430, "the clean leg has %u", s.mos_pct);
	T_OK(s.level_dbov < -13 && s.level_dbov > -18,
	     "a sine of 8000 is -15 dBov (%d)", s.level_dbov);
	stage_close(&st);
}

/* A NAT that forgot a phone gives it another port: the line is his still. */
static void moved_port(void **state)
{
	int port = stranger("127.0.0.1"), host = stranger("127.0.0.2");
	struct media_stats s = { 0 };
	struct peer *a;

	(void)state;
	stage_open(&st, &(struct media_conf){ .bind_ip = "0.0.0.0",
					      .rtp_lost_ms = 600 });
	a = stage_peer(&st, MEDIA_AGENT, MEDIA_PCMU, 101, HZ_A);
	stage_run(&st, 200);
	intrude(port, a, 4);
	stage_run(&st, 100);
	a->mute = true;
	T_OK(stage_await(&st, MEDIA_RTP_LOST, a->leg, 2500) != NULL,
	     "the lost phone is told");
	intrude(host, a, 4);
	stage_run(&st, 200);
	T_OK(!stage_count(&st, MEDIA_RTP_BACK, a->leg),
	     "another host cannot take the line over");
	intrude(port, a, 4);
	T_OK(stage_await(&st, MEDIA_RTP_BACK, a->leg, 1000) != NULL,
	     "from another port of its host it is back");
	stage_run(&st, 1200);
	T_OK(!media_stats(st.m, a->leg, &s) && s.latched, "and latched");
	close(port);
	close(host);
	stage_close(&st);
}

static void one_way_and_idle(void **state)
{
	struct peer *c, *a, *idle;
	const struct media_event *ev;

	(void)state;
	stage_open(&st, &(struct media_conf){ 0 });
	c = stage_peer(&st, MEDIA_CUSTOMER, MEDIA_PCMU, 101, HZ_C);
	a = stage_peer(&st, MEDIA_AGENT, MEDIA_PCMU, 101, HZ_A);
	idle = stage_peer(&st, MEDIA_AGENT, MEDIA_PCMA, 101, HZ_A);
	c->mute = true;
	idle->mute = true;
	T_OK(!media_join(st.m, c->leg, a->leg), "joined");
	ev = stage_await(&st, MEDIA_ONE_WAY, any, 5000);
	T_OK(ev && ev->leg.v == c->leg.v, "who never sent is told after 3 s");
	T_OK(peer_share(c, HZ_A) >= 90, "though it is sent to all the while");
	T_OK(idle->packets >= 3 && idle->packets <= 6 && peer_rms(idle) < 20,
	     "an idle line gets a packet of silence a second (%u)",
	     idle->packets);
	stage_close(&st);
}

static void ears_over_the_wire(void **state)
{
	struct peer *person, *busy, *none;
	const struct media_event *ev;

	(void)state;
	stage_open(&st, &(struct media_conf){ .tones_path = "data/tones.tsv" });
	person = stage_peer(&st, MEDIA_CUSTOMER, MEDIA_PCMA, 101, 0);
	busy = stage_peer(&st, MEDIA_CUSTOMER, MEDIA_PCMU, 101, 0);
	none = stage_peer(&st, MEDIA_CUSTOMER, MEDIA_PCMU, 101, 0);
	none->mute = true;
	T_OK(media_listen(st.m, person->leg, EARS_ANSWERED, "xx") == ERR_ABSENT,
	     "no tones of nowhere");
	T_OK(!media_listen(st.m, person->leg, EARS_ANSWERED, NULL) &&
	     !media_listen(st.m, busy->leg, EARS_EARLY, "uk") &&
	     !media_listen(st.m, none->leg, EARS_ANSWERED, "us"), "listening");
	/* A voice is any sound with words' lengths: 300 ms and silence. */
	stage_run(&st, 300);
	person->hz = 333;
	for (unsigned i = 0; i < 8; i++) {	/* glides, so it is no tone */
		person->hz += i % 2 ? 60 : -35;
		busy->hz = i == 3 ? 0 : busy->hz;
		stage_run(&st, 40);
	}
	person->hz = 0;
	for (unsigned i = 0; i < 7; i++) {
		busy->hz = i % 2 ? 0 : 400;
		stage_run(&st, 375);
	}
	ev = stage_await(&st, MEDIA_HEARD, person->leg, 100);
	T_OK(ev && ev->verdict == EARS_PERSON && ev->ms < 1500,
	     "300 ms and a pause: %s at %u", ev ? ears_word(ev->verdict) : "-",
	     ev ? ev->ms : 0);
	ev = stage_await(&st, MEDIA_HEARD, busy->leg, 1500);
	T_OK(ev && ev->verdict == EARS_BUSY, "the uk's busy tone: %s",
	     ev ? ears_word(ev->verdict) : "-");
	ev = stage_await(&st, MEDIA_HEARD, none->leg, 1500);
	T_OK(ev && ev->verdict == EARS_SILENCE && ev->ms >= 2400 &&
	     ev->ms < 2900, "no packets: silence at %u", ev ? ev->ms : 0);
	stage_close(&st);
}

/* A re-INVITE: the far end is somewhere else now, the old place is nobody. */
static void the_peer_moves(void **state)
{
	struct peer *c, *a, *moved;
	struct leg_id spare;

	(void)state;
	stage_open(&st, &(struct media_conf){ 0 });
	c = stage_peer(&st, MEDIA_CUSTOMER, MEDIA_PCMU, 101, HZ_C);
	a = stage_peer(&st, MEDIA_AGENT, MEDIA_PCMU, 101, HZ_A);
	moved = stage_peer(&st, MEDIA_CUSTOMER, MEDIA_PCMA, 101, 1300);
	spare = moved->leg;
	moved->mute = true;
	T_OK(!media_join(st.m, c->leg, a->leg), "joined");
	stage_run(&st, 150);
	media_leg_free(st.m, spare);
	c->mute = true;
	moved->mute = false;
	moved->leg_port = c->leg_port;
	T_OK(!media_leg_peer(st.m, c->leg, "127.0.0.1", moved->port,
			     MEDIA_PCMA, 101), "moved, and PCMA now");
	stage_run(&st, 150);
	forget_all();
	stage_run(&st, 250);
	T_OK(peer_share(moved, HZ_A) >= 95 && peer_share(a, 1300) >= 95,
	     "both directions are with the new place (%u, %u %%)",
	     peer_share(moved, HZ_A), peer_share(a, 1300));
	T_OK(!c->packets, "and nothing goes to the old one");
	stage_close(&st);
}

static void ports_and_families(void **state)
{
	struct media_handlers h = { NULL, NULL };
	struct media *m;
	struct leg_id leg;
	uint16_t port, first = 0;
	unsigned n = 0;
	enum err e;

	(void)state;
	/* The range is a guess at what is free; its rules hold anyway. */
	T_OK(!media_new(&(struct media_conf){ .port_min = 33001,
					      .port_max = 33009 }, &h, &m),
	     "a range");
	while (!(e = media_leg_new(m, MEDIA_AGENT, &leg, &port))) {
		T_OK(port % 2 == 0 && port >= 33002 && port <= 33008,
		     "%u is even and in it", port);
		T_OK(port != first, "%u is not given twice", port);
		first = first ? first : port;
		n++;
	}
	T_OK(e == ERR_FULL && n <= 4, "%u legs, then it is full", n);
	m = media_free(m);
	T_OK(!media_new(&(struct media_conf){ .bind_ip = "::1" }, &h, &m) &&
	     !media_leg_new(m, MEDIA_CUSTOMER, &leg, &port), "IPv6");
	T_OK(!media_leg_peer(m, leg, "::1", 9, MEDIA_PCMU, 101) &&
	     media_leg_peer(m, leg, "127.0.0.1", 9, MEDIA_PCMU, 101) ==
	     ERR_ARG, "has IPv6 peers");
	m = media_free(m);
}

static void bad_arguments(void **state)
{
	struct media *m = NULL;
	struct media_handlers h = { NULL, NULL };
	struct leg_id leg;
	uint16_t port;

	(void)state;
	T_OK(media_new(&(struct media_conf){ .bind_ip = "somewhere" }, &h, &m)
	     == ERR_ARG && !m, "a name is no address");
	T_OK(media_new(&(struct media_conf){ .port_min = 9, .port_max = 4 },
		       &h, &m) == ERR_ARG, "a range that ends first");
	T_OK(media_new(&(struct media_conf){ .tones_path = "data/tones.tsv",
			.country = "xx" }, &h, &m) == ERR_ARG, "no country");
	T_OK(media_new(&(struct media_conf){ .prompts_dir = "/nowhere" }, &h,
		       &m) == ERR_ABSENT, "no prompts");
	T_OK(!media_new(&(struct media_conf){ 0 }, &h, &m), "all defaults");
	T_OK(!media_leg_new(m, MEDIA_AGENT, &leg, &port) && port, "a leg");
	T_OK(media_leg_peer(m, leg, "::1", 5000, 0, 101) == ERR_ARG,
	     "the other family");
	T_OK(media_leg_peer(m, leg, "127.0.0.1", 5000, 18, 101) == ERR_ARG,
	     "G.729");
	T_OK(media_leg_peer(m, leg, NULL, 5000, 0, 101) == ERR_ARG, "nowhere");
	T_OK(media_join(m, leg, leg) == ERR_ARG, "with oneself");
	T_OK(media_record(m, leg, (struct call_id){ 1 }, "../x") == ERR_ARG &&
	     media_record(m, leg, (struct call_id){ 1 }, "x") == ERR_STATE,
	     "no way out of the spool; and there is none");
	m = media_free(m);
	T_OK(!media_free(NULL), "NULL is fine");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digits_relayed),
		cmocka_unit_test(digits_sent),
		cmocka_unit_test(prompts),
		cmocka_unit_test(beep_over_voice),
		cmocka_unit_test(strangers),
		cmocka_unit_test(hostile_packets),
		cmocka_unit_test(lost_and_back),
		cmocka_unit_test(moved_port),
		cmocka_unit_test(one_way_and_idle),
		cmocka_unit_test(ears_over_the_wire),
		cmocka_unit_test(the_peer_moves),
		cmocka_unit_test(ports_and_families),
		cmocka_unit_test(bad_arguments),
	};

	return T_RUN(tests);
}
