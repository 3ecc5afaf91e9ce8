/*
 * msg/msg_csv -- a report as lines of CSV (RFC 4180), the same from the
 * screen and from the command.
 *
 * Times are seconds, shares per cent.  A text that a spreadsheet would take
 * for a formula gets an apostrophe before it.
 */
#ifndef MSG_MSG_CSV_H
#define MSG_MSG_CSV_H

#include "msg/msg_floor.h"

enum { MSG_CSV_LINE = 1024 };

/* The names of the columns; a page knows which breaks there are. */
void msg_csv_head(const struct msg_report *page, char *buf, size_t size);
void msg_csv_row(const struct msg_report *page, const struct msg_report_row *r,
		 char *buf, size_t size);

#endif
