/*
 * t.h -- a test is a table of cases, a case has a sentence; cmocka runs it.
 */
#ifndef TESTS_BASE_T_H
#define TESTS_BASE_T_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* Fails the test with the case's sentence. */
#define T_OK(cond, ...)                                                       \
	do {                                                                  \
		if (!(cond)) {                                                \
			print_error("not ok - " __VA_ARGS__);                 \
			print_error(" (%s)\n", #cond);                        \
			fail();                                               \
		}                                                             \
	} while (0)

#define T_RUN(tests) cmocka_run_group_tests(tests, NULL, NULL)

#endif
