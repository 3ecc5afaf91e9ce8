/* admin_local -- commands that need no server. */
#include "admin/admin.h"

#include "base/str.h"
#include "conf/conf.h"
#include "options.h"
#include "sim/sim.h"

#include <string.h>
#include <sysexits.h>

static int config(const struct admin_opts *o, int argc, char **argv)
{
	const char *paths[16] = { "/etc/waihu/waihu.yaml",
				  "/etc/waihu/conf.d" };
	const char *verb = argc > 1 ? argv[1] : "";
	size_t n = 2;
	bool zh = !strncmp(o->lang, "zh", 2);
	struct conf *c;

	if (str_eq(verb, "default")) {
		conf_print_default(&server_options, zh, stdout);
		return 0;
	}
	if (str_eq(verb, "mdoc")) {
		conf_print_mdoc(&server_options, zh, stdout);
		return 0;
	}
	if (!str_eq(verb, "check") && !str_eq(verb, "show")) {
		fprintf(stderr, "waihu: config: say check, show, "
			"default or mdoc\n");
		return EX_USAGE;
	}
	if (argc > 2)
		for (n = 0; n < ARRAY_LEN(paths) && (int)n + 2 < argc; n++)
			paths[n] = argv[n + 2];
	if (conf_load(paths, n, &server_options, &c, conf_error_print,
		      stderr))
		return EX_CONFIG;
	int status = options_check(c, conf_error_print, stderr) ? EX_CONFIG
								: 0;

	if (!status && str_eq(verb, "show"))
		conf_print_effective(c, stdout);
	else if (!status && !o->quiet)
		puts("the configuration is good");
	conf_free(c);
	return status;
}

int admin_local(const struct admin_opts *o, int argc, char **argv)
{
	if (str_eq(argv[0], "config"))
		return config(o, argc, argv);
	if (str_eq(argv[0], "simulate"))
		return admin_sim(o, argc, argv);
	if (argc == 2 && str_eq(argv[0], "pace") &&
	    str_eq(argv[1], "--stdio"))
		return pace_stdio(stdin, stdout);
	if (str_eq(argv[0], "call"))
		return admin_call(o, argc, argv);
	return -1;
}
