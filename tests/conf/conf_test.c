/*
 * Every type, every mistake with its place, files over files, secrets, and
 * that what is printed can be read again.
 */
#include "base/str.h"
#include "base/t.h"
#include "conf/conf.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct conf_section sections[] = {
	{ "", NULL, NULL, "Top.", "顶层。" },
	{ "server", NULL, NULL, "The server.", "服务器。" },
	{ "trunks", "trunk", NULL, "Carriers.", "线路。" },
	{ "base", NULL, NULL, "For all.", "缺省。" },
	{ "campaigns", "campaign", "base", "Campaigns.", "项目。" },
};

static const struct conf_row rows[] = {
	{ "", "lang", CONF_WORD, 0, 0, 0, "en", "en|zh", "Language.", "语言。" },
	{ "server", "listen", CONF_ADDRESS, CONF_LIST, 0, 0,
	  "udp:0.0.0.0:5060", "udp|tcp|tls", "SIP.", NULL },
	{ "server", "deep", CONF_BOOL, CONF_RELOAD, 0, 0, "no", NULL, "B.", "是" },
	{ "server", "ring", CONF_DURATION, CONF_RELOAD, 1000, 300000, "25s",
	  NULL, "Ring.", NULL },
	{ "server", "size", CONF_BYTES, 0, 0, 0, "64k", NULL, "Size.", NULL },
	{ "server", "state", CONF_FILE, 0, 0, 0, NULL, NULL, "Folder.", NULL },
	{ "server", "land", CONF_TEXT, 0, 2, 2, NULL, NULL, "Land.", NULL },
	{ "server", "zone", CONF_TEXT, 0, 2, 8, NULL, NULL, ".dot \\ slash. 'Two.",
	  NULL },
	{ "trunks", "uri", CONF_URI, CONF_NEEDED, 0, 0, NULL, NULL, "U.", NULL },
	{ "trunks", "channels", CONF_INT, 0, 1, 1000, "30", "calls", "C.", NULL },
	{ "trunks", "password", CONF_TEXT, CONF_SECRET, 1, 79, NULL, NULL, "P.",
	  NULL },
	{ "trunks", "caller_ids", CONF_E164, CONF_LIST, 0, 0, NULL, NULL, "I.",
	  NULL },
	{ "base", "abandon", CONF_PERCENT, CONF_RELOAD, 0, 100000, "2.5%", NULL,
	  "A.", NULL },
	{ "base", "lines", CONF_RATIO, CONF_RELOAD, 1000000, 5000000, "1.45",
	  NULL, "L.", NULL },
	{ "base", "mode", CONF_WORD, 0, 0, 0, "preview",
	  "preview|progressive|predictive", "M.", NULL },
	{ "base", "hours", CONF_HOURS, CONF_LIST, 0, 0, NULL, NULL, "H.", NULL },
	{ "campaigns", "trunks", CONF_REF, CONF_LIST, 0, 0, NULL, "trunks",
	  "T.", NULL },
};

static const struct conf_table table = {
	sections, ARRAY_LEN(sections), rows, ARRAY_LEN(rows)
};

/* All mistakes of a run, a line each. */
struct told {
	char text[4096];
	FILE *f;
};

static void collect(const struct conf_origin *at, const char *text, void *arg)
{
	struct told *t = arg;

	if (at->line)
		str_add(t->text, sizeof(t->text), "%s:%u:%u: %s\n", at->file,
			at->line, at->column, text);
	else
		str_add(t->text, sizeof(t->text), "%s: %s\n", at->file, text);
}

static struct conf *load(const char *text, struct told *t, enum err *e)
{
	struct conf *c = NULL;

	*t = (struct told){ .f = NULL };
	*e = conf_load_text("w.yaml", text, strlen(text), &table, &c, collect,
			    t);
	T_OK(!*e == !!c, "a conf comes on success only:\n%s", t->text);
	return c;
}

