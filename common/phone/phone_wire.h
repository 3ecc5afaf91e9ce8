/*
 * phone_wire -- what phone.c and the module inside baresip say to each other.
 *
 * One datagram each, over a socketpair(AF_UNIX, SOCK_SEQPACKET).  Both ends
 * are built from one tree and run on one machine, so it is a plain struct.
 */
#ifndef PHONE_PHONE_WIRE_H
#define PHONE_PHONE_WIRE_H

#include <stdint.h>

#define PHONE_WIRE_ENV "WAIHU_PHONE_FD"	/* the module's end: a fd number     */

enum {
	PHONE_WIRE_VERSION = 1,
	PHONE_WIRE_TEXT = 256,
	PHONE_DIGITS_MAX = 32,
};

enum phone_wire_kind {
	/* to the module */
	WIRE_DIAL = 1,		/* text: URI                                 */
	WIRE_HANGUP,
	WIRE_MUTE,		/* value: 1 on, 0 off                        */
	WIRE_DIGITS,		/* text: keys to send                        */
	WIRE_PING,		/* answered by WIRE_PONG, same value         */
	/* from it */
	WIRE_READY = 64,	/* the loop runs, modules and account loaded */
	WIRE_REFUSED,		/* a dial failed at once; text: why          */
	WIRE_RINGING,
	WIRE_UP,
	WIRE_DOWN,		/* text: why                                 */
	WIRE_DIGIT,		/* value: the key heard                      */
	WIRE_MIC,		/* value: level out [dBov]                   */
	WIRE_EAR,		/* value: level in [dBov]                    */
	WIRE_WARN,		/* text: a warning of baresip's              */
	WIRE_PONG,
};

struct phone_wire {
	uint8_t version;
	uint8_t kind;
	uint16_t spare;
	int32_t value;
	char text[PHONE_WIRE_TEXT];	/* NUL-terminated                    */
};

#endif
