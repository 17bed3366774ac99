// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A program without a mount server's process gives up its rights: files and capabilities before the
 * kernel side starts, as its threads keep what they have; system calls, for all threads at once,
 * when what the driver is made of is loaded, and those that nothing of that needs before, where the
 * program asks for that.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rump/rumpuser.h>

#include "../libhost/confine.h"
#include "internal.h"

#define FILES (UKFS_CONFINE_HOST | UKFS_CONFINE_IMAGES)

static struct {
	bool on;
	unsigned int groups;
	struct confine_path *paths;	/* of the program: what it keeps when the driver is there */
	size_t npaths;
} confined;

static int failed(int err, const char *why)
{
	return ukfsi_error(-err, "%s", why);
}

/* The access bits are libhost's, in the same order. */
_Static_assert(UKFS_CONFINE_READ == CONFINE_READ && UKFS_CONFINE_WRITE == CONFINE_WRITE &&
	       UKFS_CONFINE_MAKE == CONFINE_MAKE, "access");

static struct confine_path *copy_paths(const struct ukfs_confinement *c)
{
	struct confine_path *p = calloc(c->npaths + 1, sizeof(*p));

	for (unsigned int i = 0; p && i < c->npaths; i++)
		p[i] = (struct confine_path){ c->paths[i].path, c->paths[i].access };
	return p;
}

static int give_up_files(const struct ukfs_confinement *c, char *why, size_t len)
{
	struct confine_path *p = copy_paths(c);
	char *directories = NULL;
	int err = -ENOMEM;

	/* what the kernel side opens while it starts and loads drivers */
	if (p && asprintf(&directories, "/proc:/sys:%s", rumpuser_module_path()) >= 0)
		err = confine_files(p, c->npaths, directories, why, len);
	else
		confine_fail(err, why, len, "%s", ukfsi_strerror(ENOMEM));
	free(directories);
	free(p);
	return err;
}

/* The paths are needed again when the driver is loaded, in memory of our own. */
static int remember(const struct ukfs_confinement *c)
{
	confined.on = true;
	confined.groups = CONFINE_SERVE | CONFINE_START | CONFINE_TOOL |
			  (c->flags & FILES ? CONFINE_HOST : 0) |
			  (c->flags & UKFS_CONFINE_IMAGES ? CONFINE_DRIVERS : 0) |
			  (c->flags & UKFS_CONFINE_PIPES ? CONFINE_PIPES : 0);
	if (!(c->flags & FILES))
		return 0;
	confined.paths = copy_paths(c);
	confined.npaths = c->npaths;
	for (size_t i = 0; confined.paths && i < c->npaths; i++)
		if (!(confined.paths[i].path = strdup(c->paths[i].path)))
			return -ENOMEM;
	return confined.paths ? 0 : -ENOMEM;
}

int ukfs_confine(const struct ukfs_confinement *c, size_t size)
{
	char why[512] = "";
	int err;

	if (!c || size != sizeof(*c) ||
	    c->flags & ~(FILES | UKFS_CONFINE_PIPES | UKFS_CONFINE_CALLS))
		return ukfsi_error(EINVAL, "unknown flags: built with a later ukfs.h");
	err = confine_check_threads(why, sizeof(why));
	if (!err)
		err = confine_no_new_privileges(why, sizeof(why));
	if (!err)
		err = confine_bounding_set(c->capabilities, why, sizeof(why));
	if (!err)
		err = give_up_files(c, why, sizeof(why));
	if (!err)
		err = confine_capabilities(c->capabilities, why, sizeof(why));
	if (!err && (err = remember(c)))
		confine_fail(err, why, sizeof(why), "%s", ukfsi_strerror(ENOMEM));
	/* with what the kernel side starts by, and what a driver is loaded by: they come later */
	if (!err && c->flags & UKFS_CONFINE_CALLS)
		err = confine_calls(confined.groups | CONFINE_DRIVERS | CONFINE_BOOT, why,
				    sizeof(why));
	return err ? failed(err, why) : 0;
}

bool ukfsi_confining(void)
{
	return confined.on;
}

int ukfsi_confine_probe(void)
{
	char why[512];
	int err;

	if (!confined.on)
		return 0;
	err = confine_calls(confined.groups | CONFINE_DRIVERS, why, sizeof(why));
	return err ? failed(err, why) : 0;
}

int ukfsi_confine_mount(void)
{
	char why[512];
	int err = 0;

	if (!confined.on)
		return 0;
	if (!(confined.groups & CONFINE_DRIVERS) && confined.groups & CONFINE_HOST)
		err = confine_files(confined.paths, confined.npaths, "", why, sizeof(why));
	if (!err)
		err = confine_calls(confined.groups, why, sizeof(why));
	confined.on = false;		/* for good */
	return err ? failed(err, why) : 0;
}

