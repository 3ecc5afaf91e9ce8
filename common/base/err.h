/*
 * base/err -- the one error space of the whole project.
 *
 * nng, LMDB, libre, libsodium and errno each number their errors differently,
 * so a foreign code is translated where it enters (in the door's own file)
 * and nowhere else.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

/*      code           words                                                  */
#define ERR_LIST(X)                                                           \
	X(ERR_OK,        "done")                                              \
	X(ERR_ARG,       "bad argument")                                      \
	X(ERR_ABSENT,    "no such record")                                    \
	X(ERR_EXISTS,    "already there")                                     \
	X(ERR_AGAIN,     "not now, try again")                                \
	X(ERR_STATE,     "not allowed in this state")                         \
	X(ERR_DENIED,    "refused by the gate")                               \
	X(ERR_PERM,      "not permitted")                                     \
	X(ERR_FORMAT,    "malformed input")                                   \
	X(ERR_FULL,      "no room left")                                      \
	X(ERR_MEMORY,    "out of memory")                                     \
	X(ERR_IO,        "input or output failed")                            \
	X(ERR_CLOSED,    "the other side closed")                             \
	X(ERR_TIMEOUT,   "took too long")                                     \
	X(ERR_CONFLICT,  "changed by someone else meanwhile")                 \
	X(ERR_VERSION,   "version not supported")                             \
	X(ERR_UNKNOWN,   "it is not known whether it was done")

enum err {
#define X(name, text) name,
	ERR_LIST(X)
#undef X
	ERR_COUNT
};

#define MUST_CHECK __attribute__((warn_unused_result))

/* Never NULL; unknown codes read "unknown error". */
const char *err_text(enum err e);

/* errno to ours: the codes the C library gives (open, read, socket ...). */
enum err err_from_errno(int no);

#endif
