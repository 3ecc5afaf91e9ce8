/*
 * Lists from files, friendly and hostile.
 */
#include "base/t.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "gate/gate.h"
#include "lead/lead_world.h"

#define ROW_SIZE 4096
#define H "phone,name\n"

/* Formats at p, which has room; returns the length. */
static size_t PRINTF_LIKE(2, 3) put(char *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(p, 128, fmt, ap);

	va_end(ap);
	return (size_t)n;
}

/* ---- tables of small files ------------------------------------------------------- */

static const struct {
	const char *what;
	const char *text;
	size_t len;			/* 0: strlen                         */
	const char *map;
	enum err want;
	unsigned added, rejected, dup_file, repaired;
	const char *reason;		/* in the reject file or the state   */
} files[] = {
	{ "two plain rows", H "13800138000,Ada\n13800138001,Bob\n", 0, NULL,
	  ERR_OK, 2, 0, 0, 0, NULL },
	{ "no line end at the end", H "13800138000,Ada", 0, NULL,
	  ERR_OK, 1, 0, 0, 0, NULL },
	{ "a BOM", "\xef\xbb\xbf" H "13800138000,Ada\n", 0, NULL,
	  ERR_OK, 1, 0, 0, 0, NULL },
	{ "CRLF, LF and CR mixed",
	  "phone,name\r\n13800138000,A\n13800138001,B\r13800138002,C\r\n", 0,
	  NULL, ERR_OK, 3, 0, 0, 0, NULL },
	{ "blank rows", "\n\n" H "\n13800138000,A\n\r\n\n13800138001,B\n\n", 0,
	  NULL, ERR_OK, 2, 0, 0, 0, NULL },
	{ "quotes, commas and a line end inside",
	  H "13800138000,\"Lovelace, \"\"Ada\"\"\nCountess\"\n", 0, NULL,
	  ERR_OK, 1, 0, 0, 0, NULL },
	{ "a quote never closed", H "13800138000,Ada\n13800138001,\"Bob\n", 0,
	  NULL, ERR_OK, 1, 1, 0, 0, "3,2,\"a quote is never closed\"" },
	{ "semicolons", "phone;name\n13800138000;Ada\n", 0, NULL,
	  ERR_OK, 1, 0, 0, 0, NULL },
	{ "tabs", "name\tphone\nAda\t13800138000\n", 0, NULL,
	  ERR_OK, 1, 0, 0, 0, NULL },
	{ "Chinese headers in UTF-8", "姓名,手机号\n王芳,13800138000\n", 0, NULL,
	  ERR_OK, 1, 0, 0, 0, NULL },
	{ "no header: the column that is a number", "Ada,13800138000\n", 0,
	  NULL, ERR_OK, 1, 0, 0, 0, NULL },
	{ "a map by number, no header", "17,13800138000,Ada\n", 0,
	  "phone=2,name=3", ERR_OK, 1, 0, 0, 0, NULL },
	{ "a map by header", "a,b\n13800138000,Ada\n", 0, "phone=a,name=b",
	  ERR_OK, 1, 0, 0, 0, NULL },
	{ "a map to a header that is not there", "a,b\n13800138000,Ada\n", 0,
	  "phone=c", ERR_FORMAT, 0, 0, 0, 0, "the file has no column c" },
	{ "a map to a column beyond the row", "13800138000,Ada\n", 0,
	  "phone=3", ERR_FORMAT, 0, 0, 0, 0, "no column" },
	{ "no phone column at all", "a,b\nx,y\n", 0, NULL,
	  ERR_FORMAT, 0, 0, 0, 0, "no column of phone numbers" },
	{ "an empty file", "", 0, NULL, ERR_OK, 0, 0, 0, 0, NULL },
	{ "only line ends", "\n\n\r\n", 0, NULL, ERR_FORMAT, 0, 0, 0, 0,
	  "no row" },
	{ "only a header", H, 0, NULL, ERR_OK, 0, 0, 0, 0, NULL },
	{ "a NUL", H "13800138000,A\0b\n13800138001,C\n", 40, NULL,
	  ERR_OK, 1, 1, 0, 0, "2,2,\"a NUL byte\"" },
	{ "too many columns", H "13800138000,A,surplus\n", 0, NULL,
	  ERR_OK, 0, 1, 0, 0, "more columns than the first row" },
	{ "a column short is fine if the phone is there", H "13800138000\n", 0,
	  NULL, ERR_OK, 1, 0, 0, 0, NULL },
	{ "the phone is missing", "name,phone\nAda\n", 0, NULL,
	  ERR_OK, 0, 1, 0, 0, "2,2,\"columns are missing\"" },
	{ "the phone is empty", H ",Ada\n", 0, NULL,
	  ERR_OK, 0, 1, 0, 0, "2,1,\"no phone number\"" },
	{ "the same number twice, written differently",
	  H "13800138000,A\n+86 138-0013-8000,B\n", 0, NULL,
	  ERR_OK, 1, 0, 1, 0, NULL },
	{ "Excel's 1.38E+10", H "1.38E+10,A\n13800138000,B\n", 0, NULL,
	  ERR_OK, 1, 1, 0, 0, "2,1,\"Excel wrote it as a power of ten" },
	{ "a mantissa with every digit", H "1.3800138001E+10,A\n", 0, NULL,
	  ERR_OK, 1, 0, 0, 1, NULL },
	{ "####", H "########,A\n13800138000,B\n", 0, NULL,
	  ERR_OK, 1, 1, 0, 0, "too narrow" },
	{ "two numbers in a cell", H "13800138000/13900139000,A\n", 0, NULL,
	  ERR_OK, 1, 0, 0, 0, NULL },
	{ "a word instead", H "unknown,A\n13800138000,B\n", 0, NULL,
	  ERR_OK, 1, 1, 0, 0, "letters in the number" },
	{ "a number of nobody", H "12345678901,A\n13800138000,B\n", 0, NULL,
	  ERR_OK, 1, 1, 0, 0, "in the country" },
	{ "a tier that is none", "phone,tier\n13800138000,E\n", 0, NULL,
	  ERR_OK, 0, 1, 0, 0, "2,2,\"the tier" },
	{ "a consent without a date", "phone,consent\n13800138000,sms\n", 0,
	  NULL, ERR_OK, 0, 1, 0, 0, "without its date" },
	{ "a consent of tomorrow",
	  "phone,consent,consent_at\n13800138000,sms,2026-11-24\n", 0, NULL,
	  ERR_OK, 0, 1, 0, 0, "in the future" },
	{ "the 30th of February",
	  "phone,consent,consent_at\n13800138000,sms,2026-02-30\n", 0, NULL,
	  ERR_OK, 0, 1, 0, 0, "not a date" },
	{ "a kind of consent nobody knows",
	  "phone,consent,consent_at\n13800138000,nod,2026-02-03\n", 0, NULL,
	  ERR_OK, 0, 1, 0, 0, "no such kind" },
	{ "neither UTF-8 nor GB18030", H "13800138000,\xff\xff\xff\n", 0, NULL,
	  ERR_FORMAT, 0, 0, 0, 0, "neither UTF-8 nor GB18030" },
	{ "UTF-16 with a BOM",
	  "\xff\xfep\0h\0o\0n\0e\0\n\0001\0003\0008\0000\0000\0001\0003\0008\0"
	  "0\0000\0000\0\n\0", 38, NULL, ERR_OK, 1, 0, 0, 0, NULL },
};

