/*
 * msg/msg_floor -- between a supervisor's wallboard and the server.
 *
 * A supervisor subscribes to one view at a time; only visible rows travel.
 * `head` is pushed with every view.  Shares are in 1/100 % and -1 means "no
 * data" wherever a field says so.
 *
 * Head and views travel as their `changes` (msg_keep).  Times that merely run
 * are no change: rows say since when, and the screen counts.
 */
#ifndef MSG_MSG_FLOOR_H
#define MSG_MSG_FLOOR_H

#include "msg/msg_words.h"
#include "schema/schema.h"

/* -- requests ------------------------------------------------------------ */

#define MSG_SUBSCRIBE_FIELDS(F)                                               \
	F(u8,     view,       0,    "enum msg_view; replaces the last")       \
	F(u8,     sort,       0,    "enum msg_sort")                          \
	F(bool,   reverse,    0,    "the other way round")                    \
	F(u32,    states,     0,    "bits 1 << enum msg_state; 0: all")       \
	F(text,   find,       40,   "part of a name, id or number")           \
	F(u32,    top,        0,    "rows to skip")                           \
	F(u16,    rows,       64,   "rows that are visible")                  \
	F(u32,    campaign,   0,    "only this one; 0: all")                  \
	F(u32,    agent,      0,    "for timeline; also: row to keep in "     \
				    "view")                                   \
	F(u32,    trunk,      0,    "for trunk")                              \
	F(u16,    every_ms,   0,    "at most this often [ms]; 0: 1000")       \
	F(u8,     period,     0,    "of a report: enum msg_period")           \
	F(u8,     by,         0,    "of a report: enum msg_grouping")         \
	F(u32,    call,       0,    "for trace: of this call; 0: the newest") \
	F(bool,   whole,      0,    "numbers not masked: needs the right to, "\
				    "and is in the audit log")                       \
	F(text,   lang,       8,    "language of its texts: en, zh")
SCHEMA_STRUCT(msg_subscribe, MSG_SUBSCRIBE_FIELDS);

#define MSG_FORCE_FIELDS(F)                                                   \
	F(u32,    agent,      0,    "agent number")                           \
	F(u8,     want,       0,    "enum msg_want")                          \
	F(u8,     break_code, 0,    "when want is break")                     \
	F(text,   reason,     120,  "for the audit log; required")
SCHEMA_STRUCT(msg_force, MSG_FORCE_FIELDS);

#define MSG_MONITOR_FIELDS(F)                                                 \
	F(u32,    agent,      0,    "agent number")                           \
	F(u8,     mode,       0,    "enum msg_monitor_mode")
SCHEMA_STRUCT(msg_monitor, MSG_MONITOR_FIELDS);

#define MSG_TELL_FIELDS(F)                                                    \
	F(u32,    agent,      0,    "agent number; 0: everyone I may see")    \
	F(text,   text,       500,  "what")
SCHEMA_STRUCT(msg_tell, MSG_TELL_FIELDS);

#define MSG_SET_ROW_FIELDS(F)                                                 \
	F(u8,     setting,    0,    "enum msg_setting")                       \
	F(i32,    value,      0,    "in its unit")
SCHEMA_STRUCT(msg_set_row, MSG_SET_ROW_FIELDS);

#define MSG_PACING_SET_FIELDS(F)                                              \
	F(u32,    campaign,   0,    "campaign id")                            \
	F(rows,   rows,       (12, msg_set_row), "what changes")              \
	F(bool,   check,      0,    "only forecast: answered by pacing")      \
	F(bool,   undo,       0,    "take back the last change instead")
SCHEMA_STRUCT(msg_pacing_set, MSG_PACING_SET_FIELDS);

#define MSG_CAMPAIGN_CTL_FIELDS(F)                                            \
	F(u32,    campaign,   0,    "campaign id")                            \
	F(u8,     action,     0,    "enum msg_campaign_action")               \
	F(text,   reason,     120,  "for the audit log")
