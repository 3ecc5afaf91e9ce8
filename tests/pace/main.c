/*
 * tests/pace -- the tests' way in: what `waihu pace --stdio` and `waihu
 * simulate` do, without the rest of that program.
 */
#include "sim/sim.h"

#include "base/str.h"

int main(int argc, char **argv)
{
	if (argc >= 2 && str_eq(argv[1], "--stdio"))
		return pace_stdio(stdin, stdout);
	if (argc >= 2 && str_eq(argv[1], "simulate"))
		return simulate_main(argc - 1, argv + 1, NULL, NULL,
				     stdout);
	fprintf(stderr, "usage: pace --stdio | pace simulate [options]\n");
	return 64;
}