/* want NULL: refused, the words are libyaml's or do not matter. */
static const struct { const char *what, *yaml, *want; } cases[] = {
	{ "the sample of the manual", "trunks:\n  telecom-a:\n"
	  "    uri: sip:a\n    chanels: 60\n",
	  "w.yaml:4:5: trunk \"telecom-a\": chanels: unknown key "
	  "(did you mean \"channels\"?)\n" },
	{ "a section misspelt", "trunk:\n  a: {uri: sip:a}\n",
	  "w.yaml:1:1: trunk: unknown key (did you mean \"trunks\"?)"
	  "\n" },
	{ "a key like nothing", "xylophone: 1\n",
	  "w.yaml:1:1: xylophone: unknown key\n" },
	{ "all mistakes in one run", "server:\n  deep: perhaps\n"
	  "  ring: 10m\n  size: big\n",
	  "w.yaml:2:9: server: deep: \"perhaps\" is not yes or no\n"
	  "w.yaml:3:9: server: ring: 10m is out of range (1s to 5m)\n"
	  "w.yaml:4:9: server: size: \"big\" is not a size (such as "
	  "512, 64k, 20M, 2G)\n" },
	{ "a duration without a unit", "server: {ring: 30}\n",
	  "w.yaml:1:16: server: ring: \"30\" needs a unit (ms, s, m, "
	  "h or d)\n" },
	{ "units in the wrong order", "server: {ring: 5s1m}\n",
	  "w.yaml:1:16: server: ring: \"5s1m\" is not a duration "
	  "(such as 250ms, 30s, 5m, 2h, 1d)\n" },
	{ "a key twice", "server:\n  deep: yes\n  deep: no\n",
	  "w.yaml:3:3: server: deep is here twice (first at line 2)\n" },
	{ "a section twice", "server:\n  deep: yes\nserver:\n  deep: no\n",
	  "w.yaml:3:1: server is here twice: put its keys under one of them\n" },
	{ "an instance twice", "trunks:\n  a: {uri: sip:a}\n"
	  "  a: {uri: sip:b}\n",
	  "w.yaml:3:3: trunk \"a\" is here twice (first at line 2)\n" },
	{ "a needed key", "trunks:\n  a: {channels: 3}\n",
	  "w.yaml:2:3: trunk \"a\": uri is missing\n" },
	{ "not a number", "trunks: {a: {uri: sip:a, channels: 6x}}\n",
	  "w.yaml:1:36: trunk \"a\": channels: \"6x\" is not a whole "
	  "number\n" },
	{ "too large a number",
	  "trunks: {a: {uri: sip:a, channels: 1001}}\n",
	  "w.yaml:1:36: trunk \"a\": channels: 1001 is out of range "
	  "(1 to 1000)\n" },
	{ "not a URI", "trunks: {a: {uri: \"sip:a b\"}}\n",
	  "w.yaml:1:19: trunk \"a\": uri: \"sip:a b\" is not a SIP URI "
	  "(sip:host...)\n" },
	{ "not a percentage", "base: {abandon: 0.025}\n",
	  "w.yaml:1:17: base: abandon: \"0.025\" is not a percentage "
	  "(such as 2.5%)\n" },
	{ "too high a percentage", "base: {abandon: 10.0001%}\n",
	  "w.yaml:1:17: base: abandon: 10.0001% is out of range "
	  "(0% to 10%)\n" },
	{ "not a decimal number", "base: {lines: 1,5}\n",
	  NULL },
	{ "a word misspelt", "base: {mode: predictiv}\n",
	  "w.yaml:1:14: base: mode: \"predictiv\" is not one of "
	  "preview, progressive, predictive (did you mean "
	  "\"predictive\"?)\n" },
	{ "an unknown protocol", "server: {listen: sctp:0.0.0.0:5}\n",
	  "w.yaml:1:18: server: listen: \"sctp:0.0.0.0:5\": protocol "
	  "must be one of udp, tcp, tls\n" },
	{ "an address without a port", "server: {listen: udp:x}\n",
	  "w.yaml:1:18: server: listen: \"udp:x\" is not an address "
	  "(such as udp:0.0.0.0:5060 or ipc:/run/waihu/ctl.sock)\n" },
	{ "a relative path", "server: {state: here}\n",
	  "w.yaml:1:17: server: state: \"here\" is not a path from the "
	  "root (/...)\n" },
	{ "too short a text", "server: {zone: x}\n",
	  "w.yaml:1:16: server: zone: must be 2 to 8 bytes long, is "
	  "1\n" },
	{ "a text that has one length", "server: {land: china}\n",
	  "w.yaml:1:16: server: land: must be 2 bytes long, is 5\n" },
	{ "a control character", "server: {zone: \"a\\eb\"}\n",
	  "w.yaml:1:16: server: zone: \"text\" holds a control "
	  "character\n" },
	{ "a zero byte", "server: {zone: \"a\\0b\"}\n",
	  "w.yaml:1:16: server: holds a zero byte\n" },
	{ "a national number", "trunks: {a: {uri: sip:a, caller_ids: "
	  "[8613800000000, 0571000]}}\n",
	  "w.yaml:1:38: trunk \"a\": caller_ids: \"0571000\" is not an "
	  "E.164 number (3 to 15 digits with the country code)\n" },
	{ "hours that end first", "base: {hours: 20:00-09:00}\n",
	  "w.yaml:1:15: base: hours: \"20:00-09:00\" is not a time of "
	  "day (such as 09:00-20:00 or mon-fri 09:00-18:00)\n" },
	{ "a name that is not there", "campaigns:\n  s: {trunks: a}\n",
	  "w.yaml:2:15: campaign \"s\": trunks: no trunk is named "
	  "\"a\"\n" },
	{ "a list where one is expected", "server: {deep: [yes]}\n",
	  "w.yaml:1:16: server: deep: expected a yes or no, found a "
	  "list\n" },
	{ "nothing where a value is expected", "server:\n  deep:\n",
	  "w.yaml:2:8: server: deep: expected a yes or no, found "
	  "nothing\n" },
	{ "keys where a value is expected", "lang: {a: 1}\n",
	  "w.yaml:1:7: lang: expected a word, found keys and values\n" },
	{ "a value where keys are expected", "server: 7\n",
	  "w.yaml:1:9: server: expected keys and values below, found a "
	  "value\n" },
	{ "a list at the top", "- a\n",
	  "w.yaml:1:1: expected keys and values below, found a list\n" },
	{ "a list in a list", "server: {listen: [[a]]}\n",
	  "w.yaml:1:19: server: listen: an item of the list is not a "
	  "value\n" },
	{ "an alias", "server: &s {deep: yes}\ntrunks: *s\n",
	  "w.yaml:1:9: server: tags (!) and anchors (&) have no use "
	  "here\nw.yaml:2:9: trunks: expected keys and values below, "
	  "found an alias\n" },
	{ "a tag", "lang: !!str zh\n",
	  "w.yaml:1:7: tags (!) and anchors (&) have no use here\n" },
	{ "a second document", "lang: zh\n---\nlang: en\n",
	  "w.yaml:2:1: a second document (---) has no use here\n" },
	{ "a name with a slash", "trunks: {../a: {uri: sip:a}}\n",
	  "w.yaml:1:10: trunks: \"../a\" is not a name (letters, "
	  "digits, - _ . and at most 40 of them)\n" },
	{ "a key that is a list", "? [a, b]\n: 1\n",
	  "w.yaml:1:3: a key must be a plain word\n" },
	{ "an escape is shown as ?", "\"a\\eb\": 1\n",
	  "w.yaml:1:1: a?b: unknown key\n" },
	{ "not YAML", "server: {deep: yes\n", NULL },
	{ "not UTF-8", "lang: \xff\n", NULL },
	{ "a tab for indentation", "server:\n\tdeep: yes\n", NULL },
};

