/*
 * lead_priv -- what the files of this room share.
 */
#ifndef LEAD_LEAD_PRIV_H
#define LEAD_LEAD_PRIV_H

#include <pthread.h>
#include <stdatomic.h>

#include "lead/lead.h"
#include "store/store.h"

#define RECORD_MAX 8192		/* an encoded lead, at most [bytes]          */
#define PART_PAGE 64		/* READY rows of a partition kept at hand    */
#define GROUPS_MAX 4096
#define LISTS_OF_CAMPAIGN 32
#define CAMPAIGNS_MAX 256
#define MINE_GRACE_S 900	/* an agent's call-back waits for him so long */
#define SEQ_BY_HAND 0x80000000u	/* numbers of leads not from a file          */

/* Shards of a list's tally: each has one writer. */
enum { SHARD_LOOP, SHARD_IMPORT, SHARD_COUNT };

#define LEAD_TALLY_ROW(F)                                                     \
	F(u32, what, 0, "status, or zone group")                              \
	F(i64, n,    0, "may be negative in one shard")

SCHEMA_STRUCT(lead_tally_row, LEAD_TALLY_ROW);

#define TALLY_GROUPS 512
#define LEAD_TALLY(F)                                                         \
	F(u32,  next_seq, 0, "of the next lead this shard's writer makes")    \
	F(rows, by_status, (LEAD_STATUS_COUNT, lead_tally_row), "leads")      \
	F(rows, ready, (TALLY_GROUPS, lead_tally_row), "READY by zone group")

SCHEMA_STRUCT(lead_tally, LEAD_TALLY);

struct ready_row {
	uint8_t rank;			/* 0 first                           */
	uint32_t order;			/* 0: never called; else due [s]     */
	uint64_t id;
};

/* READY leads of one list in one zone group. */
struct part {
	uint32_t group;
	bool whole;			/* rows are all there are            */
	uint16_t n;
	struct ready_row rows[PART_PAGE];
};

struct list_state {
	struct lead_list rec;
	struct lead_tally tally[SHARD_COUNT];
	struct part *parts;
	size_t part_n, part_max;
	bool importing;
};

struct open_answer {
	int64_t asked_s, until_s;	/* it holds from, before             */
	bool open;
};

struct campaign_view {
	struct campaign_id id;		/* 0: free                           */
	struct list_id lists[LISTS_OF_CAMPAIGN];
	size_t list_n;
	lead_open_h *open;
	void *arg;
	struct open_answer *answers;	/* by zone group                     */
	size_t answer_n;
};

struct zone_groups {
	pthread_mutex_t lock;		/* imports add groups too            */
	size_t n;			/* group 0 is "nowhere"              */
	struct zone_set set[GROUPS_MAX];
};

struct leads {
	struct store *store;
	const struct zones *zones;
	struct list_state **lists;
	size_t list_n, list_max;
	struct campaign_view campaigns[CAMPAIGNS_MAX];
	struct zone_groups groups;
	uint64_t *taken;		/* ids in a call: open addressing    */
	size_t taken_n, taken_size;
	uint32_t recovered;
};

/* ---- lead.c ------------------------------------------------------------- */
struct list_state *lead_list_state(const struct leads *ls, uint32_t id);
/* A number as u64; 0 when it is no E.164 number. */
uint64_t lead_e164(const char *s);
MUST_CHECK enum err lead_put(struct store_group *grp, const struct lead *l);
void lead_number_put(struct store_group *grp, uint64_t number,
		     uint64_t person, uint64_t id);
void lead_key(struct store_key *k, uint64_t id);
/* The person of a number, or 0; *in_list: some lead of that list has it. */
MUST_CHECK enum err lead_number_look(struct store *s, uint64_t number,
				     uint64_t *person, uint64_t *ids,
				     size_t max, size_t *n);

/* ---- lead_place.c ------------------------------------------------------- */
struct ready_row lead_ready_row(const struct lead *l);
void lead_ready_key(struct store_key *k, uint32_t list, uint32_t group,
		    struct ready_row r);
/* Puts it where its status says, or takes it from there; counts too. */
void lead_place_in(struct leads *ls, struct store_group *grp,
		   const struct lead *l);
void lead_place_out(struct leads *ls, struct store_group *grp,
		    const struct lead *l);
int64_t lead_later_s(const struct lead *l);
/* The head of a partition, reading a page when needed; NULL if empty. */
MUST_CHECK enum err lead_part_head(struct leads *ls, struct list_state *st,
				   struct part *p,
				   const struct ready_row **head);
MUST_CHECK enum err lead_parts_find(struct leads *ls, struct list_state *st);
void lead_part_drop(struct part *p, uint64_t id);
bool lead_is_taken(const struct leads *ls, uint64_t id);
MUST_CHECK enum err lead_taken_add(struct leads *ls, uint64_t id);
void lead_taken_del(struct leads *ls, uint64_t id);

/* ---- lead_count.c ------------------------------------------------------- */
void lead_tally_add(struct lead_tally *t, enum lead_status s, uint32_t group,
		    int64_t n);
MUST_CHECK enum err lead_tally_put(struct store_group *grp, uint32_t list,
				   unsigned shard,
				   const struct lead_tally *t);
/* Zeroes when there is none yet. */
MUST_CHECK enum err lead_tally_get(struct store *s, uint32_t list,
				   unsigned shard, struct lead_tally *t);
int64_t lead_ready_in(const struct list_state *st, uint32_t group);

/* ---- lead_zone.c -------------------------------------------------------- */
MUST_CHECK enum err lead_groups_open(struct leads *ls);
/* The group of this set, new if need be; its row goes into grp if it is not
 * NULL.  [any thread] */
MUST_CHECK enum err lead_group_of(struct leads *ls, struct store_group *grp,
				  const struct zone_set *set, uint32_t *group);
void lead_group_put(struct leads *ls, struct store_group *grp,
		    uint32_t group);
void lead_places_of(const struct leads *ls, const struct lead *l,
		    struct zone_set *out);

#endif
