/*
 * tui -- the screen side of both terminal programs.
 *
 * In      keys from a terminal, words from gettext, what update changed
 * Out     a grid of cells: shown by term.c, dumped by tests and --show
 * Owns    widths, palettes, keys, the terminal
 * Never   knows agents, calls or the net
 */
#ifndef TUI_TUI_H
#define TUI_TUI_H

#include "tui/edit.h"
#include "tui/grid.h"
#include "tui/key.h"
#include "tui/loop.h"
#include "tui/style.h"
#include "tui/term.h"
#include "tui/text.h"

#endif