SCHEMA_STRUCT(msg_campaign_ctl, MSG_CAMPAIGN_CTL_FIELDS);

#define MSG_TRUNK_CTL_FIELDS(F)                                               \
	F(u32,    trunk,      0,    "trunk id")                               \
	F(u8,     action,     0,    "enum msg_trunk_action")                  \
	F(u32,    value,      0,    "cps limit [1/10 call/s]")                \
	F(text,   number,     24,   "caller number to rest, to use again")
SCHEMA_STRUCT(msg_trunk_ctl, MSG_TRUNK_CTL_FIELDS);

/* Nobody keeps an alert quiet for longer than a shift [s]. */
enum { MSG_MUTE_MAX_S = 8 * 3600 };

#define MSG_ALERT_ACK_FIELDS(F)                                               \
	F(u32,    id,         0,    "of the alert")                           \
	F(text,   word,       80,   "what is done about it")                  \
	F(u32,    mute_s,     0,    "keep quiet for, at most " \
				    "MSG_MUTE_MAX_S [s]")
SCHEMA_STRUCT(msg_alert_ack, MSG_ALERT_ACK_FIELDS);

#define MSG_REC_NOTE_FIELDS(F)                                                \
	F(u32,    agent,      0,    "agent listened to")                      \
	F(text,   text,       300,  "note at this point of the recording")
SCHEMA_STRUCT(msg_rec_note, MSG_REC_NOTE_FIELDS);

#define MSG_MEET_FIELDS(F)                                                    \
	F(u32,    call,       0,    "of the offer")                           \
	F(bool,   take,       0,    "I take it; else: not now")
SCHEMA_STRUCT(msg_meet, MSG_MEET_FIELDS);

/* -- pushes ---------------------------------------------------------------- */

#define MSG_HEAD_FIELDS(F)                                                    \
	F(i64,    wall_ms,    0,    "server's wall clock [ms since 1970]")    \
	F(text,   floor,      40,   "name of this floor")                     \
	F(u32,    agents,     0,    "logged in")                              \
	F(u32,    seats,      0,    "agents there are")                       \
	F(u16,    campaigns,  0,    "running")                                \
	F(u16,    alerts,     0,    "open")                                   \
	F(u32,    alert,      0,    "id of the one shown; 0: none")           \
	F(u8,     level,      0,    "enum msg_level of it")                   \
	F(i64,    alert_ms,   0,    "since [ms since 1970]")                  \
	F(text,   alert_text, 160,  "in words")                               \
	F(u32,    alert_campaign, 0, "its campaign, if any")                  \
	F(u32,    alert_agent, 0,   "its agent, if any")                      \
	F(u16,    campaigns_all, 0, "there are; 0: not told")
SCHEMA_STRUCT(msg_head, MSG_HEAD_FIELDS);

#define MSG_FIGURE_ROW_FIELDS(F)                                              \
	F(u8,     figure,     0,    "enum msg_figure: gives the unit")        \
	F(i32,    recent,     0,    "last 15 min; -1: no data")               \
	F(i32,    today,      0,    "today; -1: no data")                     \
	F(i32,    low,        0,    "target from; -1: none")                  \
	F(i32,    high,       0,    "target to; -1: none")                    \
	F(u8,     judge,      0,    "enum msg_judge")                         \
	F(bytes,  points,     64,   "a minute each, oldest first: 0 no data, "\
				    "1..255 = 0 to twice the target")
SCHEMA_STRUCT(msg_figure_row, MSG_FIGURE_ROW_FIELDS);

#define MSG_STATE_COUNT_FIELDS(F)                                             \
	F(u8,     state,      0,    "enum msg_state")                         \
	F(u32,    agents,     0,    "in it")
SCHEMA_STRUCT(msg_state_count, MSG_STATE_COUNT_FIELDS);

#define MSG_LONGEST_FIELDS(F)                                                 \
	F(u8,     state,      0,    "enum msg_state")                         \
	F(u32,    agent,      0,    "agent number")                           \
	F(text,   name,       60,   "agent")                                  \
	F(i64,    since_ms,   0,    "in it since [ms since 1970]")            \
	F(bool,   over,       0,    "over its limit")
