/*
 * msg/msg_session -- meeting, logging in, staying in touch, answers.
 */
#ifndef MSG_MSG_SESSION_H
#define MSG_MSG_SESSION_H

#include "msg/msg_words.h"
#include "schema/schema.h"

#define MSG_HELLO_FIELDS(F)                                                   \
	F(u16,    proto,        0,   "MSG_PROTO of the client")               \
	F(text,   program,      24,  "waihu-agent, waihu-supervisor, waihu")  \
	F(text,   version,      24,  "its version")                           \
	F(text,   lang,         8,   "language of texts: en, zh")
SCHEMA_STRUCT(msg_hello, MSG_HELLO_FIELDS);

#define MSG_WELCOME_FIELDS(F)                                                 \
	F(u16,    proto,        0,   "MSG_PROTO of the server")               \
	F(text,   version,      24,  "the server's version")                  \
	F(text,   floor,        40,  "name of this floor")                    \
	F(i64,    wall_ms,      0,   "server's wall clock [ms since 1970]")   \
	F(u8,     role,         0,   "enum msg_role the local socket's user " \
				     "has already; 0: log in")
SCHEMA_STRUCT(msg_welcome, MSG_WELCOME_FIELDS);

#define MSG_LOGIN_FIELDS(F)                                                   \
	F(text,   user,         40,  "log-in name or agent number")           \
	F(secret, pass,         128, "password")                              \
	F(secret, token,        64,  "of a login_ok, instead of pass, to "    \
				     "come back after a lost link")           \
	F(bool,   takeover,     0,   "end this user's other session")         \
	F(text,   phone,        120, "sip: URI of the desk phone this "       \
				     "terminal asks to be called; empty: as " \
				     "the user's record says")
SCHEMA_STRUCT(msg_login, MSG_LOGIN_FIELDS);

#define MSG_LOGIN_OK_FIELDS(F)                                                \
	F(u8,     role,         0,   "enum msg_role")                         \
	F(text,   name,         60,  "name to show")                          \
	F(u32,    agent,        0,   "agent number; 0 if none")               \
	F(text,   team,         40,  "team")                                  \
	F(u64,    session,      0,   "number of this session")                \
	F(secret, token,        64,  "proof of it, see login")                \
	F(bool,   resumed,      0,   "the earlier session goes on")           \
	F(i64,    wall_ms,      0,   "server's wall clock [ms since 1970]")   \
	F(i32,    tz_min,       840, "server's offset from UTC [min]")        \
	F(u32,    heartbeat_ms, 0,   "send a heartbeat this often [ms]")      \
	F(u32,    silent_ms,    0,   "silence after which a side is lost "    \
				     "[ms]")                                  \
	F(text,   lang,         8,   "language of texts: en, zh")             \
	F(bool,   may_unmask,   0,   "may ask for whole numbers (logged)")    \
	F(bool,   read_only,    0,   "may look but not act")                  \
	F(text,   sip_dial,     120, "URI the phone dials and keeps open; "   \
				     "empty: the server rings a desk phone")  \
	F(text,   sip_user,     60,  "user of the phone's account")           \
	F(secret, sip_pass,     64,  "its password")                          \
	F(text,   sip_host,     80,  "host[:port] of the account")            \
	F(text,   sip_transport, 8,  "udp, tcp, tls")                         \
	F(u8,     phone_answer, MSG_PHONE_ANSWER_COUNT - 1,                   \
				     "enum msg_phone_answer")
SCHEMA_STRUCT(msg_login_ok, MSG_LOGIN_OK_FIELDS);

#define MSG_HEARTBEAT_FIELDS(F)                                               \
	F(i64,    sent_ms,      0,   "sender's monotonic clock, echoed [ms]") \
	F(u32,    rtt_ms,       0,   "last round trip it measured [ms]")
SCHEMA_STRUCT(msg_heartbeat, MSG_HEARTBEAT_FIELDS);

#define MSG_HEARTBEAT_OK_FIELDS(F)                                            \
	F(i64,    sent_ms,      0,   "as in the heartbeat [ms]")              \
	F(i64,    wall_ms,      0,   "server's wall clock [ms since 1970]")
SCHEMA_STRUCT(msg_heartbeat_ok, MSG_HEARTBEAT_OK_FIELDS);

#define MSG_LOGOUT_FIELDS(F)                                                  \
	F(bool,   after,        0,   "after the present call")
SCHEMA_STRUCT(msg_logout, MSG_LOGOUT_FIELDS);

#define MSG_ENDED_FIELDS(F)                                                   \
	F(u8,     why,          0,   "enum msg_end")                          \
	F(text,   text,         200, "who or where, in words")
SCHEMA_STRUCT(msg_ended, MSG_ENDED_FIELDS);

#define MSG_OK_FIELDS(F)                                                      \
	F(u64,    id,           0,   "number of what was made, if any")       \
	F(text,   text,         200, "a remark to show, if any")
SCHEMA_STRUCT(msg_ok, MSG_OK_FIELDS);

#define MSG_REFUSED_FIELDS(F)                                                 \
	F(u16,    code,         0,   "enum msg_refusal")                      \
	F(text,   text,         200, "the reason in words; may be empty")     \
	F(i64,    suggest_ms,   0,   "next time it would be allowed "         \
				     "[ms since 1970], 0: none")
SCHEMA_STRUCT(msg_refused, MSG_REFUSED_FIELDS);

#endif
