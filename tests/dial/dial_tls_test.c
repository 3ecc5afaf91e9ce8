/*
 * A trunk over TLS: its certificate must be signed by the CA and carry its
 * name, when the trunk says so.  The far end is libre's own TLS transport.
 */
#include "dial/dial_fixture.h"
#include "dial/fake_gate.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/t.h"

#include <re.h>

struct far {
	struct sip *sip;
	struct sip_lsnr *lsnr;
	struct tls *tls;
	uint16_t port;
	unsigned invites;
};

static bool request_h(const struct sip_msg *msg, void *arg)
{
	struct far *far = arg;

	if (!pl_strcmp(&msg->met, "ACK"))
		return true;
	far->invites += !pl_strcmp(&msg->met, "INVITE");
	(void)sip_treply(NULL, far->sip, msg, 486, "Busy Here");
	return true;
}

static void far_open(struct far *far, const char *pem)
{
	struct sa sa;

	memset(far, 0, sizeof(*far));
	sa_set_str(&sa, "127.0.0.1", 0);
	T_OK(!tls_alloc(&far->tls, TLS_METHOD_SSLV23, pem, NULL), "tls");
	T_OK(!sip_alloc(&far->sip, NULL, 32, 32, 32, "far", NULL, NULL) &&
	     !sip_transp_add(far->sip, SIP_TRANSP_TLS, &sa, far->tls) &&
	     !sip_transp_laddr(far->sip, &sa, SIP_TRANSP_TLS, &sa) &&
	     !sip_listen(&far->lsnr, far->sip, true, request_h, far),
	     "a far end");
	far->port = sa_port(&sa);
}

static void far_close(struct far *far)
{
	far->lsnr = mem_deref(far->lsnr);
	sip_close(far->sip, true);
	far->sip = mem_deref(far->sip);
	far->tls = mem_deref(far->tls);
}

static void make_pem(const char *dir, const char *name, const char *cn)
{
	char cmd[1024];

	str_fmt(cmd, sizeof(cmd), "cd %s && openssl req -x509 -newkey ec "
		"-pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
		"-subj /CN=%s -addext subjectAltName=DNS:%s -keyout %s.key "
		"-out %s.crt >/dev/null 2>&1 && cat %s.key %s.crt >%s.pem",
		dir, cn, cn, name, name, name, name, name);
	T_OK(!system(cmd), "certificate %s", name);
}

static void a_trunk_s_certificate_must_fit(void **state)
{
	static const struct {
		const char *what, *ca, *tls_name;
		bool verify;
		uint16_t code;
		unsigned refused;
	} cases[] = {
		{ "signed, and its name", "good", "gw.test", true, 486, 0 },
		{ "signed, another name", "good", "other.test", true, 0, 1 },
		{ "signed by a stranger", "ours", "gw.test", true, 0, 1 },
		{ "not asked to verify", "ours", "", false, 486, 0 },
	};
	char dir[] = "/tmp/dial-tls-XXXXXX", pem[64], ours[64], ca[64], rm[64];

	(void)state;
	T_OK(mkdtemp(dir), "a folder");
	make_pem(dir, "good", "gw.test");
	make_pem(dir, "ours", "waihu.test");
	str_fmt(pem, sizeof(pem), "%s/good.pem", dir);
	str_fmt(ours, sizeof(ours), "%s/ours.pem", dir);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct gate_pass *pass = fake_pass("86138000002", false);
		const struct dial_event *ev;
		struct dial_counts n;
		struct far far;
		struct fix f;

		fix_open(&f, 1, NULL);
		far_open(&far, pem);
		str_fmt(ca, sizeof(ca), "%s/%s.crt", dir, cases[i].ca);
		f.conf.listen[0].transport = DIAL_TLS;
		f.conf.tls_cert = ours;
		f.conf.tls_ca = ca;
		f.trunk[0].transport = DIAL_TLS;
		f.trunk[0].tls_verify = cases[i].verify;
		f.trunk[0].silent_ms = 3000;
		str_fmt(f.trunk[0].uri, DIAL_URI_SIZE, "sip:127.0.0.1:%u",
			far.port);
		str_copy(f.trunk[0].tls_name, DIAL_URI_SIZE,
			 cases[i].tls_name);
		fix_dial(&f);
		T_OK(!fix_start(&f, 1, "86138000002", 500, &pass), "%s: starts",
		     cases[i].what);
		ev = fix_wait(&f, 0, DIAL_FAILED, 1, 5000);
		T_OK(ev && ev->code == cases[i].code, "%s: code %u",
		     cases[i].what, ev ? ev->code : 1);
		T_OK(far.invites == (cases[i].code ? 1u : 0u),
		     "%s: the number %s", cases[i].what, cases[i].code ?
		     "was sent" : "was not shown to the wrong peer");
		dial_counts(f.d, &n);
		T_OK(n.tls_refused == cases[i].refused, "%s: counted",
		     cases[i].what);
		far_close(&far);
		fix_close(&f);
	}
	str_fmt(rm, sizeof(rm), "rm -rf %s", dir);
	T_OK(!system(rm), "cleaned");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_trunk_s_certificate_must_fit),
	};

	return T_RUN(tests);
}