SCHEMA_STRUCT(msg_longest, MSG_LONGEST_FIELDS);

#define MSG_CAMPAIGN_ROW_FIELDS(F)                                            \
	F(u32,    id,         0,    "campaign id")                            \
	F(text,   name,       40,   "campaign")                               \
	F(u8,     state,      0,    "enum msg_campaign_state")                \
	F(u8,     mode,       0,    "enum msg_mode")                          \
	F(u32,    agents,     0,    "logged in to it")                        \
	F(i32,    lines_x100, 0,    "lines per agent [1/100]; -1: n/a")       \
	F(u32,    lines,      0,    "in use")                                 \
	F(i32,    connect,    0,    "connect rate, 15 min [1/100 %]; -1")     \
	F(i32,    abandon,    0,    "abandon rate, 15 min [1/100 %]; -1")     \
	F(u8,     judge,      0,    "enum msg_judge of it")                   \
	F(i32,    convert,    0,    "conversion, today [1/100 %]; -1")        \
	F(u64,    left,       0,    "leads left to call")                     \
	F(i64,    ends_ms,    0,    "will be through [ms since 1970]; 0: ?")  \
	F(u32,    waiting,    0,    "customers waiting for an agent")         \
	F(i32,    abandon_today, 0, "abandon rate, today [1/100 %]; -1")      \
	F(i32,    abandon_legal, 0, "in the legal window [1/100 %]; -1")      \
	F(i32,    target,     0,    "target abandon [1/100 %]; -1")           \
	F(u32,    dialled,    0,    "today")                                  \
	F(u32,    answered,   0,    "by a person, today")                     \
	F(u32,    sales,      0,    "today")
SCHEMA_STRUCT(msg_campaign_row, MSG_CAMPAIGN_ROW_FIELDS);

#define MSG_TRUNK_ROW_FIELDS(F)                                               \
	F(u32,    id,         0,    "trunk id")                               \
	F(text,   name,       40,   "trunk")                                  \
	F(u8,     state,      0,    "enum msg_trunk_state")                   \
	F(u32,    used,       0,    "channels in use")                        \
	F(u32,    cap,        0,    "channels there are")                     \
	F(u32,    cps_x10,    0,    "calls a second now [1/10]")              \
	F(u32,    cps_max_x10, 0,   "and at most [1/10]")                     \
	F(i32,    asr,        0,    "answered/seized [1/100 %]; -1")          \
	F(i32,    ner,        0,    "network effectiveness [1/100 %]; -1")    \
	F(i32,    acd_s,      0,    "mean duration [s]; -1")                  \
	F(i32,    pdd50_ms,   0,    "post-dial delay, median [ms]; -1")       \
	F(i32,    pdd95_ms,   0,    "95 of 100 below [ms]; -1")               \
	F(i32,    options_ms, 0,    "round trip of OPTIONS [ms]; -1")         \
	F(i32,    loss,       0,    "packets lost [1/100 %]; -1")             \
	F(i32,    mos_x10,    0,    "estimated MOS [1/10]; -1")               \
	F(i32,    e5xx,       0,    "5xx answers [1/100 %]; -1")              \
	F(u32,    heard,      0,    "calls with sound, 15 min")               \
	F(i32,    jitter_us,  0,    "mean of what they send [us]; -1")        \
	F(i32,    far_loss,   0,    "of ours, as they report [1/100 %]; -1")
SCHEMA_STRUCT(msg_trunk_row, MSG_TRUNK_ROW_FIELDS);

#define MSG_TODO_FIELDS(F)                                                    \
	F(text,   text,       160,  "what to do now; its last %t is the time "\
				    "since since_ms")                         \
	F(u8,     view,       0,    "enum msg_view Enter opens")              \
	F(u32,    agent,      0,    "there: this agent")                      \
	F(u32,    campaign,   0,    "or this campaign")                       \
	F(u32,    trunk,      0,    "or this trunk")                          \
	F(i64,    since_ms,   0,    "[ms since 1970]; 0: no %t in text")      \
	F(text,   number,     24,   "and asks to rest this caller number")
