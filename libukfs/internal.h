/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of libukfs share.  A handle is a kernel-side context that is chroot-ed into its
 * mount; every call switches the calling thread to that context, makes system calls of the kernel
 * side and switches back.  IN_CONTEXT and AT_PATH are the only places where that happens for calls
 * on a mounted handle.
 */
#ifndef UKFS_INTERNAL_H
#define UKFS_INTERNAL_H

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "rump/rump.h"
#include "rump/rump_syscalls.h"
#include "rump/ukfs.h"

#pragma GCC visibility push(hidden)

#define UKFSI_MP_MAX 32
#define UKFSI_MORE_MAX 31
#define UKFSI_LAYERS_MAX 32

struct ukfs {
	struct rump_context *ctx;
	char *image;			/* as the caller named it, for messages */
	int fd;				/* of the image, opened early; -1: it is opened by name */
	char fstype[32];
	char devpath[RUMP_DEVPATH_MAX + 8]; /* of the disk or partition; "" without a device */
	char source[(UKFSI_MORE_MAX + 1) * (RUMP_DEVPATH_MAX + 8)]; /* of the mount: devpath,
								       or all nodes */
	char mountpoint[UKFSI_MP_MAX];	/* "" until the directory exists */
	char *subdir;			/* the image's directory that is the root; NULL: its own */
	int disk;			/* -1: none */
	int mtd, ubi;			/* the chip on that disk,
					   and the UBI device on the chip; -1: none */
	int more[UKFSI_MORE_MAX], nmore; /* further disks, which options named */
	struct ukfs *layers[UKFSI_LAYERS_MAX]; /* images whose folders options named */
	int nlayers;
	int rootfd;			/* keeps the position of the file system's write errors */
	bool mounted;
	bool rdonly;
	bool snapshot;			/* the log says why something could not be written */
	bool unrecovered;		/* mounted without its journal */
	uint64_t logpos;		/* of the kernel's log when the mount began */
	atomic_int nopen;		/* descriptors and directories which the caller has open */
};

/* ---- error.c: the calling thread's last error --------------------------------------------- */

