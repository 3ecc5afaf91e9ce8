/*
 * msg/msg_agent -- between an agent's screen and its seat.
 *
 * `call` in a request is the call the agent was looking at: a key pressed a
 * moment too late is refused (MSG_NO_CALL) and cannot act on the next call.
 * Numbers are masked by the server unless the role may see them whole.
 */
#ifndef MSG_MSG_AGENT_H
#define MSG_MSG_AGENT_H

#include "msg/msg_words.h"
#include "schema/schema.h"

/* -- requests ------------------------------------------------------------ */

#define MSG_WANT_STATE_FIELDS(F)                                              \
	F(u8,     want,       0,    "enum msg_want; in a call: afterwards")   \
	F(u8,     break_code, 0,    "of breaks, when want is break")
SCHEMA_STRUCT(msg_want_state, MSG_WANT_STATE_FIELDS);

#define MSG_DIAL_FIELDS(F)                                                    \
	F(u32,    call,       0,    "the previewed call")                     \
	F(u8,     number,     0,    "index in customer.numbers, from 1; "     \
				    "0: the one offered")                     \
	F(u64,    callback,   0,    "or: a callback's id, to dial it now")
SCHEMA_STRUCT(msg_dial, MSG_DIAL_FIELDS);

#define MSG_SKIP_FIELDS(F)                                                    \
	F(u32,    call,       0,    "the previewed call")                     \
	F(u16,    reason,     0,    "code of outcomes.skips")
SCHEMA_STRUCT(msg_skip, MSG_SKIP_FIELDS);

#define MSG_ANSWER_FIELDS(F)                                                  \
	F(u32,    call,       0,    "the ringing call")
SCHEMA_STRUCT(msg_answer, MSG_ANSWER_FIELDS);

#define MSG_HANGUP_FIELDS(F)                                                  \
	F(u32,    call,       0,    "the call to end or cancel")
SCHEMA_STRUCT(msg_hangup, MSG_HANGUP_FIELDS);

#define MSG_HOLD_FIELDS(F)                                                    \
	F(u32,    call,       0,    "the call")                               \
	F(bool,   on,         0,    "hold; false: take back")
SCHEMA_STRUCT(msg_hold, MSG_HOLD_FIELDS);

#define MSG_MUTE_FIELDS(F)                                                    \
	F(u32,    call,       0,    "the call")                               \
	F(bool,   on,         0,    "customer does not hear the agent")
SCHEMA_STRUCT(msg_mute, MSG_MUTE_FIELDS);

#define MSG_DTMF_FIELDS(F)                                                    \
	F(u32,    call,       0,    "the call")                               \
	F(text,   digits,     32,   "0-9 * # A-D")
SCHEMA_STRUCT(msg_dtmf, MSG_DTMF_FIELDS);

#define MSG_OUTCOME_FIELDS(F)                                                 \
	F(u32,    call,       0,    "the call")                               \
	F(u16,    code,       0,    "of outcomes.rows; 0 takes it back")      \
	F(i64,    amount,     0,    "if it needs one [1/100 currency]")
SCHEMA_STRUCT(msg_outcome, MSG_OUTCOME_FIELDS);

#define MSG_NOTE_FIELDS(F)                                                    \
	F(u32,    call,       0,    "the call")                               \
	F(text,   text,       2000, "the note so far; replaces the last")     \
	F(bool,   final,      0,    "typing has ended")
SCHEMA_STRUCT(msg_note, MSG_NOTE_FIELDS);

#define MSG_CALLBACK_FIELDS(F)                                                \
	F(u32,    call,       0,    "the call")                               \
	F(i64,    at_ms,      0,    "when [ms since 1970]")                   \
	F(bool,   anyone,     0,    "anyone in the campaign; else me")        \
	F(u8,     number,     0,    "index in customer.numbers, from 1")      \
	F(text,   note,       200,  "what about")                             \
	F(bool,   check,      0,    "only ask whether it is possible")
