/* house_forecast -- the pacing page's outlook, from the code that paces. */
#include "house_priv.h"

void house_forecast(struct house *h UNUSED, struct campaign_id id UNUSED,
		    const struct campaign_conf *now UNUSED,
		    const struct campaign_conf *staged UNUSED,
		    struct msg_pacing *out)
{
	out->forecast_count = 0;	/* none: the page says "no forecast" */
}
