/*
 * agent_live -- the agent's shift: terminal, server and phone in one loop.
 */
#ifndef AGENT_LIVE_H
#define AGENT_LIVE_H

#include "agent_options.h"

/* Works until the agent logs out; returns the exit status (sysexits). */
int agent_live(const struct agent_options *o);

#endif
