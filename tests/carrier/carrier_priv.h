/* The carrier's inside, shared by its two SIP files. */
#ifndef CARRIER_CARRIER_PRIV_H
#define CARRIER_CARRIER_PRIV_H

#include "carrier/carrier.h"

#include <re.h>

struct carrier {
	struct carrier_opt opt;
	struct carrier_counts counts;
	struct samples heard;
	struct sounds *sounds;
	struct sip *sip;
	struct sipsess_sock *sock;
	struct sip_lsnr *lsnr;
	struct sa laddr;
	struct list legs;
	struct hash *calls;	/* how often each number was called        */
	struct tmr tick;
	uint64_t tick_due;
	char nonce_key[17];
	bool storm, dead;
};

struct call_leg {
	struct le le;
	struct carrier *c;
	struct sipsess *sess;
	struct sdp_session *sdp;
	struct sdp_media *audio;
	struct tmr tmr;
	struct rtp_leg rtp;
	struct chance chance;
	enum behaviour is;
	char number[32];
	unsigned voice;
	double talk_s, patience_s;
	uint64_t began, answered;	/* [ms], monotonic                  */
	bool offered;
};

/* Takes the INVITE to a callee who rings, or plays, and perhaps answers. */
void leg_begin(struct carrier *c, const struct sip_msg *msg,
	       const char *number, enum behaviour is, struct chance *chance,
	       unsigned nth);
void leg_media(struct call_leg *l);

#endif
