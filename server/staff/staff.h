/*
 * staff -- who may log in, as what, and for which campaigns.
 *
 * In      names and agent numbers; records the clerk changes
 * Out     a person's record
 * Owns    STORE_USER (by log-in name) and its index STORE_AGENT (by number)
 * Never   sees a password: only its argon2id hash, made by the door
 */
#ifndef STAFF_STAFF_H
#define STAFF_STAFF_H

#include "base/base.h"
#include "schema/schema.h"
#include "store/store.h"

enum { STAFF_CAMPAIGNS = 8 };

/*        role               word                                             */
#define STAFF_ROLES(X)                                                        \
	X(STAFF_NOBODY,     "none")                                           \
	X(STAFF_AGENT,      "agent")                                          \
	X(STAFF_SUPERVISOR, "supervisor")                                     \
	X(STAFF_ADMIN,      "admin")

enum staff_role {
#define X(name, word) name,
	STAFF_ROLES(X)
#undef X
	STAFF_ROLE_COUNT
};
const char *staff_role_word(enum staff_role r);
MUST_CHECK enum err staff_role_from_word(const char *w, enum staff_role *out);

#define STAFF_CAMPAIGN(F) F(text, name, 47, "campaign")
SCHEMA_STRUCT(staff_campaign, STAFF_CAMPAIGN);

#define STAFF_FIELDS(F)                                                       \
	F(text,   user,      40,  "log-in name, unique")                      \
	F(text,   name,      47,  "name to show")                             \
	F(u8,     role,      0,   "enum staff_role")                          \
	F(u32,    agent,     0,   "agent number, unique; 0 = none")           \
	F(text,   team,      40,  "team; a supervisor sees his own, empty: all") \
	F(rows,   campaigns, (STAFF_CAMPAIGNS, staff_campaign), "calls of these") \
	F(text,   lang,      8,   "en, zh; empty: the program's")             \
	F(secret, hash,      128, "argon2id, as libsodium writes it")         \
	F(bool,   locked,    0,   "may not log in")                           \
	F(bool,   unmask,    0,   "may see whole numbers; each is logged")    \
	F(bool,   read_only, 0,   "may look but not act")                     \
	F(text,   phone,     120, "sip: URI of a desk phone; registered: "    \
				  "called where it registers; empty: embedded") \
	F(secret, phone_secret, 64, "H(user:realm:password) of a registered " \
				  "phone, 32 hex digits (RFC 2617)")          \
	F(text,   phone_realm, 31, "its realm: of another realm it is void") \
	F(bool,   phone_asked, 0,  "phone was named by the terminal, and "    \
				   "lasts until a log-in names another")

SCHEMA_STRUCT(staff, STAFF_FIELDS);

/* What `phone` says. */
enum staff_phone { STAFF_PHONE_OWN, STAFF_PHONE_URI, STAFF_PHONE_REGISTERED };
enum staff_phone staff_phone(const struct staff *st);
/*
 * Is the phone at this URI in "192.0.2.0/24", "2001:db8::/32", or at the very
 * address or name?  Never true of a URI that is not just user, host and port.
 */
bool staff_phone_in(const char *uri, const char *net);
bool staff_phone_uri(const char *uri);	/* "sip:[user@]host[:port]"      */
bool staff_is_net(const char *net);	/* one of the three               */
/* The name a phone that registers logs in with: "agent-1001". */
enum { STAFF_SIP_USER_SIZE = 24 };
void staff_sip_user(uint32_t agent, char buf[STAFF_SIP_USER_SIZE]);
/* The agent number of such a name; ERR_ABSENT if it is none. */
MUST_CHECK enum err staff_sip_agent(const char *sip_user, struct agent_id *out);

/* ERR_ABSENT; ERR_FORMAT if damaged. */
MUST_CHECK enum err staff_get(struct store *s, const char *user,
			      struct staff *out);
MUST_CHECK enum err staff_by_agent(struct store *s, struct agent_id agent,
				   struct staff *out);
/*
 * Adds or replaces, by `user`.  ERR_ARG: no name, a name with other than
 * letters, digits, . _ - , an agent without a number; ERR_EXISTS: the
 * number is another's.
 */
MUST_CHECK enum err staff_put(struct store *s, struct store_group *g,
			      const struct staff *st);
MUST_CHECK enum err staff_del(struct store *s, struct store_group *g,
			      const char *user);

typedef bool staff_h(void *arg, const struct staff *st);
/* By log-in name, those after `last` ("": all); false ends. */
MUST_CHECK enum err staff_after(struct store *s, const char *last, staff_h *h,
				void *arg);

#endif
