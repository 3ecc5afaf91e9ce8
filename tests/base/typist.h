/*
 * typist -- types raw bytes at the real terminal decoder: keys and half keys,
 * pastes, UTF-8 and what only looks like it, garbage.
 */
#ifndef TESTS_BASE_TYPIST_H
#define TESTS_BASE_TYPIST_H

#include "base/base.h"

/* Opens a terminal of its own; call once.  False without one. */
bool typist_begin(void);
/* Gives stdin and stdout back. */
void typist_end(void);
/*
 * Types the next few bytes of what is being typed, cut anywhere; the keys
 * they make follow with typist_key, TK_NONE after the last.  A key no
 * terminal may make ends the program with 1.
 */
void typist_type(void);
uint32_t typist_key(void);
/* Keys so far, and those of them that were pasted. */
long typist_keys(long *pasted);

#endif