SCHEMA_STRUCT(msg_todo, MSG_TODO_FIELDS);

#define MSG_FLOOR_FIELDS(F)                                                   \
	F(rows,   figures,    (8, msg_figure_row), "key figures, in order")   \
	F(rows,   states,     (14, msg_state_count), "agents by state")       \
	F(rows,   longest,    (8, msg_longest), "one a state")                \
	F(rows,   campaigns,  (10, msg_campaign_row), "in order of need")     \
	F(rows,   trunks,     (10, msg_trunk_row), "in order")                \
	F(rows,   todo,       (6, msg_todo), "do now, worst first")
SCHEMA_STRUCT(msg_floor, MSG_FLOOR_FIELDS);

#define MSG_AGENT_ROW_FIELDS(F)                                               \
	F(u32,    agent,      0,    "agent number")                           \
	F(text,   name,       60,   "name")                                   \
	F(text,   team,       40,   "team")                                   \
	F(u8,     state,      0,    "enum msg_state")                         \
	F(u8,     reason,     0,    "enum msg_reason")                        \
	F(text,   break_label, 40,  "which break")                            \
	F(i64,    since_ms,   0,    "in it since [ms since 1970]")            \
	F(u32,    limit_s,    0,    "limit of this state [s]; 0: none")       \
	F(bool,   over,       0,    "over it")                                \
	F(text,   campaign,   40,   "campaign")                               \
	F(text,   number,     24,   "customer's number as may be shown")      \
	F(text,   customer,   80,   "customer's name")                        \
	F(u8,     page,       0,    "script page on the agent's screen")      \
	F(u8,     rec,        0,    "enum msg_rec")                           \
	F(u32,    calls,      0,    "today")                                  \
	F(u32,    talk_avg_s, 0,    "mean talk, today [s]")                   \
	F(u32,    wrap_avg_s, 0,    "mean wrap-up, today [s]")                \
	F(i32,    sales,      0,    "today; -1: not counted here")            \
	F(i32,    convert,    0,    "conversion, today [1/100 %]; -1")        \
	F(i32,    occupancy,  0,    "today [1/100 %]; -1")                    \
	F(u16,    break_min,  0,    "used of breaks that are counted [min]")  \
	F(u16,    break_allowed_min, 0, "and allowed [min]; 0: none is")      \
	F(u16,    callbacks,  0,    "at the next callback time")              \
	F(i64,    callback_ms, 0,   "that time [ms since 1970]; 0: none")     \
	F(u8,     net,        0,    "enum msg_health of link and line")       \
	F(i32,    jitter_ms,  0,    "of the open line [ms]; -1")              \
	F(i32,    loss,       0,    "of the open line [1/100 %]; -1")         \
	F(i32,    mos_x10,    0,    "of the open line [1/10]; -1")            \
	F(bool,   hand,       0,    "hand is raised")                         \
	F(text,   hand_text,  100,  "what about")                             \
	F(text,   heard_by,   60,   "supervisor who is listening")
SCHEMA_STRUCT(msg_agent_row, MSG_AGENT_ROW_FIELDS);

#define MSG_AGENTS_FIELDS(F)                                                  \
	F(u32,    total,      0,    "agents I may see")                       \
	F(u32,    shown,      0,    "of them match")                          \
	F(u32,    top,        0,    "rows skipped")                           \
	F(rows,   states,     (14, msg_state_count), "all, by state")         \
	F(rows,   rows,       (64, msg_agent_row), "the visible ones")
SCHEMA_STRUCT(msg_agents, MSG_AGENTS_FIELDS);

#define MSG_CAMPAIGNS_FIELDS(F)                                               \
	F(u32,    total,      0,    "campaigns")                              \
	F(u32,    top,        0,    "rows skipped")                           \
	F(rows,   rows,       (64, msg_campaign_row), "the visible ones")