static void mistakes(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct told t;
		enum err e;
		struct conf *c = load(cases[i].yaml, &t, &e);

		T_OK(e == ERR_FORMAT, "%s is refused", cases[i].what);
		T_OK(!cases[i].want || str_eq(t.text, cases[i].want),
		     "%s: got\n%swanted\n%s", cases[i].what, t.text,
		     cases[i].want);
		T_OK(!strncmp(t.text, "w.yaml:", 7), "%s: %s has a place",
		     cases[i].what, t.text);
		conf_free(c);
	}
}

static void values(void **state UNUSED)
{
	struct told t;
	enum err e;
	struct conf *c = load(
		"lang: zh\n"
		"server:\n"
		"  listen: [udp:*:5060, \"tls:[::1]:5061\"]\n"
		"  deep: on\n"
		"  ring: 1m30s\n"
		"  size: 2G\n"
		"  state: /var/lib/x\n"
		"  zone: 上海\n"
		"trunks:\n"
		"  a: {uri: 'sip:gw:5060;transport=udp', channels: 60,\n"
		"      caller_ids: '+8657100001, 8657100002'}\n"
		"  b: {uri: sips:b, password: open sesame}\n"
		"base: {abandon: 1%, hours: [sat 10:00-12:00 customer]}\n"
		"campaigns:\n"
		"  s: {mode: predictive, trunks: [b, a], lines: 2}\n"
		"  t: {abandon: 0.0001%, hours: []}\n", &t, &e);
	struct conf_addr a;
	struct conf_hours h;

	T_OK(c, "it is read: %s", t.text);
	T_OK(conf_word(c, "", NULL, "lang") == 1, "a word by its place");
	T_OK(conf_list_len(c, "server", NULL, "listen") == 2, "two addresses");
	T_OK(!conf_addr_parse(conf_text(c, "server", NULL, "listen"), &a) &&
	     str_eq(a.host, "0.0.0.0") && a.port == 5060, "a star is any");
	T_OK(!conf_addr_parse(conf_list_at(c, "server", NULL, "listen", 1),
			      &a) && str_eq(a.proto, "tls") &&
	     str_eq(a.host, "::1") && a.port == 5061, "brackets are taken off");
	T_OK(!conf_list_at(c, "server", NULL, "listen", 2), "and no third");
	T_OK(conf_bool(c, "server", NULL, "deep"), "on is yes");
	T_OK(conf_int(c, "server", NULL, "ring") == 90000, "in milliseconds");
	T_OK(conf_int(c, "server", NULL, "size") == 2147483648, "in bytes");
	T_OK(str_eq(conf_text(c, "server", NULL, "zone"), "上海"), "UTF-8");
	T_OK(conf_count(c, "trunks") == 2 &&
	     str_eq(conf_instance(c, "trunks", 1), "b") &&
	     !conf_instance(c, "trunks", 2), "instances in order");
	T_OK(conf_int(c, "trunks", "a", "channels") == 60 &&
	     conf_int(c, "trunks", "b", "channels") == 30 &&
	     conf_int(c, "trunks", "nobody", "channels") == 30, "defaults");
	T_OK(str_eq(conf_list_at(c, "trunks", "a", "caller_ids", 0),
		    "8657100001"), "a plus sign is taken off");
	T_OK(str_eq(conf_text(c, "trunks", "b", "password"), "open sesame") &&
	     !conf_text(c, "trunks", "a", "password") &&
	     !conf_is_set(c, "trunks", "a", "password"), "set and unset");
	T_OK(conf_int(c, "campaigns", "s", "abandon") == 10000 &&
	     conf_int(c, "campaigns", "t", "abandon") == 1 &&
	     conf_int(c, "base", NULL, "abandon") == 10000, "inherited");
	T_OK(conf_int(c, "campaigns", "s", "lines") == 2000000 &&
	     conf_int(c, "campaigns", "t", "lines") == 1450000, "ratios");
	T_OK(conf_word(c, "campaigns", "s", "mode") == 2, "its own mode");
	T_OK(conf_list_len(c, "campaigns", "t", "hours") == 0 &&
	     conf_list_len(c, "campaigns", "s", "hours") == 1,
	     "an empty list takes an inherited one away");
	T_OK(!conf_hours_parse(conf_text(c, "campaigns", "s", "hours"), &h) &&
	     h.days == 1u << 5 && h.from_min == 600 && h.to_min == 720,
	     "Saturday ten to twelve");
	T_OK(conf_origin(c, "campaigns", "s", "mode").line == 15 &&
	     conf_origin(c, "campaigns", "s", "abandon").line == 13 &&
	     conf_origin(c, "campaigns", "s", "mode").column == 13 &&
	     str_eq(conf_origin(c, "trunks", "b", "channels").file, "default"),
	     "each value knows where it comes from");
	conf_free(c);
}

