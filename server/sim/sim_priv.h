/* server/sim/sim_priv -- what the simulation's files share. */
#ifndef SIM_SIM_PRIV_H
#define SIM_SIM_PRIV_H

#include "sim/sim_draw.h"

#include <stdlib.h>

#endif
