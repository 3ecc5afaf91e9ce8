/* desk_priv -- what the files of this folder share. */
#ifndef DESK_DESK_PRIV_H
#define DESK_DESK_PRIV_H

#include "desk/desk.h"

struct desk_script;

struct desk {
	struct live *live;
	const struct live_rooms *r;
	desk_send_h *send;
	void *arg;
	struct agent_id *dirty;		/* seats to be told, each once       */
	size_t dirty_len, dirty_cap;
	uint64_t *shown;		/* by seat slot: call last shown, and
					   above it whether it was his       */
	bool *is_dirty;			/* by seat slot                      */
	char *lang;			/* by seat slot: 'z', 'e', 0 = ?     */
	uint8_t *was;			/* by seat slot: state last shown    */
	struct desk_coach {		/* by seat slot: who speaks to it    */
		uint8_t mode;		/* enum msg_monitor_mode, 0 = nobody */
		char name[61];
	} *coach;
	size_t seats_max;
	struct desk_super supers[64];	/* who could be asked                */
	size_t supers_len;
	struct desk_script *scripts;		/* as last read, by path             */
	size_t scripts_len;
};

/* desk_show.c */
bool desk_is_zh(struct desk *d, const struct seat *s);
/* The customer is on the line and waits for this agent's key. */
bool desk_offered(const struct seat *s, const struct call *c);
void desk_show_seat(struct desk *d, const struct seat *s);
void desk_show_customer(struct desk *d, const struct seat *s,
			const struct call *c);
void desk_show_script(struct desk *d, const struct seat *s,
		      const struct call *c);
void desk_scripts_free(struct desk *d);
void desk_show_outcomes(struct desk *d, const struct seat *s);
void desk_show_breaks(struct desk *d, const struct seat *s);
void desk_show_today(struct desk *d, const struct seat *s);
void desk_show_last(struct desk *d, const struct seat *s);
void desk_show_progress(struct desk *d, const struct seat *s,
			const struct call *c);
/* desk_who.c */
const char *desk_outcome_label(struct desk *d, uint16_t code, bool zh);
void desk_history(struct desk *d, const struct seat *s, const struct call *c,
		  uint32_t req);
void desk_callbacks(struct desk *d, const struct seat *s, uint32_t req,
		    unsigned top, bool anyone);
/* How many call-backs of the agent's own are in that half hour. */
uint8_t desk_clashes(struct desk *d, const struct seat *s, int64_t at_s);
const char *desk_campaign_label(struct desk *d,
				const struct campaign_conf *k, bool zh);
/* desk_hand.c: transfers */
void desk_targets(struct desk *d, const struct seat *s, const char *find,
		  uint32_t req);
/* What the floor is to be asked; a reason if it cannot be. */
enum msg_refusal desk_transfer(struct desk *d, const struct seat *s,
			       const struct msg_transfer *m,
			       struct floor_input *in);
void desk_show_hand(struct desk *d, const struct seat *s, const struct call *c,
		    struct msg_seat *m);
const struct campaign_conf *desk_campaign(struct desk *d,
					  const struct seat *s);

#endif
