#include "media/media_priv.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/str.h"

void note_event(struct media *m, const struct media_event *ev,
		const char *path, uint32_t rec)
{
	struct note *n = NULL;

	if (atomic_load_explicit(&m->notes.count, memory_order_relaxed) <
	    EVENTS_MAX)
		n = calloc(1, sizeof(*n));
	if (!n) {
		atomic_fetch_add(&m->notes_lost, 1);
		return;
	}
	n->kind = NOTE_EVENT;
	n->ev = *ev;
	n->rec = rec;
	str_copy(n->path, sizeof(n->path), path);
	if (mpsc_push(&m->notes, &n->node)) {
		atomic_fetch_add(&m->notes_lost, 1);
		free(n);
	}
}

void note_leg(struct worker *w, struct leg *l, enum media_event_kind kind,
	      uint32_t ms)
{
	note_event(w->m, &(struct media_event){ .kind = kind,
						.leg = { l->id },
						.ms = ms }, NULL, NO_REC);
}
