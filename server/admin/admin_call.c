/* admin_call -- a call's recording: heard, or copied to a file. */
#include "admin/admin.h"

#include "base/str.h"
#include "tui/text.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum { FOUND_NOTHING = 2, NO_PROGRAM = 127 };

struct found {
	char file[256], spool[1024];
	bool any;
};

static void on_call(void *arg, const json_t *v)
{
	struct found *f = arg;
	const char *file = json_string_value(json_object_get(v, "recording"));
	const char *spool = json_string_value(json_object_get(v, "spool"));

	if (!file || !spool)
		return;
	f->any = true;
	str_copy(f->file, sizeof(f->file), file);
	str_copy(f->spool, sizeof(f->spool), spool);
}

struct wanted {
	const char *verb, *uid, *file, *why;
};

/*
 * Opens the recording of a call; NULL with the exit status in *status.  The
 * server says where it is when who asked is in its audit log.
 */
static FILE *recording(const struct admin_opts *o, const struct wanted *w,
		       char *path, size_t size, int *status)
{
	const char *words[] = { "call", o->dry_run ? "show" : w->verb, w->uid,
				o->dry_run ? NULL : w->file,
				w->why ? "--why" : NULL, w->why };
	struct msg_admin_req req = { .json = true };
	struct admin_opts ask = *o;
	struct found f = { .any = false };
	FILE *in;

	ask.line = on_call;
	ask.line_arg = &f;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!words[i])
			continue;
		if (!str_copy(req.argv[req.argv_count].word,
			      sizeof(req.argv[0].word), words[i])) {
			fprintf(stderr, _("waihu: %s: too long\n"), words[i]);
			*status = EX_USAGE;
			return NULL;
		}
		req.argv_count++;
	}
	*status = admin_talk(&ask, &req, NULL, NULL);
	if (*status)
		return NULL;
	if (!f.any || !*f.file) {
		fprintf(stderr, _("waihu: call %s has no recording\n"),
			w->uid);
		*status = FOUND_NOTHING;
		return NULL;
	}
	str_fmt(path, size, "%s/%s", f.spool, f.file);
	in = fopen(path, "re");
	if (in)
		return in;
	*status = errno == EACCES ? EX_NOPERM : EX_NOINPUT;
	fprintf(stderr, "waihu: %s: %s\n", path, strerror(errno));
	if (o->url && strncmp(o->url, "ipc:", 4))
		fprintf(stderr, _("waihu: recordings stay on the server's "
			"machine: run this command there\n"));
	return NULL;
}

/* Runs one player; its exit status, NO_PROGRAM if it is not installed. */
static int run_player(const char *name, const char *path)
{
	int status = 0;
	pid_t pid = fork();

	if (!pid) {
		execlp(name, name, "-q", path, (char *)NULL);
		_exit(errno == ENOENT ? NO_PROGRAM : 126);
	}
	if (pid < 0)
		return 126;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}

static int play(const char *path)
{
	static const char *const players[] = { "aplay", "play" };

	for (size_t i = 0; i < ARRAY_LEN(players); i++) {
		int status = run_player(players[i], path);

		if (status == NO_PROGRAM)
			continue;
		if (status)
			fprintf(stderr, _("waihu: %s could not play %s\n"),
				players[i], path);
		return status ? EX_UNAVAILABLE : 0;
	}
	fprintf(stderr, _("waihu: no player is installed (aplay of alsa-utils, "
		"play of sox); the recording is %s\n"), path);
	return EX_UNAVAILABLE;
}

static int copy(FILE *in, const char *to, bool over)
{
	char buf[65536];
	bool out = str_eq(to, "-");
	FILE *f = out ? stdout : fopen(to, over ? "we" : "wxe");
	size_t n;
	bool bad;

	if (!f) {
		fprintf(stderr, _("waihu: %s: %s%s\n"), to, strerror(errno),
			errno == EEXIST ? "; --yes replaces it" : "");
		return EX_CANTCREAT;
	}
	while ((n = fread(buf, 1, sizeof(buf), in)) > 0)
		if (fwrite(buf, 1, n, f) != n)
			break;
	bad = ferror(in) || ferror(f) || fflush(f);
	if (!out)
		bad = fclose(f) || bad;
	if (bad) {
		fprintf(stderr, _("waihu: %s: not written whole: %s\n"), to,
			strerror(errno));
		if (!out)
			unlink(to);
		return EX_IOERR;
	}
	return 0;
}

int admin_call(const struct admin_opts *o, int argc, char **argv)
{
	bool to_file = argc > 1 && str_eq(argv[1], "export");
	struct wanted w = { .verb = argc > 1 ? argv[1] : "" };
	const char *places[2] = { NULL, NULL };
	char path[1400];
	FILE *in;
	int status, n = 0;

	if (argc < 2 || !(to_file || str_eq(argv[1], "play")))
		return -1;
	for (int i = 2; i < argc; i++) {
		if (str_eq(argv[i], "--why") && i + 1 < argc)
			w.why = argv[++i];
		else if (!strncmp(argv[i], "--why=", 6))
			w.why = argv[i] + 6;
		else if (n++ < 2)
			places[n - 1] = argv[i];
	}
	w.uid = places[0];
	w.file = places[1];
	if (n != (to_file ? 2 : 1)) {
		fprintf(stderr, _("waihu: call %s [--why TEXT]\n"), to_file
			? "export CALL FILE (- is standard output)"
			: "play CALL");
		return EX_USAGE;
	}
	in = recording(o, &w, path, sizeof(path), &status);
	if (!in)
		return status;
	if (o->dry_run) {
		puts(path);
		status = 0;
	} else {
		status = to_file ? copy(in, w.file, o->yes) : play(path);
	}
	fclose(in);
	return status;
}
