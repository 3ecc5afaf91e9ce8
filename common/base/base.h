/*
 * base/base -- the few words every file needs.
 */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define UNUSED __attribute__((unused))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

/*
 * Ids, not pointers, across time.  One-field structs, so that a lead's id
 * cannot pass for a call's.  0 is "none" in each of them.
 */
struct call_id     { uint32_t v; };	/* slot low 16+ bits, generation above */
struct lead_id     { uint64_t v; };	/* record number in the store          */
struct list_id     { uint32_t v; };
struct campaign_id { uint32_t v; };
struct agent_id    { uint32_t v; };	/* the agent's number, such as 1001    */
struct trunk_id    { uint32_t v; };	/* row in the configuration, from 1    */
struct leg_id      { uint32_t v; };	/* one RTP leg in a media worker       */

#endif
