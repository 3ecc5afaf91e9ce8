/* server/pacer/pacer_params -- the table's rows, by number and by name. */
#include "pacer/pacer_params.h"

#include "base/base.h"
#include "base/str.h"

const struct pacer_params pacer_params_default = {
#define X(name, value, doc) value,
	PACER_PARAMS(X)
#undef X
};

static const struct {
	const char *name;
	double value;
	const char *doc;
	size_t at;
} rows[] = {
#define X(name, value, doc)                                                   \
	{ #name, value, doc, offsetof(struct pacer_params, name) },
	PACER_PARAMS(X)
#undef X
};

bool pacer_params_row(unsigned i, const char **name, double *value,
		      const char **doc)
{
	if (i >= ARRAY_LEN(rows))
		return false;
	if (name)
		*name = rows[i].name;
	if (value)
		*value = rows[i].value;
	if (doc)
		*doc = rows[i].doc;
	return true;
}

double *pacer_params_find(struct pacer_params *p, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_eq(rows[i].name, name))
			return (double *)(void *)((char *)p + rows[i].at);
	return NULL;
}