static void small_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct lead_world w;
		struct lead_import_state st;
		struct lead_import_conf conf = { .map = files[i].map };
		char reject[2048];
		size_t len = files[i].len ? files[i].len
					  : strlen(files[i].text);

		lead_world_open(&w, NULL);
		enum err e = lead_world_import(&w, conf, files[i].text, len,
					       reject, sizeof(reject), &st);

		T_OK(e == files[i].want && st.err == e, "%s: %s: %s",
		     files[i].what, err_text(e), st.why);
		T_OK(st.added == files[i].added, "%s: %llu added: %s",
		     files[i].what, (unsigned long long)st.added, reject);
		T_OK(st.rejected == files[i].rejected, "%s: %llu rejected: %s",
		     files[i].what, (unsigned long long)st.rejected, reject);
		T_OK(st.dup_file == files[i].dup_file &&
			     st.repaired == files[i].repaired,
		     "%s: %llu twice, %llu mended", files[i].what,
		     (unsigned long long)st.dup_file,
		     (unsigned long long)st.repaired);
		T_OK(!files[i].reason || strstr(reject, files[i].reason) ||
			     strstr(st.why, files[i].reason),
		     "%s: \"%s%s\"", files[i].what, reject, st.why);
		T_OK(lead_world_count(&w, LEAD_READY) == files[i].added,
		     "%s: READY", files[i].what);
		lead_world_close(&w);
	}
}