SCHEMA_STRUCT(msg_callback, MSG_CALLBACK_FIELDS);

#define MSG_FINISH_FIELDS(F)                                                  \
	F(u32,    call,       0,    "the call in wrap-up")                    \
	F(u8,     next,       0,    "enum msg_want: ready or not ready; "     \
				    "none: what was asked for before")
SCHEMA_STRUCT(msg_finish, MSG_FINISH_FIELDS);

#define MSG_WRAP_MORE_FIELDS(F)                                               \
	F(u32,    call,       0,    "the call in wrap-up")
SCHEMA_STRUCT(msg_wrap_more, MSG_WRAP_MORE_FIELDS);

#define MSG_RAISE_HAND_FIELDS(F)                                              \
	F(bool,   on,         0,    "raised; false: lowered")                 \
	F(text,   text,       200,  "what about")
SCHEMA_STRUCT(msg_raise_hand, MSG_RAISE_HAND_FIELDS);

#define MSG_REC_PAUSE_FIELDS(F)                                               \
	F(u32,    call,       0,    "the call")                               \
	F(bool,   on,         0,    "paused; false: goes on")
SCHEMA_STRUCT(msg_rec_pause, MSG_REC_PAUSE_FIELDS);

#define MSG_CORRECT_OUTCOME_FIELDS(F)                                         \
	F(u32,    call,       0,    "of last_call")                           \
	F(u16,    code,       0,    "of outcomes.rows")                       \
	F(i64,    amount,     0,    "if it needs one [1/100 currency]")
SCHEMA_STRUCT(msg_correct_outcome, MSG_CORRECT_OUTCOME_FIELDS);

#define MSG_TRANSFER_FIELDS(F)                                                \
	F(u32,    call,       0,    "the call")                               \
	F(u8,     kind,       0,    "enum msg_transfer_kind")                 \
	F(u8,     target,     0,    "enum msg_target_kind")                   \
	F(text,   to,         40,   "agent number, queue id, or number")
SCHEMA_STRUCT(msg_transfer, MSG_TRANSFER_FIELDS);

#define MSG_TARGETS_FIELDS(F)                                                 \
	F(text,   find,       40,   "part of a name or number; empty: all")
SCHEMA_STRUCT(msg_targets, MSG_TARGETS_FIELDS);

#define MSG_CALLBACKS_FIELDS(F)                                               \
	F(u16,    top,        0,    "rows to skip")                           \
	F(bool,   anyone,     0,    "those anyone may take; else mine")
SCHEMA_STRUCT(msg_callbacks, MSG_CALLBACKS_FIELDS);

#define MSG_HISTORY_FIELDS(F)                                                 \
	F(u32,    call,       0,    "the call whose customer is meant")
SCHEMA_STRUCT(msg_history, MSG_HISTORY_FIELDS);

#define MSG_SOUND_TEST_FIELDS(F)                                              \
	F(bool,   on,         0,    "play the test tone on the open line")
SCHEMA_STRUCT(msg_sound_test, MSG_SOUND_TEST_FIELDS);

#define MSG_SCRIPT_PAGE_FIELDS(F)                                             \
	F(u8,     page,       0,    "page on the agent's screen, from 1")
SCHEMA_STRUCT(msg_script_page, MSG_SCRIPT_PAGE_FIELDS);

#define MSG_PHONE_REPORT_FIELDS(F)                                            \
	F(u8,     health,     0,    "enum msg_health of the phone")           \
	F(text,   device,     60,   "sound device in use")                    \
	F(text,   error,      120,  "what the phone said, if down")
SCHEMA_STRUCT(msg_phone_report, MSG_PHONE_REPORT_FIELDS);

#define MSG_LANG_FIELDS(F)                                                    \
	F(text,   lang,       8,    "en, zh: of labels the server sends")
SCHEMA_STRUCT(msg_lang, MSG_LANG_FIELDS);

