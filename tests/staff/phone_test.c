/* Which telephones a terminal may name: networks, addresses, names. */
#include "base/t.h"

#include "staff/staff.h"

/* As long as a label of DNS may be (RFC 1035 2.3.4). */
#define LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
	const char *what, *uri, *net;
	bool in;
} cases[] = {
	{ "in the network", "sip:1001@192.0.2.77", "192.0.2.0/24", true },
	{ "with a port", "sip:1001@192.0.2.77:5062", "192.0.2.0/24", true },
	{ "without a user", "sip:192.0.2.77", "192.0.2.0/24", true },
	{ "beside it", "sip:1001@192.0.3.77", "192.0.2.0/24", false },
	{ "its last bit counts", "sip:192.0.2.127", "192.0.2.128/25", false },
	{ "and is enough", "sip:192.0.2.128", "192.0.2.128/25", true },
	{ "everything", "sip:203.0.113.9", "0.0.0.0/0", true },
	{ "but not another family", "sip:[2001:db8::9]", "0.0.0.0/0", false },
	{ "one address", "sip:a@192.0.2.5", "192.0.2.5", true },
	{ "is not its neighbour", "sip:a@192.0.2.50", "192.0.2.5", false },
	{ "IPv6", "sip:a@[2001:db8:1::5]:5060", "2001:db8::/32", true },
	{ "IPv6 beside it", "sip:a@[2001:db9::5]", "2001:db8::/32", false },
	{ "a name", "sip:a@PBX.example.com", "pbx.example.com", true },
	{ "not what ends in it", "sip:a@evil-pbx.example.com",
	  "pbx.example.com", false },
	{ "nor what begins so", "sip:a@pbx.example.com.evil.org",
	  "pbx.example.com", false },
	{ "a name is in no network", "sip:a@pbx.example.com", "0.0.0.0/0",
	  false },
	/* What would send the call elsewhere than the host says. */
	{ "no parameter", "sip:a@192.0.2.5;maddr=203.0.113.1", "192.0.2.5",
	  false },
	{ "no transport either", "sip:a@192.0.2.5:5060;transport=tcp",
	  "192.0.2.5", false },
	{ "no header", "sip:a@192.0.2.5?Route=x", "192.0.2.5", false },
	{ "no second @", "sip:a@192.0.2.5@203.0.113.1", "192.0.2.5", false },
	{ "no password", "sip:a:b@192.0.2.5", "192.0.2.5", false },
	{ "no escape", "sip:a%40b@192.0.2.5", "192.0.2.5", false },
	{ "no empty user", "sip:@192.0.2.5", "192.0.2.5", false },
	{ "nor one that is only cut to it",
	  "sip:a@" LONG ".evil.org", LONG, false },
	{ "a long one by itself", "sip:a@" LONG, LONG, true },
	{ "no more in brackets", "sip:a@[2001:db8::5 x]", "2001:db8::/32",
	  false },
	{ "no empty host", "sip:a@", "0.0.0.0/0", false },
	{ "no port 0", "sip:a@192.0.2.5:0", "192.0.2.5", false },
	{ "nor words for one", "sip:a@192.0.2.5:x", "192.0.2.5", false },
	{ "nor more behind it", "sip:a@[2001:db8::5]5060", "2001:db8::5",
	  false },
	{ "another scheme", "tel:+4930123", "0.0.0.0/0", false },
	{ "sips is another", "sips:a@192.0.2.5", "192.0.2.5", false },
	{ "nothing", "", "0.0.0.0/0", false },
};

static void test_in(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		T_OK(staff_phone_in(cases[i].uri, cases[i].net) == cases[i].in,
		     "%s: %s of %s", cases[i].what, cases[i].uri,
		     cases[i].net);
}

static void test_nets(void **state UNUSED)
{
	static const char *const good[] = { "192.0.2.0/24", "192.0.2.5",
		"2001:db8::/32", "::1", "pbx.example.com", "pbx-1" };
	static const char *const bad[] = { "", "192.0.2.0/33", "10.1/8",
		"1.2.3.400", "192.0.2.0/x", "a b", "pbx/24", "sip:a@b",
		"2001:db8::/129", "*" };

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		T_OK(staff_is_net(good[i]), "%s is one", good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		T_OK(!staff_is_net(bad[i]), "%s is none", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in), cmocka_unit_test(test_nets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