/* ---- what is in the lead ------------------------------------------------------------ */

static enum err to_gate(void *arg, struct store_group *grp, uint64_t person,
			const struct lead_consent *c)
{
	struct gate_consent g = { .person = person, .at_s = c->at_s };
	enum gate_consent_kind k;
	enum gate_purpose p;
	enum err e = gate_consent_from_word(c->kind, &k);

	if (!e)
		e = gate_purpose_from_word(c->purpose, &p);
	if (e)
		return e;
	g.kind = k;
	g.purpose = p;
	str_copy(g.proof, sizeof(g.proof), c->proof);
	return gate_consent_add(arg, grp, &g);
}

static void every_column(void **state)
{
	static const char text[] =
		"客户编号,姓名,手机号,电话,省份,城市,等级,标签,授权方式,授权时间,"
		"授权凭证,备注,消费额\n"
		"C-17,王芳,138 0013 8000,021-12345678,上海,上海,b,vip,短信,"
		"2026年1月2日,sms 99,常客,\"1,250\"\n";
	struct lead_world w;
	struct lead_import_state st;
	struct gate *gate;
	struct lead l;
	char why[200];

	(void)state;
	lead_world_open(&w, NULL);
	T_OK(!gate_open(&(struct gate_conf){ w.store, w.zones,
					     "data/profiles.tsv",
					     "data/holidays.tsv" },
			&gate, why, sizeof(why)), "%s", why);
	struct lead_import_conf conf = { .tags = "spring", .consent = to_gate,
					 .consent_arg = gate };

	T_OK(!lead_world_import(&w, conf, text, sizeof(text) - 1, NULL, 0,
				&st) && st.added == 1 && st.consents == 1,
	     "%s", st.why);
	T_OK(!lead_world_next(&w, &l), "called");
	T_OK(l.numbers_count == 2 && str_eq(l.numbers[0].e164,
					    "8613800138000") &&
		     str_eq(l.numbers[1].e164, "862112345678"), "numbers");
	T_OK(str_eq(l.name, "王芳") && str_eq(l.city, "上海") &&
		     str_eq(l.tags, "vip,spring") && l.tier == 2 &&
		     l.priority == 150 && str_eq(l.note, "常客") &&
		     str_eq(l.key, "C-17"), "the columns");
	const struct lead_list *list = lead_list(w.leads, w.list);

	T_OK(l.fields_count == 1 && str_eq(l.fields[0].value, "1,250") &&
		     str_eq(list->labels[l.fields[0].label].name, "消费额"),
	     "an own column");
	struct gate_consent c[2];
	size_t n;

	T_OK(!gate_consent_list(gate, l.person, c, 2, &n) && n == 1 &&
		     c[0].kind == CONSENT_SMS && str_eq(c[0].proof, "sms 99") &&
		     c[0].at_s == INT64_C(1767312000), "the consent");
	T_OK(lead_person(w.leads, "862112345678") == l.person,
	     "the second number is the same person");
	gate_free(gate);
	lead_world_close(&w);
}