#define MSG_UNMASK_FIELDS(F)                                                  \
	F(u32,    call,       0,    "the call whose number is wanted whole")  \
	F(u32,    agent,      0,    "of a supervisor: or this agent's call")
SCHEMA_STRUCT(msg_unmask, MSG_UNMASK_FIELDS);

/* -- pushes and answers --------------------------------------------------- */

#define MSG_SEAT_FIELDS(F)                                                    \
	F(i64,    wall_ms,    0,    "server's wall clock [ms since 1970]")    \
	F(u8,     state,      0,    "enum msg_state")                         \
	F(i64,    since_ms,   0,    "when it began [ms since 1970]")          \
	F(u8,     reason,     0,    "enum msg_reason, if not ready")          \
	F(u8,     break_code, 0,    "of breaks, if on break")                 \
	F(text,   break_label, 40,  "its words")                              \
	F(u8,     pending,    0,    "enum msg_want that follows this call")   \
	F(u8,     pending_break, 0, "its break code")                         \
	F(u32,    campaign,   0,    "campaign id")                            \
	F(text,   campaign_name, 40, "campaign")                              \
	F(u8,     mode,       0,    "enum msg_mode")                          \
	F(u8,     wrap_mode,  0,    "enum msg_wrap_mode")                     \
	F(u32,    call,       0,    "the call at this seat; 0: none")         \
	F(u32,    limit_ms,   0,    "stay in this state at most [ms]; "       \
				    "0: no limit")                            \
	F(u32,    left_ms,    0,    "of it when sent [ms]")                   \
	F(u8,     more_left,  0,    "times wrap-up may still be stretched")   \
	F(u32,    more_ms,    0,    "by this much each [ms]")                 \
	F(u32,    talk_ms,    0,    "talked in this call [ms]")               \
	F(u32,    hold_ms,    0,    "of it on hold [ms]")                     \
	F(u8,     ended_by,   0,    "enum msg_ender, in wrap-up")             \
	F(text,   ended_text, 60,   "why, if worth saying")                   \
	F(u8,     line,       0,    "enum msg_health of the open line")       \
	F(u8,     phone,      0,    "enum msg_health of the phone's account") \
	F(u32,    phone_rtt_ms, 0,  "its round trip [ms]")                    \
	F(u16,    ready_count, 0,   "agents ready in this campaign")          \
	F(u32,    wait_ms,    0,    "expected wait for a call [ms]; "         \
				    "0: not known")                           \
	F(bool,   muted,      0,    "customer does not hear the agent")       \
	F(bool,   on_hold,    0,    "customer hears music")                   \
	F(u8,     rec,        0,    "enum msg_rec")                           \
	F(u8,     consult,    0,    "enum msg_step of the second leg")        \
	F(text,   consult_with, 60, "who it is; given away: to whom")                              \
	F(bool,   consult_active, 0, "agent talks to it; customer waits")     \
	F(u8,     coach,      0,    "enum msg_monitor_mode of a supervisor "  \
				    "the agent may know of")                  \
	F(text,   coach_name, 60,   "who")                                    \
	F(bool,   hand,       0,    "hand is raised")                         \
	F(bool,   answer_by_hand, 0, "Enter answers; else calls come by "     \
				    "themselves")                             \
	F(bool,   skip_wrap,  0,    "a complete outcome skips wrap-up")       \
	F(u16,    outcome,    0,    "chosen code; 0: none")                   \
	F(i64,    callback_ms, 0,   "callback agreed [ms since 1970]")        \
	F(u8,     desk,       0,    "enum msg_desk of a desk phone")          \
	F(text,   desk_text,  80,   "its account, or what is wrong with it")  \
	F(bool,   no_transfer, 0,   "this call may be given to nobody")       \
	F(bool,   sending,    0,    "customer goes over as soon as the other "\
				    "is there")                               \
	F(bool,   asked,      0,    "asked about another agent's customer")      \
	F(i64,    amount,     0,    "of the outcome [1/100 currency]; 0: none")