/* ---- a mount's own ------------------------------------------------------------------------- */

/* Opened while the rights for that are there; -1: by name later, which says what is wrong. */
static int open_early(const char *path, bool rdonly)
{
	struct stat st;
	int fd = -1;

	if (!path || stat(path, &st) || !S_ISREG(st.st_mode))
		return -1;
	if (!rdonly)
		fd = open(path, O_RDWR | O_CLOEXEC);
	return fd < 0 ? open(path, O_RDONLY | O_CLOEXEC) : fd;
}

/* What root needs to open another user's image by name. */
#define OPENING (1ULL << CAP_DAC_OVERRIDE | 1ULL << CAP_DAC_READ_SEARCH)

/* The mount opens this path when the process is confined already. */
static void keep(struct ukfs_confinement *c, struct ukfs_confine_path *paths, const char *path,
		 unsigned int access)
{
	paths[c->npaths++] = (struct ukfs_confine_path){ path, access };
	c->flags |= UKFS_CONFINE_IMAGES;
	c->capabilities |= OPENING;
}

/* The images that a value names: one, or several with directories in them (ukfsi_folders). */
static void keep_value(struct ukfs_confinement *c, struct ukfs_confine_path *paths, char *value)
{
	const unsigned int access = UKFS_CONFINE_READ | UKFS_CONFINE_WRITE;
	char *save, *directory;

	for (char *image = strtok_r(value, ":", &save); image; image = strtok_r(NULL, ":", &save)) {
		directory = strstr(image, "//");
		if (directory)
			*directory = '\0';
		keep(c, paths, image, access);
	}
}

static void keep_snapshot(struct ukfs_confinement *c, struct ukfs_confine_path *paths)
{
	const char *tmp = secure_getenv("RUMP_TMPDIR");

	tmp = tmp ? tmp : secure_getenv("TMPDIR");
	keep(c, paths, tmp ? tmp : "/var/tmp", UKFS_CONFINE_READ | UKFS_CONFINE_MAKE);
}

static void keep_option(struct ukfs_confinement *c, struct ukfs_confine_path *paths,
			const char *type, char *word, bool rdonly)
{
	size_t name = strcspn(word, "=");
	enum ukfsi_device kind = ukfsi_device_option(type ? type : "", word, name);

	if (!word[name] || (kind == UKFSI_DEVICE_NONE && !ukfs_device_option(word, name)))
		return;
	keep_value(c, paths, word + name + 1);
	if (kind == UKFSI_FOLDER_WRITE && rdonly)	/* the driver writes nevertheless */
		keep_snapshot(c, paths);
}

static void keep_options(struct ukfs_confinement *c, struct ukfs_confine_path *paths,
			 const char *type, char *options, bool rdonly)
{
	size_t len;
	bool last;

	for (char *word = options; *word; word += len + !last) {
		len = ukfsi_option_len(word);
		last = !word[len];
		word[len] = '\0';
		keep_option(c, paths, type, word, rdonly);
	}
}

/* A device is claimed by its name. */
static int confine_mount(const struct ukfs_args *args, const char *type, const char *image,
			 const char *options, bool rdonly)
{
	struct ukfs_confinement c = *args->confinement;
	/* an option's value has at least a character for each image */
	struct ukfs_confine_path *paths = calloc(c.npaths + strlen(options) + 2, sizeof(*paths));
	char *words = strdup(options);
	int res = -1;

	if (paths && words) {
		if (c.npaths)
			memcpy(paths, c.paths, c.npaths * sizeof(*paths));
		c.paths = paths;
		if (image)
			keep(&c, paths, image,
			     UKFS_CONFINE_READ | (rdonly ? 0 : UKFS_CONFINE_WRITE));
		if (args->snapshot)
			keep_snapshot(&c, paths);
		keep_options(&c, paths, type, words, rdonly);
		res = ukfs_confine(&c, sizeof(c));
	} else {
		ukfsi_error(ENOMEM, "%s", ukfsi_strerror(ENOMEM));
	}
	free(words);
	free(paths);
	return res;
}

int ukfsi_confine_early(const struct ukfs_args *args, const char *type, const char *image,
			const char *options, bool rdonly)
{
	int fd = open_early(image, rdonly || args->snapshot);

	if (confine_mount(args, type, fd < 0 ? image : NULL, options, rdonly) >= 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -2;
}
