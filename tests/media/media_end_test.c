/* media_end_test -- a leg's last word, and what far ends report before it. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/t.h"
#include "media/media_peer.h"

enum { HZ_C = 600, HZ_A = 1000 };

static struct stage st;

static int stranger(const char *ip)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	inet_pton(AF_INET, ip, &a.sin_addr);
	T_OK(fd >= 0 && !bind(fd, (struct sockaddr *)&a, sizeof(a)),
	     "a stranger at %s", ip);
	return fd;
}

/* A receiver report: so much of what `leg` sent was lost on its way here. */
static void report(const struct peer *p, uint16_t port, const char *from,
		   uint32_t ssrc, uint8_t lost)
{
	uint8_t b[32] = { 0x81, 201, 0, 7, 0, 0, 0, 1,
			  (uint8_t)(ssrc >> 24), (uint8_t)(ssrc >> 16),
			  (uint8_t)(ssrc >> 8), (uint8_t)ssrc, 9, 0, 0, lost,
			  0, 0, 0, 0, 0, 0, 0, 160 };
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons(port) };
	int fd = stranger(from);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (port == p->leg_port)
		peer_send(p, b, sizeof(b));
	else
		(void)sendto(fd, b, sizeof(b), 0, (struct sockaddr *)&a,
			     sizeof(a));
	close(fd);
}

static void its_last_word(void **state)
{
	struct peer *c, *a, *more[3];
	unsigned told = 0;

	(void)state;
	stage_open(&st, &(struct media_conf){ .bind_ip = "0.0.0.0" });
	c = stage_peer(&st, MEDIA_CUSTOMER, MEDIA_PCMU, 101, HZ_C);
	a = stage_peer(&st, MEDIA_AGENT, MEDIA_PCMU, 101, HZ_A);
	for (unsigned i = 0; i < ARRAY_LEN(more); i++)
		more[i] = stage_peer(&st, MEDIA_CUSTOMER, MEDIA_PCMU, 101, 0);
	T_OK(!media_join(st.m, c->leg, a->leg), "joined");
	stage_run(&st, 200);
	c->seq = (uint16_t)(c->seq + 4);	/* four packets got lost */
	c->ts += 640;
	stage_run(&st, 200);
	/* Among the RTP; of a stream that is not ours; of all and more. */
	report(c, c->leg_port, "127.0.0.1", c->rx_ssrc, 3);
	stage_run(&st, 60);
	report(c, c->leg_port, "127.0.0.1", c->rx_ssrc + 1, 9);
	report(c, c->leg_port, "127.0.0.1", c->rx_ssrc, 250);
	/* Beside it: a stranger's host has no say. */
	report(c, (uint16_t)(c->leg_port + 1), "127.0.0.2", c->rx_ssrc, 1);
	stage_run(&st, 100);
	media_leg_free(st.m, c->leg);
	T_OK(stage_await(&st, MEDIA_ENDED, c->leg, 2000) != NULL,
	     "the end of a leg is told");
	T_OK(st.ended.rx_lost == 4 && st.ended.rx_packets >= 10,
	     "4 of %lu packets were lost (%lu)",
	     (unsigned long)st.ended.rx_packets,
	     (unsigned long)st.ended.rx_lost);
	T_OK(st.ended.mos_pct > 100 && st.ended.mos_pct < 430,
	     "which costs quality (%u)", st.ended.mos_pct);
	T_OK(st.ended.far_sent && st.ended.far_sent <= st.ended.tx_packets &&
	     st.ended.far_lost == 3 && st.ended.far_jitter_us == 20000,
	     "they lost 3 (%u) of %lu of ours, jitter 20 ms (%u us)",
	     st.ended.far_lost, (unsigned long)st.ended.far_sent,
	     st.ended.far_jitter_us);
	T_OK(!stage_count(&st, MEDIA_ENDED, a->leg), "the other goes on");
	/* A port beside a leg's can be another program's; not all of them. */
	stage_run(&st, 1000);
	for (unsigned i = 0; i < ARRAY_LEN(more); i++) {
		T_OK(more[i]->packets > 0, "an idle leg keeps alive");
		report(more[i], (uint16_t)(more[i]->leg_port + 1),
		       "127.0.0.1", more[i]->rx_ssrc, 1);
	}
	stage_run(&st, 60);
	for (unsigned i = 0; i < ARRAY_LEN(more); i++) {
		media_leg_free(st.m, more[i]->leg);
		T_OK(stage_await(&st, MEDIA_ENDED, more[i]->leg, 2000) != NULL,
		     "it ended");
		told += st.ended.far_lost == 1;
	}
	T_OK(told > 0, "reports are heard on the next port");
	stage_close(&st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_last_word),
	};

	return T_RUN(tests);
}