static void gbk(void **state)
{
	/* 姓名,手机号 / 王芳,13800138000 / 联通,13800138001 in GBK */
	static const char text[] =
		"\xd0\xd5\xc3\xfb,\xca\xd6\xbb\xfa\xba\xc5\n"
		"\xcd\xf5\xb7\xbc,13800138000\n"
		"\xc1\xaa\xcd\xa8,13800138001\n";
	struct lead_world w;
	struct lead_import_state st;
	struct lead l;

	(void)state;
	lead_world_open(&w, NULL);
	T_OK(!lead_world_import(&w, (struct lead_import_conf){ 0 }, text,
				sizeof(text) - 1, NULL, 0, &st) &&
		     st.added == 2 && str_eq(st.charset, "GB18030"),
	     "%s %s", st.charset, st.why);
	T_OK(!lead_world_next(&w, &l) && str_eq(l.name, "王芳"), "%s", l.name);
	T_OK(!lead_world_next(&w, &l) && str_eq(l.name, "联通"),
	     "what looks like UTF-8 alone: %s", l.name);
	lead_world_close(&w);
}

/* A line of 10 MB is refused as it comes, and the next one is read. */
static void long_line(void **state)
{
	static const char *const parts[] = { "\"", "", "x ", "x\"\"" };
	struct lead_world w;
	struct lead_import_state st;
	char reject[ROW_SIZE];

	(void)state;
	for (size_t p = 0; p < ARRAY_LEN(parts); p++) {
		size_t size = 10u << 20, n;
		char *text = malloc(size + 200);

		n = put(text, "phone,name\n13800138000,%s",
				       parts[p]);
		memset(text + n, p == 2 ? ' ' : 'x', size);
		n += size;
		n += put(text + n, "%s\n13800138001,B\n",
					p == 0 ? "\"" : "");
		lead_world_open(&w, NULL);
		T_OK(!lead_world_import(&w, (struct lead_import_conf){ 0 },
					text, n, reject, sizeof(reject), &st),
		     "%s", st.why);
		T_OK(st.rejected == 1 && st.added == 1, "case %zu: %llu, %llu",
		     p, (unsigned long long)st.rejected,
		     (unsigned long long)st.added);
		T_OK(strstr(reject, "2,2,\"the field is too long\""), "%s",
		     reject);
		lead_world_close(&w);
		free(text);
	}
}

/* ---- duplicates, dry runs, repeats --------------------------------------------------- */

static void duplicates(void **state)
{
	struct lead_world w;
	struct lead_import_state st;
	static const char a[] = H "13800138000,A\n13800138001,B\n";
	static const char b[] = H "13800138001,B\n13800138002,C\n";

	(void)state;
	lead_world_open(&w, NULL);
	struct list_id other = lead_world_list(&w, "other");
	struct list_id third = lead_world_list(&w, "third");
	struct lead_import_conf conf = { .check = true };

	T_OK(!lead_world_import(&w, conf, a, sizeof(a) - 1, NULL, 0, &st) &&
		     st.added == 2, "a dry run would add two");
	T_OK(lead_world_count(&w, LEAD_READY) == 0, "and adds none");
	conf.check = false;
	T_OK(!lead_world_import(&w, conf, a, sizeof(a) - 1, NULL, 0, &st) &&
		     st.added == 2, "added");
	conf.check = true;
	T_OK(!lead_world_import(&w, conf, b, sizeof(b) - 1, NULL, 0, &st) &&
		     st.added == 1 && st.dup_list == 1, "a dry run knows them");
	conf.check = false;
	T_OK(!lead_world_import(&w, conf, a, sizeof(a) - 1, NULL, 0, &st) &&
		     !st.added && st.dup_list == 2, "again: nothing");
	conf.list = other;
	conf.dup = LEAD_DUP_CAMPAIGN;
	conf.siblings = &w.list;
	conf.siblings_n = 1;
	T_OK(!lead_world_import(&w, conf, b, sizeof(b) - 1, NULL, 0, &st) &&
		     st.added == 1 && st.dup_other == 1, "a sibling's");
	conf.list = third;
	T_OK(!lead_world_import(&w, conf, b, sizeof(b) - 1, NULL, 0, &st) &&
		     st.added == 1 && st.dup_other == 1,
	     "another list of no campaign of ours does not count");
	conf.dup = LEAD_DUP_LIST;
	T_OK(!lead_world_import(&w, conf, a, sizeof(a) - 1, NULL, 0, &st) &&
		     st.added == 2, "unless asked, other lists do not matter: "
				    "%llu", (unsigned long long)st.added);
	lead_world_close(&w);
}

