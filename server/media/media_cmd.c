/*
 * media_cmd.c -- what the loop's orders do, in the worker.
 */
#include "media/media_priv.h"

#include <sys/epoll.h>
#include <unistd.h>

#include "base/log.h"

static void adopt(struct worker *w, struct leg_id id)
{
	uint32_t slot = id.v & 0xffff;
	struct leg *l = &w->m->legs[slot];
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = slot };
	struct epoll_event beside = { .events = EPOLLIN,
				      .data.u32 = FD_RTCP | slot };

	w->ids[slot] = id.v;
	l->list_at = w->n_legs;
	w->legs[w->n_legs++] = l;
	if (epoll_ctl(w->epfd, EPOLL_CTL_ADD, l->fd, &ev))
		log_err("media", "leg %u is deaf: epoll refused it", id.v);
	if (l->rtcp_fd >= 0 &&
	    epoll_ctl(w->epfd, EPOLL_CTL_ADD, l->rtcp_fd, &beside))
		log_warn("media", "leg %u hears no reports", id.v);
	leg_publish(w, l);
	play_retick(w, l);
}

/* Nothing of the worker points at the leg any more. */
static void let_go(struct worker *w, struct leg *l)
{
	struct leg *last = w->legs[--w->n_legs];

	bridge_leave(w, l);
	play_untick(w, l);
	w->legs[l->list_at] = last;
	last->list_at = l->list_at;
	w->ids[l->slot] = 0;
	(void)epoll_ctl(w->epfd, EPOLL_CTL_DEL, l->fd, NULL);
	if (l->rtcp_fd >= 0)
		(void)epoll_ctl(w->epfd, EPOLL_CTL_DEL, l->rtcp_fd, NULL);
}

static void tell_gone(struct worker *w, struct leg *l, enum note_kind kind)
{
	l->gone = (struct note){ .kind = kind, .borrowed = true,
				 .ev.leg = { l->id } };
	/* The queue's bound is beyond reach, and nobody else counts on it. */
	if (mpsc_push(&w->m->notes, &l->gone.node))
		log_err("media", "leg %u is lost: queue full", l->id);
}

static void release(struct worker *w, struct leg *l)
{
	let_go(w, l);
	rec_flush(w);		/* before what the next worker records */
	tell_gone(w, l, NOTE_RELEASED);
}

static void leg_end(struct worker *w, struct leg *l)
{
	rec_stop(w, l);
	leg_publish(w, l);	/* the last word, for ENDED */
	let_go(w, l);
	close(l->fd);
	if (l->rtcp_fd >= 0)
		close(l->rtcp_fd);
	l->fd = l->rtcp_fd = -1;
	tell_gone(w, l, NOTE_FREED);
}

static void join(struct worker *w, struct leg *l, struct leg *to)
{
	enum err e;

	if (!to)
		return;
	if (play_is_on(l))
		play_end(w, l, false);
	e = bridge_join(w, l, to);
	if (e)
		log_warn("media", "leg %u cannot join leg %u: %s", l->id,
			 to->id, err_text(e));
}

static void watch(struct worker *w, struct leg *l, struct leg *agent,
		  uint32_t mode)
{
	l->watch = (enum media_watch_mode)mode;
	l->watched = agent ? agent->id : 0;
	if (agent && l->bridge && l->bridge == agent->bridge)
		bridge_update(w, l->bridge);
	else
		join(w, l, agent);
}

static void cut(struct worker *w, struct leg *l, const struct leg *source,
		bool on)
{
	uint8_t bit;

	if (!source || !l->bridge || l->bridge != source->bridge)
		return;
	bit = (uint8_t)(1u << source->place);
	if (on)
		l->bridge->cut[l->place] |= bit;
	else
		l->bridge->cut[l->place] &= (uint8_t)~bit;
	bridge_update(w, l->bridge);
}

static void flag(struct worker *w, struct leg *l, bool *what, bool on)
{
	*what = on;
	if (l->bridge)
		bridge_update(w, l->bridge);
	play_retick(w, l);
}

static void obey_leg(struct worker *w, struct leg *l, const struct cmd *c)
{
	switch (c->kind) {
	case CMD_RELEASE:
		release(w, l);
		break;
	case CMD_FREE:
		leg_end(w, l);
		break;
	case CMD_PEER:
		leg_peer(w, l, c);
		break;
	case CMD_JOIN:
		join(w, l, worker_leg(w, c->other));
		break;
	case CMD_UNJOIN:
		l->held = false;
		bridge_leave(w, l);
		break;
	case CMD_HOLD:
		flag(w, l, &l->held, c->on);
		break;
	case CMD_MUTE:
		flag(w, l, &l->muted, c->on);
		break;
	case CMD_WATCH:
		watch(w, l, worker_leg(w, c->other), c->n);
		break;
	case CMD_CUT:
		cut(w, l, worker_leg(w, c->other), c->on);
		break;
	case CMD_PLAY:
		play_start(w, l, c->n, c->on);
		break;
	case CMD_PLAY_STOP:
		if (play_is_on(l))
			play_end(w, l, false);
		break;
	case CMD_DTMF:
		play_digits(w, l, c->digits);
		break;
	case CMD_LISTEN:
		hear_start(w, l, (enum ears_phase)c->n, c->country);
		break;
	case CMD_REC:
		rec_start(w, l, c->n);
		break;
	case CMD_REC_PAUSE:
		rec_pause(w, l, c->on);
		break;
	case CMD_REC_STOP:
		rec_stop(w, l);
		break;
	case CMD_ADOPT:
	case CMD_QUIT:
		break;
	}
}

void cmd_obey(struct worker *w, const struct cmd *c)
{
	struct leg *l;

	if (c->kind == CMD_QUIT) {
		for (uint32_t i = 0; i < w->n_legs; i++)
			rec_stop(w, w->legs[i]);
		w->quit = true;
	} else if (c->kind == CMD_ADOPT) {
		adopt(w, c->leg);
	} else if ((l = worker_leg(w, c->leg))) {
		obey_leg(w, l, c);
	}
}