SCHEMA_STRUCT(msg_seat, MSG_SEAT_FIELDS);

#define MSG_FIELD_FIELDS(F)                                                   \
	F(text,   label,      40,   "Contract, Balance, Plan ...")            \
	F(text,   value,      120,  "its value")
SCHEMA_STRUCT(msg_field, MSG_FIELD_FIELDS);

#define MSG_NUMBER_FIELDS(F)                                                  \
	F(text,   number,     24,   "as may be shown")                        \
	F(text,   kind,       16,   "mobile, home, office")                   \
	F(bool,   refused,    0,    "may not be dialled now")                 \
	F(u8,     number_why, MSG_NUMBER_WHY_COUNT - 1, "enum msg_number_why: " \
				    "why, if so")
SCHEMA_STRUCT(msg_number, MSG_NUMBER_FIELDS);

#define MSG_CUSTOMER_FIELDS(F)                                                \
	F(u32,    call,       0,    "the call")                               \
	F(u64,    lead,       0,    "lead's number")                          \
	F(text,   name,       80,   "with title")                             \
	F(text,   about,      40,   "F, 46")                                  \
	F(text,   city,       60,   "city")                                   \
	F(bool,   tz_known,   0,    "tz_min is known")                        \
	F(i32,    tz_min,     840,  "customer's offset from UTC [min]")       \
	F(u8,     number,     0,    "index in numbers of this call, from 1")  \
	F(rows,   numbers,    (8, msg_number), "all numbers")                 \
	F(rows,   fields,     (16, msg_field), "what the list says")          \
	F(i64,    last_ms,    0,    "last contact [ms since 1970]")           \
	F(text,   last_agent, 60,   "with whom")                              \
	F(text,   last_outcome, 60, "and how it went")                        \
	F(u16,    attempts,   0,    "so far")                                 \
	F(u16,    attempts_max, 0,  "allowed")                                \
	F(u16,    answered,   0,    "of them")                                \
	F(text,   tags,       160,  "VIP, prefers afternoon")                 \
	F(text,   tier,       8,    "A B C D")                                \
	F(text,   list,       40,   "list")                                   \
	F(text,   source,     40,   "where the lead comes from")              \
	F(u16,    from_min,   1440, "may be called from, local [min of day]") \
	F(u16,    to_min,     1440, "until, local [min of day]")              \
	F(text,   note,       2000, "note so far (after a takeover)")         \
	F(bool,   inbound,    0,    "the customer called us")
SCHEMA_STRUCT(msg_customer, MSG_CUSTOMER_FIELDS);

#define MSG_PAGE_FIELDS(F)                                                    \
	F(text,   title,      80,   "Opening")                                \
	F(text,   text,       2000, "merged lines; '!' begins a must, '-> n'" \
				    " names a page")
SCHEMA_STRUCT(msg_page, MSG_PAGE_FIELDS);

#define MSG_SCRIPT_FIELDS(F)                                                  \
	F(u32,    call,       0,    "the call it is merged for; 0: none")     \
	F(u32,    campaign,   0,    "campaign id")                            \
	F(i64,    updated_ms, 0,    "last change [ms since 1970]")            \
	F(rows,   pages,      (24, msg_page), "in order")
SCHEMA_STRUCT(msg_script, MSG_SCRIPT_FIELDS);

#define MSG_OUTCOME_ROW_FIELDS(F)                                             \
	F(u16,    code,       0,    "sent back in outcome")                   \
	F(u8,     digit,      9,    "key; 0: under \"more\"")                 \
	F(text,   label,      60,   "words")                                  \
	F(bool,   needs_time, 0,    "a call-back time")                       \
	F(bool,   needs_note, 0,    "a note")                                 \
	F(bool,   needs_amount, 0,  "an amount")                              \
	F(bool,   asks_twice, 0,    "a second key confirms it")               \
	F(bool,   sale,       0,    "counts as a sale")
SCHEMA_STRUCT(msg_outcome_row, MSG_OUTCOME_ROW_FIELDS);