static void small_parsers(void **state UNUSED)
{
	static const struct { const char *text; unsigned days; int from, to; }
	hours[] = {
		{ "09:00-20:00", 0x7f, 540, 1200 },
		{ "daily 00:00-24:00", 0x7f, 0, 1440 },
		{ "mon-fri 09:30-18:00", 0x1f, 570, 1080 },
		{ "sun 10:00-11:00", 0x40, 600, 660 },
	};
	static const char *const bad_hours[] = {
		"", "9:00-20:00", "09:00", "fri-mon 09:00-10:00", "xyz 09:00-1",
		"09:00-24:01", "09:60-10:00", "09:00-10:00 server", "mon",
		"mon-", "mon-fri", "daily ",
	};
	static const char *const bad_addr[] = {
		"", "udp", "udp:", "udp::5060", "udp:h:", "udp:h:65536",
		"udp:[::1:5", "udp:[]:5", "udp:h h:5", "ipc:relative", "ipc:",
		"udp:**:1", "toolongproto:h:1", "udp:[::1]x:5", "udp:]:5",
	};
	struct conf_hours h;
	struct conf_addr a;

	for (size_t i = 0; i < ARRAY_LEN(hours); i++)
		T_OK(!conf_hours_parse(hours[i].text, &h) &&
		     h.days == hours[i].days && h.from_min == hours[i].from &&
		     h.to_min == hours[i].to, "%s", hours[i].text);
	for (size_t i = 0; i < ARRAY_LEN(bad_hours); i++)
		T_OK(conf_hours_parse(bad_hours[i], &h), "\"%s\" is refused",
		     bad_hours[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad_addr); i++)
		T_OK(conf_addr_parse(bad_addr[i], &a), "\"%s\" is refused",
		     bad_addr[i]);
	T_OK(!conf_addr_parse("ipc:/run/x.sock", &a) &&
	     str_eq(a.path, "/run/x.sock") && str_eq(a.proto, "ipc"), "ipc");
}