/* Note a sentence, set errno to `err`; returns -1. */
int ukfsi_error(int err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Note that `op` ("open") on `path` (or NULL) failed with the negative errno value `res`. */
int ukfsi_fail(const struct ukfs *u, const char *op, const char *path, long res);
/* ... of a call with a second path. */
void ukfsi_fail_second(const char *path);
/* Text of an errno value, those which the host does not have included. */
const char *ukfsi_strerror(int err);
/* "EINVAL" */
const char *ukfsi_errname(int err);

/* ---- log.c: the kernel's log --------------------------------------------------------------- */

void ukfsi_log_start(void);
/* The position after the last line. */
uint64_t ukfsi_log_position(void);
/*
 * Join the first `max` warnings and errors since `since` into buf, without the driver's prefix;
 * lines that name another disk than `devpath` are left out.  Returns how many there were.
 */
int ukfsi_log_reason(uint64_t since, const char *devpath, int max, char *buf, size_t size);

/* ---- listing.c: directories that do not end ------------------------------------------------- */

#define UKFSI_NAME_MAX 1024

struct ukfsi_listing {
	uint64_t count, marked;	/* entries so far, and up to the one that is marked: */
	uint64_t ino;
	int64_t off;
	char name[UKFSI_NAME_MAX];
	int met;		/* how often it has come again */
	bool endless;
};

struct dirent64;
/* Count the entry of a listing, which began zeroed.  0; or -1 with the error noted: this listing
 * has no end. */
int ukfsi_listing_next(struct ukfsi_listing *l, const struct ukfs *u, const struct dirent64 *d);
/* Note that error. */
int ukfsi_endless(const struct ukfs *u);

/* ---- drivers.c ------------------------------------------------------------------------------ */

/*
 * Load the driver of u->fstype, and for a program with args->confine or ukfs_confine() what the
 * driver may ask for with these options; then the program gives up its rights.
 */
int ukfsi_load_drivers(struct ukfs *u, const struct ukfs_args *args, const char *options);

/* ---- confine.c: ukfs_confine() -------------------------------------------------------------- */

/*
 * Before the kernel side starts: a regular file is opened, and the process gives up what it does
 * not need for this mount.  A descriptor; -1: the image is opened by its name later; -2: an error,
 * noted.
 */
int ukfsi_confine_early(const struct ukfs_args *args, const char *type, const char *image,
			const char *options, bool rdonly);
/* Whether system calls are still to be given up by the next two. */
bool ukfsi_confining(void);
/* Before libblkid looks at an image, before the driver does: 0, or -1 with the error noted. */
int ukfsi_confine_probe(void);
int ukfsi_confine_mount(void);

/* ---- mount.c -------------------------------------------------------------------------------- */

/*
 * Start the kernel side, of that version (NULL: any), where that has not happened yet.  0, or -1
 * with the error noted.
 */
int ukfsi_boot(const char *kernel);

/* ---- handle.c -------------------------------------------------------------------------------- */

/* A handle with nothing but its name; NULL with the error noted. */
struct ukfs *ukfsi_handle_new(const char *name);
/* Make the context of a mounted handle.  0, or -1 with the error noted. */
int ukfsi_handle_enter(struct ukfs *u);
/* Take back what was done for a handle and free it. */
void ukfsi_handle_undo(struct ukfs *u);

/* ---- options.c ----------------------------------------------------------------------------- */

#define UKFSI_SNAPSHOT (1UL << 32)	/* beside the MS_*, which have 32 bits */
#define UKFSI_KERNEL_MAX 32

/*
 * Split mount options: the generic ones become MS_* in *flags, "snapshot" UKFSI_SNAPSHOT, the value
 * of "kernel=" is written to `kernel`, the others are written to `data` as they are.
 * -ENAMETOOLONG: they do not fit.
 */
int ukfsi_options(const char *options, unsigned long *flags, char kernel[UKFSI_KERNEL_MAX],
		  char *data, size_t size);
/* Length of an option up to the next comma outside of double quotes. */
size_t ukfsi_option_len(const char *option);
/* Move the options of owners, uid= and gid=, from `data` to `owners`. */
void ukfsi_take_owners(char *data, char *owners, size_t size);

/* ---- idmap.c: owners mapped by the mount ---------------------------------------------------- */

bool ukfsi_owner_option(const char *word, size_t len);
/* Whether the driver itself gave the root directory the owners that the options name. */
bool ukfsi_owners_taken(const char *mountpoint, const char *owners);
/* Replace the mount by one that maps owners as the options say.  0 or a negative errno value. */
int ukfsi_idmap(const char *mountpoint, const char *owners);

/* ---- devices.c: further images -------------------------------------------------------------- */

/*
 * Attach the images that options of u->fstype name, and put their disks' nodes in their places: in
 * `data`, which has `size` bytes, or in u->source.  Where it is a folder of an image, put that
 * there.  0, or -1 with the error noted.
 */
int ukfsi_devices(struct ukfs *u, const struct ukfs_args *args, bool readonly, char *data,
		  size_t size);

/* ---- folders.c: folders of images ------------------------------------------------------------ */

/*
 * Mount the images that an option's value names, and write the paths of the folders in the kernel
 * side to `paths`.  0, or -1 with the error noted.
 */
int ukfsi_folders(struct ukfs *u, const struct ukfs_args *args, bool readonly, const char *value,
		  size_t len, char *paths, size_t size);
/* Unmount them.  0 or a negative errno value. */
int ukfsi_folders_release(struct ukfs *u);

/* ---- flash.c: images of flash ---------------------------------------------------------------- */

/*
 * Where u->fstype lies on flash: make a chip of u->devpath, by its options, which are taken out of
 * `data`, and name it in u->source.  0, or -1 with the error noted.
 */
int ukfsi_flash(struct ukfs *u, bool readonly, bool sync, char *data);
/* Detach what there is of it.  0 or a negative errno value. */
int ukfsi_flash_detach(struct ukfs *u);

/* ---- table.c: fs/table.toml ------------------------------------------------------------------ */

/* A type which the kernel cannot write at all. */
bool ukfsi_type_readonly(const char *type);
/* Call `load` for each module that the type's driver may ask for. */
void ukfsi_type_asks(const char *type, int (*load)(const char *module));
/* A kernel that has the type's driver, where the one of this version has none; else NULL. */
const char *ukfsi_type_kernel(const char *type, const char *running);
/* The kernel's name for a type that libblkid found. */
const char *ukfsi_kernel_name(const char *blkid);
/* libblkid's names of what can be mounted; returns how many. */
int ukfsi_blkid_names(char **names, int max);
/* Whether libblkid's name for something else than a
 * file system is that of what the type lies in. */
bool ukfsi_is_container(const char *blkid);
enum ukfsi_flash { UKFSI_FLASH_NONE, UKFSI_FLASH_MTD, UKFSI_FLASH_UBI };
/* What a type lies on. */
enum ukfsi_flash ukfsi_flash_kind(const char *type);
/* Whether an erase block of the type may start with these bytes. */
bool ukfsi_erasemark(const char *type, const char *bytes, size_t size);
/* The type that starts at `start`, of those that libblkid does not know, or NULL. */
const char *ukfsi_type_by_magic(int fd, uint64_t start);
/* The option that mounts without the journal,
 * if the driver's error may be for want of it; or NULL. */
const char *ukfsi_norecovery(const char *type, int err, const char *reason);
enum ukfsi_device { UKFSI_DEVICE_NONE, UKFSI_DEVICE_OPTION, UKFSI_DEVICE_SOURCE, UKFSI_FOLDER_READ,
		    UKFSI_FOLDER_WRITE };
/* Whether an option names a device, and where the driver wants its node;
 * or a folder that it reads, writes. */
enum ukfsi_device ukfsi_device_option(const char *type, const char *option, size_t len);

/* ---- probe.c: what is in an image, seen from the host -------------------------------------- */

struct ukfsi_probe {
	char type[32];			/* the kernel's name of the type, "" if nothing was found */
	char label[128];
	bool filesystem;		/* false: a member of something else (swap, LUKS, LVM) */
	char all[128];			/* several types match: their names; else "" */
};

/* Open an image for probing; the descriptor, or -1 with the error noted. */
int ukfsi_image_open(const char *path, int early);
/* The name by which an image that may have been opened early (else: -1) is opened. */
#define UKFSI_EARLY_MAX 32
const char *ukfsi_early_name(char name[UKFSI_EARLY_MAX], const char *path, int early);
/* Probe `size` bytes from `start` (0: all).  Returns 0 or a negative errno value. */
int ukfsi_probe(int fd, uint64_t start, uint64_t size, struct ukfsi_probe *result);

/* ---- partitions.c --------------------------------------------------------------------------- */

/*
 * Decide what to mount of the attached disk u->disk: args->partition, else the obvious candidate.
 * `whole` is the probe of the whole disk; *result becomes that of the choice, u->devpath its node.
 * `fstype`: the type the caller insists on, or NULL.  Returns 0, or -1 with the error noted.
 */
int ukfsi_choose(struct ukfs *u, int fd, const struct ukfs_args *args, const char *fstype,
		 const struct ukfsi_probe *whole, struct ukfsi_probe *result);
/* rump_disk_attach for an image with the options that the caller gave. */
int ukfsi_attach(const char *path, const struct ukfs_args *args, bool readonly,
		 char devpath[RUMP_DEVPATH_MAX]);
/* Note why attaching failed. */
int ukfsi_attach_error(const char *path, bool readonly, int err);

/* ---- types.c -------------------------------------------------------------------------------- */

bool ukfsi_type_known(const char *type);
/* "ext4, xfs and tmpfs" */
void ukfsi_type_list(char *buf, size_t size);

/* ---- path.c: paths of any length ------------------------------------------------------------ */

struct ukfsi_at {
	int dirfd;
	const char *path;
};

/* The directory to start from and a path that is short enough; needs ukfsi_at_end. */
int ukfsi_at_long(struct ukfsi_at *at, const char *path);
/* The same for calls that take no directory: in a context of its own, which becomes current. */
int ukfsi_chdir_long(struct rump_context **ctx, const char **path);

static inline int ukfsi_at_begin(struct ukfsi_at *at, const char *path)
{
	at->dirfd = AT_FDCWD;
	at->path = path;
	if (!path)
		return -EFAULT;
	return strnlen(path, PATH_MAX) < PATH_MAX ? 0 : ukfsi_at_long(at, path);
}

static inline void ukfsi_at_end(struct ukfsi_at *at)
{
	if (at->dirfd >= 0)
		rump_sys_close(at->dirfd);
}

/* ---- calls ----------------------------------------------------------------------------------- */

/* Evaluate `call` (>= 0 or a negative errno value) in the handle's context. */
#define IN_CONTEXT(u, op, name, call) ({						\
	struct rump_context *prev_ = rump_context_switch((u)->ctx);			\
	__auto_type res_ = (call);							\
	rump_context_switch(prev_);							\
	res_ < 0 ? (__typeof__(res_))ukfsi_fail(u, op, name, res_) : res_; })