#define MSG_OUTCOMES_FIELDS(F)                                                \
	F(u32,    campaign,   0,    "campaign id")                            \
	F(rows,   rows,       (40, msg_outcome_row), "outcomes")              \
	F(rows,   skips,      (9, msg_outcome_row), "reasons to skip")
SCHEMA_STRUCT(msg_outcomes, MSG_OUTCOMES_FIELDS);

#define MSG_BREAK_ROW_FIELDS(F)                                               \
	F(u8,     code,       0,    "sent back in want_state; its key")       \
	F(text,   label,      40,   "Tea break")                              \
	F(u16,    used_min,   0,    "used today [min]")                       \
	F(u16,    allowed_min, 0,   "allowed a day [min]; 0: not counted")    \
	F(bool,   tell,       0,    "the supervisor is told")
SCHEMA_STRUCT(msg_break_row, MSG_BREAK_ROW_FIELDS);

#define MSG_BREAKS_FIELDS(F)                                                  \
	F(rows,   rows,       (9, msg_break_row), "in order")
SCHEMA_STRUCT(msg_breaks, MSG_BREAKS_FIELDS);

#define MSG_TODAY_FIELDS(F)                                                   \
	F(u32,    calls,      0,    "calls")                                  \
	F(u32,    talk_s,     0,    "talked [s]")                             \
	F(u32,    sales,      0,    "outcomes that count as sales")           \
	F(u32,    wrap_avg_s, 0,    "mean wrap-up [s]")                       \
	F(u16,    break_min,  0,    "breaks used [min]")                      \
	F(u16,    break_allowed_min, 0, "and allowed [min]")                  \
	F(i64,    callback_ms, 0,   "next callback [ms since 1970], 0: none") \
	F(text,   callback_name, 80, "with whom")
SCHEMA_STRUCT(msg_today, MSG_TODAY_FIELDS);

#define MSG_NOTICE_FIELDS(F)                                                  \
	F(u8,     level,      0,    "enum msg_level")                         \
	F(text,   text,       200,  "one sentence for row 1")                 \
	F(u32,    show_ms,    0,    "for how long [ms]; 0: until the next")
SCHEMA_STRUCT(msg_notice, MSG_NOTICE_FIELDS);

#define MSG_STEP_ROW_FIELDS(F)                                                \
	F(i64,    at_ms,      0,    "when [ms since 1970]")                   \
	F(u8,     step,       0,    "enum msg_step")                          \
	F(text,   text,       60,   "the network's words, if any")
SCHEMA_STRUCT(msg_step_row, MSG_STEP_ROW_FIELDS);

#define MSG_CALL_PROGRESS_FIELDS(F)                                           \
	F(u32,    call,       0,    "the call")                               \
	F(text,   number,     24,   "as may be shown")                        \
	F(u32,    give_up_ms, 0,    "rings for at most [ms]")                 \
	F(rows,   steps,      (8, msg_step_row), "so far, oldest first")
SCHEMA_STRUCT(msg_call_progress, MSG_CALL_PROGRESS_FIELDS);

#define MSG_MESSAGE_FIELDS(F)                                                 \
	F(text,   from,       60,   "who")                                    \
	F(i64,    at_ms,      0,    "when [ms since 1970]")                   \
	F(text,   text,       500,  "what")
SCHEMA_STRUCT(msg_message, MSG_MESSAGE_FIELDS);

#define MSG_LAST_CALL_FIELDS(F)                                               \
	F(u32,    call,       0,    "for correct_outcome; 0: too late")       \
	F(i64,    at_ms,      0,    "ended [ms since 1970]")                  \
	F(text,   name,       80,   "customer")                               \
	F(text,   number,     24,   "as may be shown")                        \
	F(u16,    outcome,    0,    "code")                                   \
	F(u8,     digit,      9,    "its key")                                \
	F(text,   label,      60,   "its words")                              \
	F(u32,    talk_s,     0,    "talked [s]")
