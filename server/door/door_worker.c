/*
 * The worker: password hashes (some 30 ms each) and group look-ups (which may
 * ask a directory server) are done here, one after the other; results come
 * back to the loop by a queue.
 */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "door/door_priv.h"

/* OWASP Password Storage Cheat Sheet: argon2id with 19 MiB and t = 2. */
enum { HASH_PASSES = 2, HASH_BYTES = 19 * 1024 * 1024, GROUPS_MAX = 256 };

enum err door_hash(const char *pass, char *out, size_t size)
{
	_Static_assert(crypto_pwhash_STRBYTES <= DOOR_HASH_LEN + 1, "hash");
	char hash[crypto_pwhash_STRBYTES];

	if (sodium_init() < 0)
		return ERR_IO;
	if (crypto_pwhash_str(hash, pass, strlen(pass), HASH_PASSES,
			      HASH_BYTES))
		return ERR_MEMORY;
	return str_copy(out, size, hash) ? ERR_OK : ERR_FULL;
}

static bool is_member(uid_t uid, gid_t gid, const char *name)
{
	char buf[16384];
	struct group gr, *g = NULL;
	struct passwd pw, *p = NULL;
	gid_t wanted, list[GROUPS_MAX];
	int n = GROUPS_MAX;

	if (getgrnam_r(name, &gr, buf, sizeof(buf), &g) || !g)
		return false;
	wanted = g->gr_gid;
	if (wanted == gid)
		return true;
	if (getpwuid_r(uid, &pw, buf, sizeof(buf), &p) || !p ||
	    getgrouplist(p->pw_name, p->pw_gid, list, &n) < 0)
		return false;
	for (int i = 0; i < n; i++)
		if (list[i] == wanted)
			return true;
	return false;
}

static void work(struct door_job *job)
{
	switch (job->kind) {
	case DOOR_JOB_VERIFY:
		job->ok = !crypto_pwhash_str_verify(job->hash, job->pass,
						    strlen(job->pass));
		break;
	case DOOR_JOB_HASH:
		job->err = door_hash(job->pass, job->hash, sizeof(job->hash));
		break;
	case DOOR_JOB_GROUP:
		job->ok = is_member(job->uid, job->gid, job->group);
		break;
	}
	sodium_memzero(job->pass, sizeof(job->pass));
}

static void *run(void *arg)
{
	struct door_worker *w = arg;

	for (;;) {
		pthread_mutex_lock(&w->lock);
		while (!w->first && !w->stop)
			pthread_cond_wait(&w->wake, &w->lock);
		struct door_job *job = w->stop ? NULL : w->first;

		if (job) {
			w->first = job->next;
			if (!w->first)
				w->end = &w->first;
		}
		pthread_mutex_unlock(&w->lock);
		if (!job)
			return NULL;
		work(job);
		/* Bounded by DOOR_JOBS, and so is this queue. */
		if (mpsc_push(&w->done, &job->node)) {
			log_err("door", "a finished job was lost");
			door_job_free(job);
		}
	}
}

enum err door_worker_init(struct door_worker *w)
{
	sigset_t all, old;
	enum err e = mpsc_init(&w->done, 2 * DOOR_JOBS);

	if (e)
		return e;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	w->first = NULL;
	w->end = &w->first;
	/* Signals are for the loop. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	int no = pthread_create(&w->thread, NULL, run, w);

	pthread_sigmask(SIG_SETMASK, &old, NULL);
	w->running = !no;
	return no ? err_from_errno(no) : ERR_OK;
}

enum err door_worker_add(struct door_worker *w, struct door_job *job)
{
	enum err e = ERR_AGAIN;

	pthread_mutex_lock(&w->lock);
	if (w->count < DOOR_JOBS) {
		w->count++;
		job->next = NULL;
		*w->end = job;
		w->end = &job->next;
		pthread_cond_signal(&w->wake);
		e = ERR_OK;
	}
	pthread_mutex_unlock(&w->lock);
	return e;
}

void door_job_free(struct door_job *job)
{
	if (!job)
		return;
	sodium_memzero(job, sizeof(*job));
	free(job);
}

void door_worker_fini(struct door_worker *w)
{
	if (w->running) {
		pthread_mutex_lock(&w->lock);
		w->stop = true;
		pthread_cond_signal(&w->wake);
		pthread_mutex_unlock(&w->lock);
		pthread_join(w->thread, NULL);	/* one hash at most          */
	}
	while (w->first) {
		struct door_job *job = w->first;

		w->first = job->next;
		door_job_free(job);
	}
	if (w->done.fd >= 0) {
		struct mpsc_node *n = mpsc_take_all(&w->done), *next;

		for (; n; n = next) {
			next = n->next;
			door_job_free((struct door_job *)n);
		}
		pthread_mutex_destroy(&w->lock);
		pthread_cond_destroy(&w->wake);
		mpsc_fini(&w->done);
	}
}