SCHEMA_STRUCT(msg_campaigns, MSG_CAMPAIGNS_FIELDS);

#define MSG_TRUNKS_FIELDS(F)                                                  \
	F(u32,    total,      0,    "trunks")                                 \
	F(u32,    top,        0,    "rows skipped")                           \
	F(rows,   rows,       (64, msg_trunk_row), "the visible ones")
SCHEMA_STRUCT(msg_trunks, MSG_TRUNKS_FIELDS);

#define MSG_SIP_ROW_FIELDS(F)                                                 \
	F(text,   codes,      24,   "486, 480/408")                           \
	F(text,   label,      40,   "busy")                                   \
	F(u32,    share,      0,    "of final answers, 15 min [1/100 %]")
SCHEMA_STRUCT(msg_sip_row, MSG_SIP_ROW_FIELDS);

#define MSG_CALLER_ROW_FIELDS(F)                                              \
	F(text,   number,     24,   "caller number we show")                  \
	F(u32,    calls,      0,    "today")                                  \
	F(i32,    answer,     0,    "answered [1/100 %]; -1")                 \
	F(u8,     level,      0,    "enum msg_level of the note")             \
	F(text,   note,       80,   "fell from 31%: spam label?")             \
	F(bool,   resting,    0,    "not in use now")
SCHEMA_STRUCT(msg_caller_row, MSG_CALLER_ROW_FIELDS);

#define MSG_TRUNK_FIELDS(F)                                                   \
	F(rows,   trunk,      (1, msg_trunk_row), "the trunk")                \
	F(rows,   answers,    (12, msg_sip_row), "final answers, 15 min")     \
	F(bytes,  used,       60,   "channels in use, a minute each, oldest " \
				    "first: 0 no data, 1..255 = 0 to cap")    \
	F(rows,   callers,    (24, msg_caller_row), "caller numbers")
SCHEMA_STRUCT(msg_trunk, MSG_TRUNK_FIELDS);

#define MSG_CALL_ROW_FIELDS(F)                                                \
	F(u32,    call,       0,    "call handle")                            \
	F(u8,     phase,      0,    "enum msg_phase")                         \
	F(i64,    since_ms,   0,    "in it since [ms since 1970]")            \
	F(bool,   over,       0,    "over its limit")                         \
	F(text,   campaign,   40,   "campaign")                               \
	F(text,   number,     24,   "customer's number as may be shown")      \
	F(text,   trunk,      40,   "trunk")                                  \
	F(u32,    agent,      0,    "agent number; 0: none yet")              \
	F(text,   name,       60,   "agent")                                  \
	F(u32,    wait_ms,    0,    "answer to agent [ms]")                   \
	F(i64,    start_ms,   0,    "was dialled [ms since 1970]")
SCHEMA_STRUCT(msg_call_row, MSG_CALL_ROW_FIELDS);

#define MSG_CALLS_FIELDS(F)                                                   \
	F(u32,    total,      0,    "calls up that I may see")                \
	F(u32,    shown,      0,    "of them match")                          \
	F(u32,    top,        0,    "rows skipped")                           \
	F(rows,   rows,       (64, msg_call_row), "the visible ones")
SCHEMA_STRUCT(msg_calls, MSG_CALLS_FIELDS);

#define MSG_ALERT_ROW_FIELDS(F)                                               \
	F(u32,    id,         0,    "for alert_ack")                          \
	F(u8,     level,      0,    "enum msg_level")                         \
	F(i64,    at_ms,      0,    "since [ms since 1970]")                  \
	F(i64,    cleared_ms, 0,    "until [ms since 1970]; 0: open")         \
	F(text,   text,       160,  "in words")                               \
	F(text,   acked_by,   60,   "who acknowledged; empty: nobody")        \
	F(text,   word,       80,   "and said")                               \
	F(i64,    muted_ms,   0,    "quiet until [ms since 1970]")            \
	F(u32,    campaign,   0,    "what it is about")                       \
	F(u32,    agent,      0,    "what it is about")                       \
	F(u32,    trunk,      0,    "what it is about")
