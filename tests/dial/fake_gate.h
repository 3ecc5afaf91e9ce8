/*
 * A gate that hands out what a test asks for.  It defines the functions the
 * dial room calls, so include it in one file of a program, and only where
 * the real gate is not linked.
 */
#ifndef TESTS_DIAL_FAKE_GATE_H
#define TESTS_DIAL_FAKE_GATE_H

#include <stdlib.h>

#include "base/str.h"
#include "gate/gate.h"

struct gate_pass {
	char number[24];
	bool late;
};

static unsigned fake_spent;

static inline struct gate_pass *fake_pass(const char *number, bool late)
{
	struct gate_pass *p = calloc(1, sizeof(*p));

	str_copy(p->number, sizeof(p->number), number);
	p->late = late;
	return p;
}

enum err gate_pass_spend(struct gate_pass **pass, int64_t wall_ms UNUSED)
{
	struct gate_pass *p = *pass;
	enum err e = !p ? ERR_ARG : p->late ? ERR_DENIED : ERR_OK;

	free(p);
	*pass = NULL;
	fake_spent++;
	return e;
}

struct gate_pass *gate_pass_free(struct gate_pass *pass)
{
	free(pass);
	return NULL;
}

const char *gate_pass_number(const struct gate_pass *pass)
{
	return pass->number;
}

#endif
