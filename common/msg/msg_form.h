/*
 * msg/msg_form -- a sentence that travels as its form and its arguments, so
 * that who reads it has it in his own language.
 *
 * In      a printf format of ours and its arguments
 * Out     the arguments as texts; the form, translated by somebody, filled
 * Owns    nothing
 * Never   prints by a format that came over the wire: what it fills is
 *         copied, place by place
 */
#ifndef MSG_MSG_FORM_H
#define MSG_MSG_FORM_H

#include "base/base.h"

#include <stdarg.h>

/* Between two arguments; in none of them (C0 is no text). */
#define MSG_FORM_SEP '\x1f'

/*
 * The arguments of `fmt`, each printed as its place says.  Places: d i u x c
 * s f g and %, with flags, width, precision, and h l ll z j.  What is too
 * long is cut.
 */
void msg_form_args(char *buf, size_t size, const char *fmt, va_list ap)
	PRINTF_LIKE(3, 0);

/*
 * `form` with its places filled from `args`, in order, or as "%2$s" says;
 * `word` (may be NULL) may put another word for an argument.  A place without
 * an argument stays empty.
 */
void msg_form_fill(char *buf, size_t size, const char *form, const char *args,
		   const char *(*word)(const char *arg));

#endif
