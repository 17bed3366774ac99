// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Kernel modules as shared libraries.  A library's constructors could run anything, so its note is
 * read from the file before the dynamic linker sees it.
 */
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

#define TABLE "rump-modules"	/* lines: ALIAS FILE; # begins a comment */
#define NOTE_OWNER "rump"
#define NOTE_ABI 1
#define MAX_PHDRS 64
#define MAX_NOTES 4096
#define MODULE_PATH_MAX (2 * PATH_MAX)

struct errbuf {
	char *buf;
	unsigned long size;
};

static int fail(struct errbuf *e, int err, const char *what, const char *why)
{
	if (e->size)
		snprintf(e->buf, e->size, "%s: %s", what, why);
	return err;
}

/* As the kernel has it: '-' and '_' are the same character in a module's name. */
static bool same_name(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if (*a != *b && !(strchr("-_", *a) && strchr("-_", *b)))
			return false;
	return *a == *b;
}

/* Look `name` up in one directory's table. */
static bool lookup_dir(const char *dir, const char *name, char path[PATH_MAX])
{
	char line[512], alias[256], file[256];
	bool found = false;
	FILE *f;

	if (snprintf(path, PATH_MAX, "%s/" TABLE, dir) >= PATH_MAX)
		return false;
	f = fopen(path, "re");
	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "#\n")] = '\0';
		if (sscanf(line, "%255s %255s", alias, file) == 2 && same_name(alias, name))
			found = snprintf(path, PATH_MAX, "%s/%s", dir, file) < PATH_MAX;
	}
	fclose(f);
	return found;
}

static char chosen[32];		/* "": as the environment says */
static char kernel_path[MODULE_PATH_MAX];

void rumpuser_set_kernel(const char *version)
{
	snprintf(chosen, sizeof(chosen), "%s", version ? version : "");
	kernel_path[0] = '\0';
}

const char *rumpuser_kernel(void)
{
	const char *env = rumpuser_env("RUMP_KERNEL");

	return chosen[0] ? chosen : env && *env ? env : RUMP_KERNEL;
}

const char *rumpuser_kernel_path(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	const char *version = rumpuser_kernel(), *slash;
	Dl_info self;

	pthread_mutex_lock(&lock);
	if (kernel_path[0])
		;
	else if (dladdr((void *)rumpuser_kernel_path, &self) &&
		 (slash = strrchr(self.dli_fname, '/')))
		snprintf(kernel_path, sizeof(kernel_path), "%.*s/rump/%s:" RUMP_MODDIR "/%s",
			 (int)(slash - self.dli_fname), self.dli_fname, version, version);
	else
		snprintf(kernel_path, sizeof(kernel_path), RUMP_MODDIR "/%s", version);
	pthread_mutex_unlock(&lock);
	return kernel_path;
}

const char *rumpuser_module_path(void)
{
	const char *env = rumpuser_env("RUMP_MODULE_PATH");

	return env && *env ? env : rumpuser_kernel_path();
}

static int lookup(const char *name, char path[PATH_MAX])
{
	const char *dirs = rumpuser_module_path();
	char dir[PATH_MAX];
	size_t len;

	if (strchr(name, '/'))
		return snprintf(path, PATH_MAX, "%s", name) < PATH_MAX ? 0 : ENAMETOOLONG;
	for (; *dirs; dirs += len + (dirs[len] == ':')) {
		len = strcspn(dirs, ":");
		if (len && snprintf(dir, sizeof(dir), "%.*s", (int)len, dirs) < PATH_MAX &&
		    lookup_dir(dir, name, path))
			return 0;
	}
	return ENOENT;
}

