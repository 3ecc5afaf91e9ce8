/*
 * wall_live -- a supervisor's watch: terminal and server in one loop.
 */
#ifndef WALL_LIVE_H
#define WALL_LIVE_H

#include "wall_options.h"

/* Watches until told to stop; returns the exit status (sysexits). */
int wall_live(const struct wall_options *o);

#endif