static char dir[64];

static void put(const char *name, const char *text, mode_t mode)
{
	char path[128];

	str_fmt(path, sizeof(path), "%s/%s", dir, name);
	FILE *f = fopen(path, "w");

	T_OK(f && fputs(text, f) >= 0 && !fclose(f) && !chmod(path, mode),
	     "%s is written", path);
}

static enum err load_dir(struct conf **c, struct told *t)
{
	char main[128], more[128];
	const char *paths[] = { main, more };

	str_fmt(main, sizeof(main), "%s/w.yaml", dir);
	str_fmt(more, sizeof(more), "%s/conf.d", dir);
	*t = (struct told){ .f = NULL };
	*c = NULL;
	return conf_load(paths, 2, &table, c, collect, t);
}

static void files(void **state UNUSED)
{
	char text[256];
	struct told t;
	struct conf *c;

	str_copy(dir, sizeof(dir), "/tmp/conf-test-XXXXXX");
	T_OK(mkdtemp(dir), "a folder is made");
	T_OK(load_dir(&c, &t) == ERR_ABSENT && strstr(t.text, "cannot be read"),
	     "the main file must be there: %s", t.text);
	str_fmt(text, sizeof(text), "trunks:\n  a: {uri: sip:a, channels: 5,"
		" password: \"file:%s/secret\"}\n", dir);
	put("w.yaml", text, 0644);
	T_OK(load_dir(&c, &t) == ERR_FORMAT && strstr(t.text, "secret: No "
	     "such file"), "the secret must be there: %s", t.text);
	put("secret", "pssst\n", 0644);
	T_OK(load_dir(&c, &t) == ERR_FORMAT && strstr(t.text,
	     "open to everyone"), "and closed to others: %s", t.text);
	put("secret", "pssst\n", 0640);
	T_OK(!load_dir(&c, &t), "no conf.d is no mistake: %s", t.text);
	T_OK(str_eq(conf_text(c, "trunks", "a", "password"), "pssst"),
	     "a secret is the first line of its file");
	conf_free(c);

	str_fmt(text, sizeof(text), "%s/conf.d", dir);
	T_OK(!mkdir(text, 0755), "conf.d is made");
	put("conf.d/20-b.yaml", "trunks: {a: {channels: 7}, b: {uri: sip:b}}\n",
	    0644);
	put("conf.d/10-a.yaml", "trunks: {a: {channels: 6}}\n", 0644);
	put("conf.d/30-c.yaml.bak", "not: read\n", 0644);
	T_OK(!load_dir(&c, &t), "drop-ins are read: %s", t.text);
	T_OK(conf_int(c, "trunks", "a", "channels") == 7, "the later wins");
	T_OK(strstr(conf_origin(c, "trunks", "a", "channels").file,
		    "20-b.yaml") &&
	     strstr(conf_origin(c, "trunks", "a", "uri").file, "w.yaml"),
	     "and each value names its own file");
	T_OK(conf_count(c, "trunks") == 2, "a drop-in may add a trunk");
	conf_free(c);

	put("conf.d/40-d.yaml", "trunks: {b: {channels: 0}}\nx: 1\n", 0644);
	T_OK(load_dir(&c, &t) == ERR_FORMAT && !c, "one mistake anywhere and "
	     "there is no conf at all");
	str_fmt(text, sizeof(text), "rm -r %s", dir);
	T_OK(!system(text), "cleared up");
}