/* The same with a path, which `call` finds in at.dirfd and at.path. */
#define AT_PATH(u, op, name, call)							\
	IN_CONTEXT(u, op, name, ({							\
		struct ukfsi_at at;							\
		__typeof__(call) r_ = ukfsi_at_begin(&at, name);			\
		if (r_ >= 0) {								\
			r_ = (call);							\
			ukfsi_at_end(&at);						\
		}									\
		r_; }))

/* The same with a path that starts at the directory `from', a descriptor of the caller's, and is
 * short enough for the kernel; or at the current directory, if that is AT_FDCWD. */
#define AT_FD_PATH(u, op, from, name, call) ({						\
	__typeof__(from) from_ = (from);						\
	from_ == AT_FDCWD ? AT_PATH(u, op, name, call) :				\
		IN_CONTEXT(u, op, name, ({						\
			struct ukfsi_at at = { from_, name };				\
			at.path ? (call) : -EFAULT; })); })

/* The same with a descriptor of the path, opened for this call only. */
#define OPENED(u, op, name, flags, call)						\
	AT_PATH(u, op, name, ({								\
		int fd = rump_sys_openat(at.dirfd, at.path, (flags) | O_NONBLOCK, 0);	\
		__typeof__(call) o_ = fd;						\
		if (fd >= 0) {								\
			o_ = (call);							\
			rump_sys_close(fd);						\
		}									\
		o_; }))

/* Of a call with two paths the sentence has both, "cannot rename A to B". */
#define WITH_SECOND(path, call) ({							\
	__auto_type w_ = (call);							\
	if (w_ < 0)									\
		ukfsi_fail_second(path);						\
	w_; })

/* A descriptor of the caller's: never the handle's own one. */
#define ON_FD(u, op, fd, call)								\
	IN_CONTEXT(u, op, NULL, (fd) == (u)->rootfd ? -EBADF : (call))

#pragma GCC visibility pop
#endif