/* The string of the rump note in a file's note segment, or NULL. */
static const char *find_note(char *notes, size_t size)
{
	size_t pos = 0, name, desc;
	ElfW(Nhdr) *n;

	while (pos + sizeof(*n) <= size) {
		n = (void *)(notes + pos);
		name = pos + sizeof(*n);
		desc = name + ((n->n_namesz + 3UL) & ~3UL);
		pos = desc + ((n->n_descsz + 3UL) & ~3UL);
		if (pos > size)
			break;
		if (n->n_type == NOTE_ABI && n->n_namesz == sizeof(NOTE_OWNER) && n->n_descsz &&
		    !memcmp(notes + name, NOTE_OWNER, sizeof(NOTE_OWNER))) {
			notes[desc + n->n_descsz - 1] = '\0';
			return notes + desc;
		}
	}
	return NULL;
}

static int check_note(int fd, const char *path, const char *abi, struct errbuf *e)
{
	_Alignas(8) char notes[MAX_NOTES];
	ElfW(Phdr) ph[MAX_PHDRS];
	const char *note = NULL;
	ElfW(Ehdr) eh;
	ssize_t n;
	int i;

	if (pread(fd, &eh, sizeof(eh), 0) != sizeof(eh) || memcmp(eh.e_ident, ELFMAG, SELFMAG) ||
	    eh.e_type != ET_DYN || eh.e_phnum > MAX_PHDRS || eh.e_phentsize != sizeof(ph[0]))
		return fail(e, ENOEXEC, path, "not a shared library of this machine");
	n = eh.e_phnum * sizeof(ph[0]);
	if (pread(fd, ph, n, eh.e_phoff) != n)
		return fail(e, ENOEXEC, path, "the file is truncated");
	for (i = 0; i < eh.e_phnum && !note; i++) {
		if (ph[i].p_type != PT_NOTE)
			continue;
		n = ph[i].p_filesz < MAX_NOTES ? ph[i].p_filesz : MAX_NOTES;
		n = pread(fd, notes, n, ph[i].p_offset);
		note = n > 0 ? find_note(notes, n) : NULL;
	}
	if (!note)
		return fail(e, ENOEXEC, path, "not a rump module, it has no rump note");
	if (strcmp(note, abi))
		return fail(e, EPROTO, path, note);
	return 0;
}

/*
 * The names that were loaded: a process that has given up its files asks for them again, and gets
 * what it has.
 */
static struct known {
	struct known *next;
	void *module;
	char name[];
} *known;
static pthread_mutex_t known_lock = PTHREAD_MUTEX_INITIALIZER;

static void *find_known(const char *name)
{
	void *module = NULL;

	pthread_mutex_lock(&known_lock);
	for (struct known *k = known; k && !module; k = k->next)
		if (same_name(k->name, name))
			module = k->module;
	pthread_mutex_unlock(&known_lock);
	return module;
}

/* Without memory for it the files are asked again. */
static void add_known(const char *name, void *module)
{
	size_t size = strlen(name) + 1;
	struct known *k = malloc(sizeof(*k) + size);

	if (!k)
		return;
	k->module = module;
	memcpy(k->name, name, size);
	pthread_mutex_lock(&known_lock);
	k->next = known;
	known = k;
	pthread_mutex_unlock(&known_lock);
}

int rumpuser_module_load(const char *name, const char *abi, void **module, char *errbuf,
			 unsigned long errsize)
{
	KEEP_ERRNO;
	struct errbuf e = { errbuf, errsize };
	char path[PATH_MAX];
	void *handle;
	int err, fd;

	*module = find_known(name);
	if (*module)
		return 0;
	err = lookup(name, path);
	if (err)
		return fail(&e, err, name, "no such module");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(&e, errno, path, strerror(errno));
	err = check_note(fd, path, abi, &e);
	close(fd);
	if (err)
		return err;
	handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!handle)
		return fail(&e, ENOEXEC, path, dlerror());
	*module = dlsym(handle, "rump_module");
	if (!*module) {
		dlclose(handle);
		return fail(&e, ENOEXEC, path, "it has no symbol rump_module");
	}
	add_known(name, *module);
	return 0;
}
