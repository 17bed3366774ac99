// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * librump.so: the way into the kernel side, which is librumpcore.so in the folder of its version.
 *
 * Programs are linked with this library, whatever kernel they will run with.  Each public function
 * is a jump through a table, which is filled when the kernel is chosen: by rump_load_kernel, by
 * RUMP_KERNEL of the environment, or else the one that was built first.
 */
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rump/rump.h>
#include <rump/rumpuser.h>

#define CORE "librumpcore.so"

static const char *const names[] = {
#define CALL(number, name) #name,
#include "calls.def"
#undef CALL
};

#define COUNT (sizeof(names) / sizeof(names[0]))

/* What all functions are before there is a kernel. */
static long not_started(void)
{
	return -ENXIO;
}

__attribute__((visibility("hidden"))) void *rump_calls[COUNT] = { [0 ... COUNT - 1] = not_started };

#if defined(__x86_64__)
#define JUMP(number) "jmp *rump_calls+8*" #number "(%rip)\n"
#elif defined(__aarch64__)
#define JUMP(number)							\
	"adrp x16, rump_calls+8*" #number "\n"				\
	"ldr x16, [x16, #:lo12:rump_calls+8*" #number "]\n"		\
	"br x16\n"
#else
#error "a jump through a table in this machine's words, which keeps all arguments as they are"
#endif

#define CALL(number, name)						\
	asm(".text\n.balign 16\n.globl " #name "\n.type " #name ", %function\n"	\
	    #name ":\n" JUMP(number) ".size " #name ", . - " #name);
#include "calls.def"
#undef CALL

static int (*core_init)(void);
static const char *(*core_version)(void);
static char loaded[32];			/* its version; "": none yet */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int complain(int err, const char *what, const char *why)
{
	char line[2 * PATH_MAX];
	int n = snprintf(line, sizeof(line), "%s: %s", what, why);

	rumpuser_log(3, line, n < (int)sizeof(line) ? n : (int)sizeof(line) - 1);
	return err;
}

static int fill(void *core)
{
	void *calls[COUNT];

	core_init = (int (*)(void))dlsym(core, "rump_init");
	core_version = (const char *(*)(void))dlsym(core, "rump_kernel_version");
	if (!core_init || !core_version)
		return complain(-ENOEXEC, CORE, "not a kernel side");
	for (size_t i = 0; i < COUNT; i++) {
		calls[i] = dlsym(core, names[i]);
		if (!calls[i])
			return complain(-EPROGMISMATCH, CORE, "built for another librump.so");
	}
	memcpy(rump_calls, calls, sizeof(calls));
	return 0;
}

/* The modules take their symbols from it. */
static int load(const char *version)
{
	const char *dirs = rumpuser_kernel_path(), *dir = dirs;
	char path[PATH_MAX], what[64];
	void *core;

	/* it becomes a part of paths */
	if (*version < '0' || *version > '9' || version[strspn(version, "0123456789.")])
		return complain(-EINVAL, version, "not a kernel's version, such as 6.12");
	for (; *dir; dir += strcspn(dir, ":"), dir += *dir == ':') {
		snprintf(path, sizeof(path), "%.*s/" CORE, (int)strcspn(dir, ":"), dir);
		if (access(path, F_OK))
			continue;
		core = dlopen(path, RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE);
		return core ? fill(core) : complain(-ENOEXEC, path, dlerror());
	}
	snprintf(what, sizeof(what), "kernel %s is not installed, no " CORE " in", version);
	return complain(-ENOENT, what, dirs);
}

int rump_load_kernel(const char *version)
{
	int err = 0;

	pthread_mutex_lock(&lock);
	if (!loaded[0]) {
		rumpuser_set_kernel(version);
		err = load(rumpuser_kernel());
		if (!err)
			snprintf(loaded, sizeof(loaded), "%s", rumpuser_kernel());
	} else if (version && strcmp(version, loaded) != 0) {
		err = complain(-EBUSY, loaded,
			       "this kernel runs in the process already, there can be one");
	}
	pthread_mutex_unlock(&lock);
	return err;
}

int rump_init(void)
{
	int err = rump_load_kernel(NULL);

	return err ? err : core_init();
}

const char *rump_kernel_version(void)
{
	return rump_load_kernel(NULL) ? "" : core_version();
}

void rump_set_log(rump_log_fn fn, void *arg)
{
	rumpuser_set_log(fn, arg);
}