SCHEMA_STRUCT(msg_alert_row, MSG_ALERT_ROW_FIELDS);

#define MSG_ALERTS_FIELDS(F)                                                  \
	F(u32,    total,      0,    "open and of today")                      \
	F(u32,    top,        0,    "rows skipped")                           \
	F(rows,   rows,       (64, msg_alert_row), "open first, newest first")
SCHEMA_STRUCT(msg_alerts, MSG_ALERTS_FIELDS);

#define MSG_SETTING_ROW_FIELDS(F)                                             \
	F(u8,     setting,    0,    "enum msg_setting: gives the unit")       \
	F(i32,    now,        0,    "value in force")                         \
	F(i32,    staged,     0,    "value of the check, else as now")        \
	F(i32,    low,        0,    "limit")                                  \
	F(i32,    high,       0,    "limit")                                  \
	F(i32,    step,       0,    "one key press")                          \
	F(bool,   fixed,      0,    "may not be changed here")
SCHEMA_STRUCT(msg_setting_row, MSG_SETTING_ROW_FIELDS);

#define MSG_FORECAST_ROW_FIELDS(F)                                            \
	F(u8,     figure,     0,    "enum msg_figure: gives the unit")        \
	F(i32,    now,        0,    "with the values in force; -1")           \
	F(i32,    staged,     0,    "with the staged ones; -1")               \
	F(i32,    low,        0,    "range of 95 in 100; -1")                 \
	F(i32,    high,       0,    "range of 95 in 100; -1")                 \
	F(u8,     judge,      0,    "enum msg_judge of staged")               \
	F(i32,    target,     0,    "target; -1: none")
SCHEMA_STRUCT(msg_forecast_row, MSG_FORECAST_ROW_FIELDS);

#define MSG_CHANGE_ROW_FIELDS(F)                                              \
	F(i64,    at_ms,      0,    "when [ms since 1970]")                   \
	F(text,   who,        60,   "a person, or pacer")                     \
	F(text,   text,       100,  "1.55 -> 1.62")
SCHEMA_STRUCT(msg_change_row, MSG_CHANGE_ROW_FIELDS);

#define MSG_PACING_FIELDS(F)                                                  \
	F(u32,    campaign,   0,    "campaign id")                            \
	F(text,   name,       40,   "campaign")                               \
	F(u8,     mode,       0,    "enum msg_mode")                          \
	F(u8,     state,      0,    "enum msg_campaign_state")                \
	F(u32,    agents,     0,    "logged in to it")                        \
	F(rows,   settings,   (12, msg_setting_row), "in order")              \
	F(rows,   forecast,   (6, msg_forecast_row), "from the last 30 min")  \
	F(bytes,  abandon,    60,   "a minute each, oldest first: 0 no data, "\
				    "else 1 + rate [1/10 %]")                 \
	F(u32,    limit,      0,    "line in the chart [1/100 %]")            \
	F(rows,   history,    (8, msg_change_row), "newest first")            \
	F(bool,   checked,    0,    "answers a check; nothing has changed")
SCHEMA_STRUCT(msg_pacing, MSG_PACING_FIELDS);

#define MSG_MONITORING_FIELDS(F)                                              \
	F(u32,    agent,      0,    "agent number")                           \
	F(text,   name,       60,   "agent")                                  \
	F(u8,     mode,       0,    "enum msg_monitor_mode; leave: over")     \
	F(i64,    since_ms,   0,    "[ms since 1970]")                        \
	F(u32,    call,       0,    "the call heard; 0: none now")            \
	F(u8,     agent_level, 10,  "loudness 0..10")                         \
	F(u8,     customer_level, 10, "loudness 0..10")                       \
	F(text,   text,       120,  "who is talking, or why it ended")
SCHEMA_STRUCT(msg_monitoring, MSG_MONITORING_FIELDS);