/* A stranger's number in a second list is the same person. */
static void persons(void **state)
{
	struct lead_world w;
	struct lead_import_state st;
	static const char a[] = "phone,key\n13800138000/13900139000,K1\n";
	static const char b[] = H "13900139000,Ada\n";
	struct lead l;

	(void)state;
	lead_world_open(&w, NULL);
	struct list_id other = lead_world_list(&w, "other");

	T_OK(!lead_world_import(&w, (struct lead_import_conf){ 0 }, a,
				sizeof(a) - 1, NULL, 0, &st), "%s", st.why);
	T_OK(!lead_world_import(&w, (struct lead_import_conf){ .list = other },
				b, sizeof(b) - 1, NULL, 0, &st) &&
		     st.added == 1, "%s", st.why);
	T_OK(!lead_get(w.leads, (struct lead_id){ (uint64_t)other.v << 32 | 1 },
		       &l) && l.person == lead_person(w.leads, "8613800138000"),
	     "one customer, all numbers");
	lead_world_close(&w);
}

static void start_errors(void **state)
{
	struct lead_world w;
	struct lead_import *imp, *two;
	struct lead_import_conf conf;
	size_t taken;

	(void)state;
	lead_world_open(&w, NULL);
	conf = (struct lead_import_conf){ .list = { 99 } };
	T_OK(lead_import_start(w.leads, &conf, &imp) == ERR_ABSENT, "no list");
	conf.list = w.list;
	conf.map = "phone";
	T_OK(lead_import_start(w.leads, &conf, &imp) == ERR_ARG, "a bad map");
	conf.map = "fone=1";
	T_OK(lead_import_start(w.leads, &conf, &imp) == ERR_ARG, "no column");
	conf.map = NULL;
	conf.charset = "EBCDIC";
	T_OK(lead_import_start(w.leads, &conf, &imp) == ERR_ARG, "no charset");
	conf.charset = NULL;
	T_OK(!lead_import_start(w.leads, &conf, &imp), "started");
	T_OK(lead_import_start(w.leads, &conf, &two) == ERR_STATE,
	     "one at a time");
	T_OK(!lead_import_feed(imp, "x", 1, &taken) && taken == 1, "fed");
	lead_import_finish(imp);
	T_OK(lead_import_feed(imp, "x", 1, &taken) == ERR_STATE, "too late");
	lead_import_free(imp);
	T_OK(!lead_import_start(w.leads, &conf, &imp), "again");
	lead_import_free(imp);
	lead_world_close(&w);
}

/* ---- interrupted ----------------------------------------------------------------------- */

static char *numbers_file(unsigned n, size_t *len)
{
	char *text = malloc(n * 24u + 32);

	*len = put(text, "phone,name\n");
	for (unsigned i = 0; i < n; i++)
		*len += put(text + *len, "138%08u,N%u\n",
					   i * 2999u, i % 1000);
	return text;
}

