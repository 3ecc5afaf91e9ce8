/* A sentence goes over the wire as form and arguments, and comes out in
 * another language with each in its place. */
#include "base/str.h"
#include "base/t.h"
#include "msg/msg_form.h"

#include <string.h>

static void args_of(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	msg_form_args(buf, size, fmt, ap);
	va_end(ap);
}

static const char *word(const char *arg)
{
	return str_eq(arg, "no room left") ? "满了" : arg;
}

static void sentences(void **state)
{
	static const struct {
		const char *what, *form, *want;
	} fills[] = {
		{ "in order", "%s: %d of %llu (%zu)", "spring: -3 of "
		  "18446744073709551615 (7)" },
		{ "in another order", "%4$zu/%3$llu, %2$d: %1$s",
		  "7/18446744073709551615, -3: spring" },
		{ "a percent sign", "100%% %s", "100% spring" },
		{ "fewer places than arguments", "x %s", "x spring" },
		{ "a place without an argument is empty", "%9$s|", "|" },
		{ "no place", "nothing", "nothing" },
		{ "a form cut in a place", "%s %", "spring " },
		{ "what a format can do to memory, it cannot", "%n%5$s",
		  "spring" },
	};
	char args[400], out[400];

	(void)state;

	args_of(args, sizeof(args), "%s: %d of %llu (%zu)", "spring", -3,
		UINT64_MAX, (size_t)7);
	for (size_t i = 0; i < ARRAY_LEN(fills); i++) {
		msg_form_fill(out, sizeof(out), fills[i].form, args, NULL);
		T_OK(str_eq(out, fills[i].want), "%s: %s", fills[i].what, out);
	}
	args_of(args, sizeof(args), "%.1f%% of %5u, %s", 2.55, 12u,
		"no room left");
	msg_form_fill(out, sizeof(out), "%3$s %1$.1f%% %2$u", args, word);
	T_OK(str_eq(out, "满了 2.5%    12") || str_eq(out, "满了 2.6%    12"),
	     "numbers as their places say, words translated: %s", out);
	args_of(args, sizeof(args), "%s", "a\x1f""b\n");
	msg_form_fill(out, sizeof(out), "[%s]", args, NULL);
	T_OK(str_eq(out, "[a b ]"), "no argument makes two: %s", out);
	args_of(args, 8, "%s %s", "chinesisch", "x");
	T_OK(strlen(args) < 8, "what is too long is cut");
	msg_form_fill(out, 4, "%s%s%s%s", args, NULL);
	T_OK(strlen(out) < 4, "and so is what is filled");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(sentences) };

	return T_RUN(tests);
}
