/*
 * Zone groups: each distinct set of places gets a number that records keep.
 * The row "zone-group" N in META holds the set as text, for catalogues change.
 */
#include "lead/lead_priv.h"

#include <string.h>

#include "base/log.h"
#include "base/str.h"

static const char meta[] = "zone-group";

static bool group_row(void *arg, const void *key, size_t klen,
		      const void *val, size_t vlen)
{
	struct leads *ls = arg;
	char text[ZONE_TEXT_MAX];

	if (klen != sizeof(meta) + 4 || vlen >= sizeof(text))
		return true;
	uint32_t no = store_be32((const uint8_t *)key + sizeof(meta));

	if (!no || no >= GROUPS_MAX)
		return true;
	memcpy(text, val, vlen);
	text[vlen] = '\0';
	/* A place that is gone leaves "nowhere": such leads are not called. */
	if (zone_set_parse(ls->zones, text, &ls->groups.set[no]))
		log_warn("lead", "zone group %u: unknown place in \"%s\"", no,
			 text);
	ls->groups.n = MAX(ls->groups.n, (size_t)no + 1);
	return true;
}

enum err lead_groups_open(struct leads *ls)
{
	struct store_key k = { 0 };

	ls->groups.n = 1;
	store_key_text(&k, meta);
	return store_scan_prefix(ls->store, STORE_META, k.b, k.len, 0,
				 group_row, ls);
}

void lead_group_put(struct leads *ls, struct store_group *grp, uint32_t group)
{
	struct store_key k = { 0 };
	char text[ZONE_TEXT_MAX];

	store_key_text(&k, meta);
	store_key_u32(&k, group);
	pthread_mutex_lock(&ls->groups.lock);
	zone_set_print(ls->zones, &ls->groups.set[group], text, sizeof(text));
	pthread_mutex_unlock(&ls->groups.lock);
	store_put(grp, STORE_META, k.b, k.len, text, strlen(text));
}

enum err lead_group_of(struct leads *ls, struct store_group *grp,
		       const struct zone_set *set, uint32_t *group)
{
	struct zone_groups *g = &ls->groups;
	enum err e = ERR_OK;
	size_t i;

	if (!set->n) {
		*group = 0;
		return ERR_OK;
	}
	pthread_mutex_lock(&g->lock);
	for (i = 1; i < g->n; i++)
		if (zone_set_equal(&g->set[i], set))
			break;
	if (i == GROUPS_MAX)
		e = ERR_FULL;
	else if (i == g->n)
		g->set[g->n++] = *set;
	pthread_mutex_unlock(&g->lock);
	if (e)
		return e;
	*group = (uint32_t)i;
	if (grp)
		lead_group_put(ls, grp, *group);
	return ERR_OK;
}

bool lead_zones(const struct leads *ls, uint32_t group, struct zone_set *out)
{
	/* The lock is the group table's, not the caller's view of it. */
	struct zone_groups *g = &((struct leads *)(uintptr_t)ls)->groups;
	bool known;

	pthread_mutex_lock(&g->lock);
	known = group && group < g->n && g->set[group].n;
	if (known)
		*out = g->set[group];
	pthread_mutex_unlock(&g->lock);
	return known;
}

void lead_places_of(const struct leads *ls, const struct lead *l,
		    struct zone_set *out)
{
	struct zone_set more;

	zones_of_address(ls->zones, l->country, l->province, l->city, out);
	for (uint32_t i = 0; i < l->numbers_count; i++) {
		zones_of_number(ls->zones, l->numbers[i].e164, &more);
		(void)zone_set_join(out, &more);
	}
}
