/*
 * A hostile CSV file: whatever comes out as a lead must be a record the store
 * takes; cut anywhere into two pieces, the file says the same.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/zone.h"
#include "lead/lead_import_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct run {
	struct phone_cache *phones;
	struct lead_list list;
	struct import_map map;
	bool mapped, dead;
	uint64_t hash;
	struct lead lead;
};

static void mix(struct run *r, const void *p, size_t len)
{
	const uint8_t *b = p;

	while (len--)
		r->hash = (r->hash ^ *b++) * UINT64_C(0x100000001b3);
}

static void row_h(void *arg, struct csv_row *row)
{
	struct run *r = arg;
	struct row_fault fault;
	struct row_conf conf = { .map = &r->map, .list = &r->list,
				 .country = "CN", .tags = "t",
				 .purpose = "marketing", .wall_s = 1795406400,
				 .phones = r->phones };
	const char *field;
	bool repaired;
	char why[160];

	mix(r, &row->line, sizeof(row->line));
	if (r->dead || row->fault)
		return;
	for (size_t i = 0; i < row->n; i++) {
		mix(r, row->field[i].p, row->field[i].len);
		if (!str_is_utf8(row->field[i].p, row->field[i].len))
			abort();
	}
	if (!r->mapped) {
		r->dead = map_decide(NULL, 0, row, r->phones, &r->list,
				     &r->map, why, sizeof(why));
		r->mapped = true;
		if (r->dead || r->map.header)
			return;
	}
	if (!row_to_lead(&conf, row, &r->lead, &repaired, &fault)) {
		if (!fault.reason || !*fault.reason)
			abort();
		return;
	}
	if (schema_check(&lead_schema, &r->lead, &field))
		abort();
}

static uint64_t feed(struct phone_cache *phones, const uint8_t *p, size_t len,
		     size_t cut)
{
	static struct run r;
	struct csv_in *in;

	memset(&r, 0, sizeof(r));
	r.phones = phones;
	if (csv_in_new(CHARSET_UNKNOWN, row_h, &r, &in))
		abort();
	if (csv_in_feed(in, p, cut) || csv_in_feed(in, p + cut, len - cut) ||
	    csv_in_end(in))
		r.hash = 0;
	csv_in_free(in);
	return r.hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct phone_cache *phones;
	size_t cut = size ? data[0] % size : 0;

	if (!phones && phone_cache_new("CN", &phones))
		abort();
	if (feed(phones, data, size, 0) != feed(phones, data, size, cut))
		abort();
	return 0;
}