/* Stopped half-way: the repeat completes it, and each is there once. */
static void interrupted(void **state)
{
	const unsigned rows = 30000;
	struct lead_world w;
	struct lead_import *imp;
	struct lead_import_state st;
	char dir[] = "/tmp/importXXXXXX", cmd[64];
	size_t len, taken, half;
	char *text = numbers_file(rows, &len);

	(void)state;
	T_OK(mkdtemp(dir), "a folder");
	lead_world_open(&w, dir);
	struct lead_import_conf conf = { .list = w.list };

	T_OK(!lead_import_start(w.leads, &conf, &imp), "started");
	half = len / 2;
	T_OK(!lead_import_feed(imp, text, half, &taken) && taken == half,
	     "half of it");
	do {
		lead_import_read(imp, &st);
	} while (st.added < 8192);
	lead_import_free(imp);
	T_OK(lead_import_pending(w.leads, w.list), "it is known as cut off");
	T_OK(lead_world_count(&w, LEAD_READY) == 0, "none is called yet");
	lead_world_close(&w);

	lead_world_open(&w, dir);
	T_OK(lead_import_pending(w.leads, w.list), "also after a restart");
	T_OK(!lead_world_import(&w, (struct lead_import_conf){ 0 }, "", 0,
				NULL, 0, &st), "an empty file completes it");
	int64_t kept = lead_world_count(&w, LEAD_READY);

	T_OK(kept >= 4000 && kept < rows, "%lld were on disk",
	     (long long)kept);
	T_OK(!lead_import_pending(w.leads, w.list), "complete");
	T_OK(!lead_world_import(&w, (struct lead_import_conf){ 0 }, text, len,
				NULL, 0, &st), "%s", st.why);
	T_OK(st.dup_list == (uint64_t)kept && st.added == rows - (uint64_t)kept,
	     "%llu there, %llu added", (unsigned long long)st.dup_list,
	     (unsigned long long)st.added);
	T_OK(lead_world_count(&w, LEAD_READY) == rows, "all, once");
	T_OK(!lead_world_import(&w, (struct lead_import_conf){ 0 }, text, len,
				NULL, 0, &st) && st.dup_list == rows &&
		     !st.added, "and again nothing");
	lead_world_close(&w);
	str_fmt(cmd, sizeof(cmd), "rm -r %s", dir);
	T_OK(!system(cmd), "swept");
	free(text);
}

/* Leads are called while another file comes in; nothing is counted twice. */
static void while_calling(void **state)
{
	const unsigned rows = 20000;
	struct lead_world w;
	struct lead_import *imp;
	struct lead_import_state st = { 0 };
	struct lead l;
	size_t len, taken, at = 0;
	char *text = numbers_file(rows, &len);

	(void)state;
	lead_world_open(&w, NULL);
	lead_world_add(&w, "8615800138000", 200);
	struct lead_import_conf conf = { .list = w.list };

	T_OK(!lead_import_start(w.leads, &conf, &imp), "started");
	T_OK(!lead_world_next(&w, &l), "one is called meanwhile");
	while (at < len) {
		T_OK(!lead_import_feed(imp, text + at, len - at, &taken),
		     "fed");
		at += taken;
		T_OK(!lead_world_finish(&w, (struct lead_id){ l.id },
					&(struct lead_step){
						.next = LEAD_READY }) &&
			     !lead_world_next(&w, &l), "called again");
	}
	lead_import_finish(imp);
	while (!st.ended)
		lead_import_read(imp, &st);
	lead_import_free(imp);
	T_OK(!st.err && st.added == rows, "%s", st.why);
	T_OK(lead_world_count(&w, LEAD_READY) == rows &&
		     lead_world_count(&w, LEAD_RESERVED) == 1, "counts");
	for (unsigned i = 0; i < 200; i++)
		T_OK(!lead_world_next(&w, &l), "the new ones are called");
	lead_world_close(&w);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_files),
		cmocka_unit_test(every_column),
		cmocka_unit_test(gbk),
		cmocka_unit_test(long_line),
		cmocka_unit_test(duplicates),
		cmocka_unit_test(persons),
		cmocka_unit_test(start_errors),
		cmocka_unit_test(interrupted),
		cmocka_unit_test(while_calling),
	};

	return T_RUN(tests);
}