/* An agent asks this supervisor about a customer, or sends him. */
#define MSG_OFFER_FIELDS(F)                                                   \
	F(u32,    call,       0,    "the call; 0: nothing is offered now")    \
	F(u32,    agent,      0,    "who asks")                               \
	F(text,   name,       60,   "who asks")                               \
	F(text,   campaign,   40,   "campaign")                               \
	F(text,   customer,   80,   "customer's name")                        \
	F(text,   number,     24,   "customer's number as may be shown")      \
	F(text,   note,       1000, "the agent's note so far")                \
	F(i64,    since_ms,   0,    "talks with the customer since [ms since "\
				    "1970]")                                  \
	F(i64,    until_ms,   0,    "then it is over [ms since 1970]")        \
	F(bool,   send,       0,    "the customer comes at once; else the "   \
				    "agent talks to me first")                \
	F(bool,   rings,      0,    "my desk phone is called: picking it up " \
				    "takes it")                               \
	F(bool,   hand,       0,    "the agent had raised a hand")
SCHEMA_STRUCT(msg_offer, MSG_OFFER_FIELDS);

/* After log-in, and when the supervisor's record changes. */
#define MSG_MINE_FIELDS(F)                                                    \
	F(u32,    campaign,   0,    "campaign id")
SCHEMA_STRUCT(msg_mine, MSG_MINE_FIELDS);

#define MSG_RIGHTS_FIELDS(F)                                                  \
	F(bool,   floor,      0,    "everything: no team limits me")          \
	F(text,   team,       40,   "the team, if one does")                  \
	F(rows,   mine,       (64, msg_mine), "then: whose pacing I may change")
SCHEMA_STRUCT(msg_rights, MSG_RIGHTS_FIELDS);

#define MSG_SPAN_ROW_FIELDS(F)                                                \
	F(i64,    at_ms,      0,    "from [ms since 1970]")                   \
	F(u8,     state,      0,    "enum msg_state")                         \
	F(u32,    for_s,      0,    "for [s]")                                \
	F(text,   what,       100,  "customer, outcome, reason")
SCHEMA_STRUCT(msg_span_row, MSG_SPAN_ROW_FIELDS);

#define MSG_TIMELINE_FIELDS(F)                                                \
	F(rows,   agent,      (1, msg_agent_row), "the agent")                \
	F(rows,   rows,       (64, msg_span_row), "newest first")             \
	F(u32,    top,        0,    "rows skipped")                           \
	F(u32,    total,      0,    "rows of today")
SCHEMA_STRUCT(msg_timeline, MSG_TIMELINE_FIELDS);

/*
 * How agents spent their time.  Occupancy, conversion and agent wait are
 * those of UX 2.6; talk, hold and wrap-up are of the calls' records, the rest
 * of the agents' states.
 */
#define MSG_BREAK_USE_FIELDS(F)                                               \
	F(u32,    used_s,     0,    "spent on it [s]")                        \
	F(bool,   over,       0,    "over its budget on a day")
SCHEMA_STRUCT(msg_break_use, MSG_BREAK_USE_FIELDS);

#define MSG_REPORT_ROW_FIELDS(F)                                              \
	F(u32,    agent,      0,    "agent number; 0: a group")               \
	F(text,   name,       60,   "agent, skill group or team")             \
	F(text,   team,       40,   "team of an agent")                       \
	F(u32,    agents,     0,    "in a group")                             \
	F(u32,    calls,      0,    "conversations")                          \
	F(u32,    talk_s,     0,    "talked, without hold [s]")               \
	F(u32,    hold_s,     0,    "on hold [s]")                            \
	F(u32,    wrap_s,     0,    "wrapped up [s]")                         \
	F(u32,    ready_s,    0,    "ready [s]")                              \
	F(u32,    not_ready_s, 0,   "not ready, breaks apart [s]")            \
	F(u32,    break_s,    0,    "on breaks [s]")                          \
	F(u32,    login_s,    0,    "logged in [s]")                          \
	F(i32,    occupancy,  0,    "[1/100 %]; -1")                          \
	F(i32,    wait_x10,   0,    "mean wait for a call [1/10 s]; -1")      \
	F(u32,    sales,      0,    "outcomes flagged sale")                  \
	F(i32,    convert,    0,    "conversion [1/100 %]; -1")               \
	F(rows,   breaks,     (9, msg_break_use), "as in the page's kinds")
