/*
 * sip_peer -- the smallest far end a phone can have: one call at a time over
 * UDP on 127.0.0.1, PCMU or PCMA, telephone-event 101.  Answers at once, or
 * refuses; counts and weighs what it hears.  No threads: pump it.
 */
#ifndef TESTS_PHONE_SIP_PEER_H
#define TESTS_PHONE_SIP_PEER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

struct sip_peer {
	int sip, rtp;			/* sockets                           */
	uint16_t sip_port, rtp_port;
	const char *user, *password;	/* asked for, when set (digest)      */
	unsigned challenged, wrong;	/* 401 sent; bad answers to it       */
	unsigned refuse;		/* final code instead of 200; 0      */
	unsigned invites, acks, byes;	/* received                          */
	bool up;
	unsigned packets;		/* voice, received                   */
	unsigned loud;			/* of them, not silence              */
	char keys[64];			/* RFC 4733 events heard             */
	uint32_t last_key_ts;
	char dialog[1024];		/* headers to send a BYE with        */
	char target[256];
	struct sockaddr_in phone;	/* where its SIP comes from          */
	uint16_t phone_rtp;		/* where the phone listens           */
	uint8_t pt;			/* what it talks                     */
	uint16_t seq;
	uint32_t ts;
};

bool peer_open(struct sip_peer *p);
void peer_close(struct sip_peer *p);
void peer_pump(struct sip_peer *p);
void peer_bye(struct sip_peer *p);
/* 20 ms of a loud square wave to the phone; false before it is known. */
bool peer_talk(struct sip_peer *p);

#endif
