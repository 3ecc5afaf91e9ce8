#include "msg/msg_csv.h"

#include "base/str.h"

#include <inttypes.h>
#include <string.h>

/* A quoted field: quotes doubled, line ends made spaces. */
static void field(char *buf, size_t size, const char *text)
{
	str_add(buf, size, "%s\"%s", *buf ? "," : "",
		*text && strchr("=+-@\t\r", *text) ? "'" : "");
	for (; *text; text++) {
		if (*text == '"')
			str_add(buf, size, "\"\"");
		else
			str_add(buf, size, "%c",
				*text == '\n' || *text == '\r' ? ' ' : *text);
	}
	str_add(buf, size, "\"");
}

static void hundredths(char *buf, size_t size, int32_t x100)
{
	if (x100 < 0)
		str_add(buf, size, ",");
	else
		str_add(buf, size, ",%" PRId32 ".%02" PRId32, x100 / 100,
			x100 % 100);
}

void msg_csv_head(const struct msg_report *page, char *buf, size_t size)
{
	char name[64];

	str_copy(buf, size, "agent,name,team,agents,calls,talk_s,hold_s,"
		 "wrap_s,ready_s,not_ready_s,break_s,login_s,occupancy_pct,"
		 "agent_wait_s,sales,conversion_pct");
	for (uint32_t i = 0; i < page->kinds_count; i++) {
		str_fmt(name, sizeof(name), "break %s [s]",
			page->kinds[i].label);
		field(buf, size, name);
	}
}

void msg_csv_row(const struct msg_report *page, const struct msg_report_row *r,
		 char *buf, size_t size)
{
	if (r->agent)
		str_fmt(buf, size, "%" PRIu32, r->agent);
	else
		str_copy(buf, size, "\"\"");
	field(buf, size, r->name);
	field(buf, size, r->team);
	str_add(buf, size, ",%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%" PRIu32
		",%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%" PRIu32,
		r->agents, r->calls, r->talk_s, r->hold_s, r->wrap_s,
		r->ready_s, r->not_ready_s, r->break_s, r->login_s);
	hundredths(buf, size, r->occupancy);
	if (r->wait_x10 < 0)
		str_add(buf, size, ",");
	else
		str_add(buf, size, ",%" PRId32 ".%" PRId32, r->wait_x10 / 10,
			r->wait_x10 % 10);
	str_add(buf, size, ",%" PRIu32, r->sales);
	hundredths(buf, size, r->convert);
	for (uint32_t i = 0; i < page->kinds_count; i++)
		str_add(buf, size, ",%" PRIu32, i < r->breaks_count
			? r->breaks[i].used_s : 0);
}
