/* live_hand -- who hears whom while a call is given to another. */
#include "live_priv.h"

#include "base/log.h"
#include "base/str.h"

static void must(enum err e, const char *what, const struct call *c)
{
	if (e)
		log_warn("live", "call %u: transfer: %s: %s", c->id.v, what,
			 err_text(e));
}

static void hold(struct live *l, const struct call *c, struct leg_id leg,
		 bool on)
{
	if (leg.v)
		must(media_hold(l->r.media, leg, on), "hold", c);
}

static void join(struct live *l, const struct call *c, struct leg_id leg,
		 struct leg_id to)
{
	if (leg.v && to.v)
		must(media_join(l->r.media, leg, to), "join", c);
}

/* A supervisor's leg is heard as one that has barged in. */
static void join_other(struct live *l, const struct call *c,
		       struct leg_id other, struct leg_id to, bool customer)
{
	if (!other.v || !to.v)
		return;
	if (c->hand.super.v)
		must(media_watch(l->r.media, other, to, MEDIA_BARGE), "join",
		     c);
	else if (customer)	/* he comes to the other one */
		join(l, c, to, other);
	else
		join(l, c, other, to);
}

static void part(struct live *l, const struct call *c, struct leg_id leg)
{
	if (leg.v)
		must(media_unjoin(l->r.media, leg), "part", c);
}

/* He who waits for another hears that it rings there. */
static void ringback(struct live *l, const struct call *c, struct leg_id leg,
		     bool on)
{
	char name[40];
	uint32_t tone;

	if (!leg.v)
		return;
	if (!on) {
		must(media_play_stop(l->r.media, leg), "tone off", c);
		return;
	}
	str_fmt(name, sizeof(name), "tone.%s.ringback",
		conf_text(l->r.conf, "server", NULL, "country"));
	if (!media_prompt(l->r.media, name, &tone))
		must(media_play(l->r.media, leg, tone, true), "tone", c);
}

static void do_scene(void *arg, const struct call *c, struct agent_id agent,
		     enum hand_scene scene)
{
	struct live *l = arg;
	struct leg_id customer = live_call_leg(l, c->id);
	struct leg_id mine = live_agent_leg(l, agent);
	struct leg_id other = { 0 };

	if (c->hand.asked.v)
		other = live_agent_leg(l, c->hand.asked);
	else if (c->hand.super.v && c->hand.came)
		other = live_agent_leg(l, c->hand.super);
	else if (c->hand.guest.v)
		other = live_call_leg(l, c->hand.guest);
	ringback(l, c, mine, scene == SCENE_ASK);
	switch (scene) {
	case SCENE_ALONE:
		part(l, c, other);
		hold(l, c, customer, false);
		break;
	case SCENE_ASK:
		hold(l, c, customer, true);
		break;
	case SCENE_CONSULT:
		hold(l, c, customer, true);
		hold(l, c, other, false);
		if (!c->hand.guest.v && other.v)
			must(media_beep(l->r.media, other), "beep", c);
		join_other(l, c, other, mine, false);
		break;
	case SCENE_ASIDE:
		hold(l, c, other, true);
		hold(l, c, customer, false);
		break;
	case SCENE_CONF:
		hold(l, c, other, false);
		hold(l, c, customer, false);
		break;
	case SCENE_GIVEN:
		/* The customer leaves: who listens to the agent stays there. */
		part(l, c, other);
		part(l, c, customer);
		join_other(l, c, other, customer, true);
		break;
	case SCENE_OVER:
		/* The supervisor was in the bridge already, and stays. */
		hold(l, c, customer, false);
		part(l, c, mine);
		break;
	case HAND_SCENE_COUNT:
		break;
	}
}

static void do_news(void *arg, struct agent_id agent, const struct call *c,
		    enum hand_news news)
{
	struct live *l = arg;

	log_info("call", "%llu transfer of agent %u to %s %s: %s",
		 (unsigned long long)c->uid, agent.v,
		 hand_target_word(c->hand.to), c->hand.whom,
		 hand_news_word(news));
	if (l->hooks.news)
		l->hooks.news(l->hooks.arg, agent, c, news);
}

void live_hand_doors(struct floor_doors *out)
{
	out->scene = do_scene;
	out->news = do_news;
}