SCHEMA_STRUCT(msg_last_call, MSG_LAST_CALL_FIELDS);

#define MSG_TARGET_FIELDS(F)                                                  \
	F(u8,     kind,       0,    "enum msg_target_kind")                   \
	F(text,   to,         40,   "sent back in transfer")                  \
	F(text,   name,       60,   "name")                                   \
	F(text,   team,       40,   "team or role")                           \
	F(u8,     state,      0,    "enum msg_state of an agent")             \
	F(u32,    in_state_s, 0,    "for how long [s]")                       \
	F(u16,    waiting,    0,    "calls waiting in a queue")               \
	F(u32,    longest_s,  0,    "the oldest of them [s]")                 \
	F(u16,    ready,      0,    "agents free in a team or queue")         \
	F(text,   why,        60,   "cannot be reached now, and why")
SCHEMA_STRUCT(msg_target, MSG_TARGET_FIELDS);

#define MSG_TARGETS_PAGE_FIELDS(F)                                            \
	F(rows,   rows,       (24, msg_target), "best match first")           \
	F(bool,   more,       0,    "there are others")
SCHEMA_STRUCT(msg_targets_page, MSG_TARGETS_PAGE_FIELDS);

#define MSG_CALLBACK_ROW_FIELDS(F)                                            \
	F(u64,    id,         0,    "for dial")                               \
	F(i64,    at_ms,      0,    "when [ms since 1970]")                   \
	F(bool,   tz_known,   0,    "tz_min is known")                        \
	F(i32,    tz_min,     840,  "customer's offset from UTC [min]")       \
	F(text,   name,       80,   "customer")                               \
	F(text,   number,     24,   "as may be shown")                        \
	F(text,   note,       200,  "what about")                             \
	F(bool,   anyone,     0,    "anyone in the campaign may take it")
SCHEMA_STRUCT(msg_callback_row, MSG_CALLBACK_ROW_FIELDS);

#define MSG_CALLBACKS_PAGE_FIELDS(F)                                          \
	F(u32,    total,      0,    "of this agent")                          \
	F(u16,    top,        0,    "rows skipped")                           \
	F(rows,   rows,       (40, msg_callback_row), "soonest first")        \
	F(bool,   anyone,     0,    "anyone's; else this agent's own")
SCHEMA_STRUCT(msg_callbacks_page, MSG_CALLBACKS_PAGE_FIELDS);

#define MSG_HISTORY_ROW_FIELDS(F)                                             \
	F(i64,    at_ms,      0,    "when [ms since 1970]")                   \
	F(text,   agent,      60,   "with whom")                              \
	F(text,   outcome,    60,   "how it went")                            \
	F(text,   note,       500,  "what was noted")                         \
	F(u32,    talk_s,     0,    "talked [s]")                             \
	F(text,   number,     24,   "which of the customer's numbers, masked")
SCHEMA_STRUCT(msg_history_row, MSG_HISTORY_ROW_FIELDS);

#define MSG_HISTORY_PAGE_FIELDS(F)                                            \
	F(u32,    call,       0,    "the call it is for")                     \
	F(rows,   rows,       (20, msg_history_row), "newest first")
SCHEMA_STRUCT(msg_history_page, MSG_HISTORY_PAGE_FIELDS);

#define MSG_CALLBACK_OK_FIELDS(F)                                             \
	F(i64,    at_ms,      0,    "when [ms since 1970]")                   \
	F(bool,   kept,       0,    "written down; else only checked")        \
	F(u8,     clashes,    0,    "callbacks you have in that half hour")
SCHEMA_STRUCT(msg_callback_ok, MSG_CALLBACK_OK_FIELDS);

#define MSG_UNMASKED_FIELDS(F)                                                \
	F(u32,    call,       0,    "the call")                               \
	F(phone,  number,     24,   "the whole number")
SCHEMA_STRUCT(msg_unmasked, MSG_UNMASKED_FIELDS);

#endif
