/* floor_sound -- what is told of calls and trunks when it is over: how a call
 * sounded, which caller number a supervisor has taken off the air. */
#include "floor_priv.h"

#include "base/log.h"
#include "report/cdr.h"

#include <string.h>

SCHEMA_DEFINE(floor_sound, FLOOR_SOUND, "how a call sounded");

/*
 * The leg's last word comes a moment after its end.  A call with a wrap-up
 * still lives then; of another the record may be written, or even be on disk:
 * it gets these figures, and nothing else of it changes.
 */
enum err floor_on_sound(struct floor *f, const struct floor_input *in)
{
	struct call *c = call_get(f->calls, (struct call_id){ in->call });
	struct floor_sound s;
	struct call_sound cs;
	struct cdr r;
	enum err e = schema_decode(&floor_sound_schema, in->more,
				   in->more_len, &s);

	if (e)
		return e;
	cs = (struct call_sound){ s.got, s.lost, s.jitter_us, s.mos_pct,
				  s.sent, s.far_lost };
	if (c && c->uid == (uint64_t)in->value) {
		c->sound = cs;
		if (c->state < CALL_CLOSE)
			return ERR_OK;
	}
	e = cdr_get(f->store, (uint64_t)in->value, &r);
	if (e)
		return e;
	cdr_sound(&r, &cs);
	return cdr_put(floor_group(f), &r);
}

/* The trunk by its name: its row is only its place in the configuration. */
enum err floor_on_rest(struct floor *f, const struct floor_input *in)
{
	const char *tab = strchr(in->text, '\t');
	struct store_key key = { 0 };

	if (!tab || tab == in->text || !tab[1])
		return ERR_ARG;
	store_key_bytes(&key, in->text, (size_t)(tab - in->text));
	store_key_u8(&key, 0);
	store_key_bytes(&key, tab + 1, strlen(tab + 1));
	if (in->value)
		store_put(floor_group(f), STORE_TRUNK, key.b, key.len, "rests",
			  5);
	else
		store_del(floor_group(f), STORE_TRUNK, key.b, key.len);
	return ERR_OK;
}