static char *print(const struct conf *c, bool zh)
{
	char *buf = NULL;
	size_t len;
	FILE *f = open_memstream(&buf, &len);

	T_OK(f, "memory is a file");
	if (c)
		conf_print_effective(c, f);
	else
		conf_print_default(&table, zh, f);
	fclose(f);
	return buf;
}

static void printed_again(void **state UNUSED)
{
	struct told t;
	enum err e;
	struct conf *c = load(
		"server: {listen: 'udp:h:1, tls:[::1]:2', ring: 90s,"
		" zone: \"a\\\"b: #\"}\n"
		"trunks: {a: {uri: 'sip:a;x=1', password: hush}}\n"
		"base: {abandon: 1.25%}\n"
		"campaigns: {s: {trunks: a, hours: 'mon 09:00-10:00'}}\n",
		&t, &e);
	char *once = print(c, false);

	T_OK(!strstr(once, "hush"), "no secret is printed:\n%s", once);
	T_OK(strstr(once, "    password: \"(not shown)\"  # w.yaml:2:"),
	     "but that there is one:\n%s", once);
	T_OK(strstr(once, "  ring: 1m30s  # w.yaml:1:"), "units:\n%s", once);
	struct conf *again = load(once, &t, &e);

	T_OK(again, "what was printed is read: %s in\n%s", t.text, once);
	T_OK(str_eq(conf_text(again, "server", NULL, "zone"), "a\"b: #") &&
	     conf_int(again, "campaigns", "s", "abandon") == 12500 &&
	     conf_list_len(again, "server", NULL, "listen") == 2,
	     "and means the same:\n%s", once);
	free(once);
	conf_free(c);
	conf_free(again);
}

/* "#key: value" lines of the default file, uncommented. */
static void uncomment(char *text)
{
	char *to = text;

	for (char *p = text; *p; ) {
		char *end = strchr(p, '\n');
		char *hash = p + strspn(p, " ");
		bool option = hash[0] == '#' && hash[1] != '#' &&
			      memchr(p, ':', (size_t)(end - p));
		bool empty = end[-1] == ':';

		for (; p <= end; p++)
			if (!(option && p == hash && (!empty ||
			      !strncmp(hash, "#a-", 3))))
				*to++ = *p;
	}
	*to = '\0';
}

