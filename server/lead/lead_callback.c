/* lead_callback -- whom an agent has promised to call, and when. */
#include "lead_priv.h"

#include "store/store.h"

struct mine {
	const struct leads *ls;
	lead_row_h *row;
	void *arg;
	enum err err;
};

static bool mine_row(void *arg, const void *key, size_t klen,
		     const void *val UNUSED, size_t vlen UNUSED)
{
	struct mine *m = arg;
	struct lead l;

	if (klen < 20)
		return true;
	m->err = lead_get(m->ls, (struct lead_id){ store_be64(
				  (const char *)key + klen - 8) }, &l);
	if (m->err == ERR_ABSENT) {	/* erased meanwhile */
		m->err = ERR_OK;
		return true;
	}
	return !m->err && m->row(m->arg, &l);
}

const char *lead_number(const struct lead *l)
{
	uint32_t i = l->callback_number ? l->callback_number - 1 : 0;

	return i < l->numbers_count ? l->numbers[i].e164 : "";
}

enum err lead_callbacks(const struct leads *ls, struct agent_id agent,
			size_t max, lead_row_h *row, void *arg)
{
	struct mine m = { .ls = ls, .row = row, .arg = arg };
	struct store_key k = { 0 };
	enum err e;

	store_key_u32(&k, agent.v);
	e = store_scan_prefix(ls->store, STORE_CALLBACK, k.b, k.len, max,
			      mine_row, &m);
	return e ? e : m.err;
}