SCHEMA_STRUCT(msg_report_row, MSG_REPORT_ROW_FIELDS);

#define MSG_BREAK_KIND_FIELDS(F)                                              \
	F(text,   label,      40,   "which break")                            \
	F(u32,    budget_s,   0,    "allowed a day [s]; 0: no limit")
SCHEMA_STRUCT(msg_break_kind, MSG_BREAK_KIND_FIELDS);

#define MSG_REPORT_FIELDS(F)                                                  \
	F(u8,     period,     0,    "enum msg_period")                        \
	F(u8,     by,         0,    "enum msg_grouping")                      \
	F(i64,    from_ms,    0,    "counted from [ms since 1970]")           \
	F(i64,    to_ms,      0,    "until [ms since 1970]")                  \
	F(u32,    total,      0,    "rows I may see")                         \
	F(u32,    shown,      0,    "of them match")                          \
	F(bool,   file,       0,    "answers report_get")                     \
	F(u32,    top,        0,    "rows skipped")                           \
	F(rows,   kinds,      (9, msg_break_kind), "breaks there are")        \
	F(rows,   all,        (1, msg_report_row), "all that match, summed")  \
	F(rows,   rows,       (64, msg_report_row), "the visible ones")
SCHEMA_STRUCT(msg_report, MSG_REPORT_FIELDS);

/* A page of the report for a file: asked one after the other by `top`. */
#define MSG_REPORT_GET_FIELDS(F)                                              \
	F(u8,     period,     0,    "enum msg_period")                        \
	F(u8,     by,         0,    "enum msg_grouping")                      \
	F(u8,     sort,       0,    "enum msg_sort")                          \
	F(bool,   reverse,    0,    "the other way round")                    \
	F(u32,    campaign,   0,    "only this one; 0: all")                  \
	F(text,   find,       40,   "part of a name or id")                   \
	F(u32,    top,        0,    "rows to skip")
SCHEMA_STRUCT(msg_report_get, MSG_REPORT_GET_FIELDS);

/* The SIP messages of a call, oldest first. */
#define MSG_TRACE_ROW_FIELDS(F)                                               \
	F(i64,    at_ms,      0,    "[ms since 1970]")                        \
	F(bool,   out,        0,    "we sent it")                             \
	F(text,   line,       120,  "INVITE sip:..., SIP/2.0 486 Busy Here")  \
	F(text,   peer,       60,   "address it went to or came from")        \
	F(text,   more,       160,  "reason, cause, caller, in short")
SCHEMA_STRUCT(msg_trace_row, MSG_TRACE_ROW_FIELDS);

#define MSG_TRACE_FIELDS(F)                                                   \
	F(u32,    call,       0,    "call handle; 0: there is none")          \
	F(u32,    trunk,      0,    "its trunk")                              \
	F(text,   trunk_name, 40,   "its trunk")                              \
	F(text,   number,     24,   "customer's number as may be shown")      \
	F(text,   sip_id,     120,  "Call-ID")                                \
	F(u32,    total,      0,    "messages kept of it")                    \
	F(u32,    top,        0,    "rows skipped")                           \
	F(rows,   rows,       (40, msg_trace_row), "oldest first")
SCHEMA_STRUCT(msg_trace, MSG_TRACE_FIELDS);

/* What became of a head or a view since the one before. */
#define MSG_CHANGES_FIELDS(F)                                                 \
	F(u8,     page,       0,    "number of the message that changed")     \
	F(u32,    from,       0,    "the state it was in; 0: an empty one")   \
	F(u32,    to,         0,    "the state it is in")                     \
	F(bytes,  diff,       65000, "a schema_diff of it")
SCHEMA_STRUCT(msg_changes, MSG_CHANGES_FIELDS);

#endif