static void default_file(void **state UNUSED)
{
	for (int zh = 0; zh < 2; zh++) {
		struct told t;
		enum err e;
		char *text = print(NULL, zh);
		struct conf *c = load(text, &t, &e);

		T_OK(c, "the default file is read: %s in\n%s", t.text, text);
		T_OK(!conf_count(c, "trunks"), "and sets nothing");
		conf_free(c);
		T_OK(!!strstr(text, zh ? "语言。" : "Language."), "help");
		T_OK(!!strstr(text, "(duration; 1s to 5m)"), "range:\n%s", text);
		uncomment(text);
		c = load(text, &t, &e);
		T_OK(!c && str_eq(t.text, "") == false &&
		     strstr(t.text, "trunk \"a-trunk\": uri is missing") &&
		     !strstr(t.text, "unknown"), "uncommented, only the "
		     "needed key is missing: %s in\n%s", t.text, text);
		free(text);
	}
}

static void tables_printed(void **state UNUSED)
{
	char *buf = NULL;
	size_t len;
	FILE *f = open_memstream(&buf, &len);

	conf_print_mdoc(&table, false, f);
	conf_print_options(&table, true, f);
	fclose(f);
	T_OK(strstr(buf, ".It Cm channels\nC.\n.Pq whole number; 1 to 1000 "
		    "calls; default \\&30; at start only\n"), "mdoc:\n%s", buf);
	T_OK(strstr(buf, "\n\\&.dot \\e slash.\n\\&'Two.\n.Pq text; 2 to 8 "
		    "bytes"), "mdoc is escaped, a sentence a line:\n%s", buf);
	T_OK(strstr(buf, "base.mode\tword\tpreview, progressive or predictive"
		    "\tpreview\tM.\n"), "options:\n%s", buf);
	T_OK(strstr(buf, "lang\tword\ten or zh\ten\t语言。\n"), "zh:\n%s", buf);
	free(buf);
}

static void change(const char *section, const char *inst, const char *key,
		   bool live, void *arg)
{
	str_add(arg, 512, "%s/%s/%s%s ", section, inst ? inst : "-",
		key ? key : "*", live ? "" : "!");
}

static void compared(void **state UNUSED)
{
	struct told t;
	enum err e;
	char got[512] = "";
	struct conf *a = load("server: {deep: yes, size: 1k}\n"
			      "trunks: {a: {uri: sip:a}, b: {uri: sip:b}}\n",
			      &t, &e);
	struct conf *b = load("server: {deep: no, size: 2k}\n"
			      "trunks: {b: {uri: sip:b, channels: 31}, "
			      "c: {uri: sip:c}}\n", &t, &e);

	conf_compare(a, b, change, got);
	T_OK(str_eq(got, "server/-/deep server/-/size! trunks/a/* "
		    "trunks/b/channels! trunks/c/* "), "what changed: %s", got);
	got[0] = '\0';
	conf_compare(a, a, change, got);
	T_OK(!*got, "nothing did: %s", got);
	conf_free(a);
	conf_free(b);
}

/* Whatever is cut off, the rest is refused or read, and nothing else. */
static void truncated(void **state UNUSED)
{
	const char *text = "server: {listen: [udp:h:1], ring: 90s}\n"
		"trunks: {a: {uri: 'sip:a', password: hush}}\n";

	for (size_t n = 0; n <= strlen(text); n++) {
		struct told t = { .f = NULL };
		struct conf *c = NULL;
		char *cut = malloc(n ? n : 1);

		memcpy(cut, text, n);
		enum err e = conf_load_text("w.yaml", cut, n, &table, &c,
					    collect, &t);

		T_OK(e ? e == ERR_FORMAT && *t.text : !!c,
		     "cut at %zu: refused with words, or read", n);
		free(cut);
		conf_free(c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mistakes),
		cmocka_unit_test(values),
		cmocka_unit_test(small_parsers),
		cmocka_unit_test(files),
		cmocka_unit_test(printed_again),
		cmocka_unit_test(default_file),
		cmocka_unit_test(tables_printed),
		cmocka_unit_test(compared),
		cmocka_unit_test(truncated),
	};

	return T_RUN(tests);
}
