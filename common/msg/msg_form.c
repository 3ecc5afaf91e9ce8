#include "msg/msg_form.h"

#include "base/str.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SPEC_MAX = 24, ARG_MAX = 512 };

/* One place: "%-5.2lf".  Length of its text; *conv is its letter. */
static size_t place(const char *p, char *conv, unsigned *longs, bool *size)
{
	size_t n = 1;

	*longs = 0;
	*size = false;
	n += strspn(p + n, "-+ #0123456789.$");
	for (; p[n] && strchr("hlzj", p[n]); n++) {
		*longs += p[n] == 'l' || p[n] == 'j';
		*size |= p[n] == 'z';
	}
	*conv = p[n];
	return p[n] ? n + 1 : n;
}

/* The number of an argument as the place asks for it, as text. */
static void print_one(char *buf, size_t size, const char *spec, char conv,
		      unsigned longs, bool is_size, va_list *ap)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	if (conv == 's')
		snprintf(buf, size, spec, va_arg(*ap, const char *));
	else if (conv == 'f' || conv == 'g')
		snprintf(buf, size, spec, va_arg(*ap, double));
	else if (is_size)
		snprintf(buf, size, spec, va_arg(*ap, size_t));
	else if (longs == 2)
		snprintf(buf, size, spec, va_arg(*ap, long long));
	else if (longs == 1)
		snprintf(buf, size, spec, va_arg(*ap, long));
	else
		snprintf(buf, size, spec, va_arg(*ap, int));
#pragma GCC diagnostic pop
}

void msg_form_args(char *buf, size_t size, const char *fmt, va_list ap)
{
	va_list own;

	va_copy(own, ap);
	*buf = '\0';
	for (const char *p = fmt; (p = strchr(p, '%'));) {
		char spec[SPEC_MAX], arg[ARG_MAX], conv;
		unsigned longs;
		bool is_size;
		size_t n = place(p, &conv, &longs, &is_size);

		if (conv == '%') {
			p += n;
			continue;
		}
		if (!strchr("diuxcsfg", conv) ||
		    !str_fmt(spec, sizeof(spec), "%.*s", (int)n, p))
			break;
		print_one(arg, sizeof(arg), spec, conv, longs, is_size, &own);
		for (char *c = arg; *c; c++)
			if ((unsigned char)*c < 0x20)
				*c = ' ';
		while (*arg && !str_is_utf8(arg, strlen(arg)))
			arg[strlen(arg) - 1] = '\0';
		str_add(buf, size, "%s%c", arg, MSG_FORM_SEP);
		p += n;
	}
	va_end(own);
}

/* The i-th argument, from 0. */
static void nth(const char *args, unsigned i, char *buf, size_t size)
{
	const char *end;

	for (; i; i--) {
		end = strchr(args, MSG_FORM_SEP);
		args = end ? end + 1 : "";
	}
	end = strchr(args, MSG_FORM_SEP);
	str_fmt(buf, size, "%.*s", (int)(end ? (size_t)(end - args)
					     : strlen(args)), args);
}

void msg_form_fill(char *buf, size_t size, const char *form, const char *args,
		   const char *(*word)(const char *arg))
{
	unsigned next = 0;

	*buf = '\0';
	while (*form) {
		size_t n = strcspn(form, "%");
		char arg[ARG_MAX], conv, *end;
		unsigned longs, at;
		bool is_size;

		str_add(buf, size, "%.*s", (int)n, form);
		form += n;
		if (!*form)
			return;
		n = place(form, &conv, &longs, &is_size);
		if (!conv)
			return;		/* cut in a place */
		if (conv == '%') {
			str_add(buf, size, "%%");
		} else {
			at = (unsigned)strtoul(form + 1, &end, 10);
			at = *end == '$' && at ? at - 1 : next++;
			nth(args, at, arg, sizeof(arg));
			str_add(buf, size, "%s", word ? word(arg) : arg);
		}
		form += n;
	}
}
