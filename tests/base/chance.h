/*
 * chance -- what monkeys throw at the screens: numbers, texts, messages.
 */
#ifndef TESTS_BASE_CHANCE_H
#define TESTS_BASE_CHANCE_H

#include "schema/schema.h"
#include "tui/tui.h"

/* The same number gives the same run; 0: the usual one. */
void chance_begin(uint64_t from);
/* 0 .. below - 1. */
uint32_t chance(uint32_t below);
/* Fields of any content a decoder would let through; depth 0. */
void chance_struct(const struct schema *s, char *obj, int depth);
/* Whole rows, no controls, no half characters, the cursor inside. */
bool chance_screen_sound(const struct grid *g);

#endif
