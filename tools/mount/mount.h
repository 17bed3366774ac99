/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mount servers.  Two processes serve a mount: the server, which has the image, the kernel side
 * and /dev/fuse, and no right to anything else; and the monitor, which keeps of the caller's rights
 * what it needs (watcher.c), makes the mount, waits for the server, and takes the mount away when
 * that ends.  In the background a third, the one that was called, ends as soon as the mount is
 * usable.
 */
#ifndef RUMP_MOUNT_H
#define RUMP_MOUNT_H

#include <stdbool.h>
#include <sys/types.h>

/* Exit codes, those of mount(8). */
#define EXIT_USAGE	1	/* wrong call or no permission */
#define EXIT_SYSTEM	2	/* out of memory, last writes failed, ... */
#define EXIT_BUG	4	/* the server crashed */
#define EXIT_MOUNT	32	/* mount failed */
#define EXIT_ENDLESS	71	/* the driver did not come to an end */

struct mount_options {
	const char *program, *type;	/* type NULL: probed */
	char *image, *dir;		/* absolute */
	int dir_fd, parent_fd;		/* O_PATH: the directory and the one that it is in; where
					   others may rename, these are what the caller named */
	bool foreground, debug, nosandbox;

	bool rdonly, nolock, snapshot, writeback;
	bool allow_other, nosuid, nodev, noexec;
	int partition, method;
	int watchdog, stop;		/* seconds; 0: none */
	unsigned int sector_size;
	const char *kernel, *mem, *ncpu, *runas, *pid_file;
	int ready_fd;			/* -1: none */
	char *rest;			/* for the file system */
};

/* options.c: from the command line; prints and returns an exit code, or -1: go on. */
int options_parse(struct mount_options *o, int argc, char **argv);

/* One line on standard error: "rump_ext4: ...". */
void complain(const struct mount_options *o, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* main.c: close the descriptors that were open when the program started,
 * but 0 to 2 and `except`. */
void close_inherited(int except);

/* fusemount.c: false, after a complaint: it would fail. */
bool fuse_can_mount(const struct mount_options *o);
/* Mount on o->dir_fd; a descriptor of /dev/fuse, or -1 after a complaint. */
int fuse_mount_dir(const struct mount_options *o, const char *type, bool rdonly);
/* Whether anything is mounted whose source is this image. */
bool fuse_image_mounted(const char *image);
/* The mount's device number as /proc/self/mountinfo has it; 0: not mounted. */
dev_t fuse_mount_device(const struct mount_options *o);
/* Read ahead and collect writes as for a disk, where the caller may set that. */
void fuse_tune(dev_t dev);
/* Take the mount away, wherever it is now.  lazy: also where it is in use, but only if its server
 * has ended.  0 or an errno value. */
int fuse_unmount(const struct mount_options *o, dev_t dev, bool lazy);

/*
 * channel.c: between server and monitor.  The server says what it has mounted, the monitor answers
 * with the connection to the host's FUSE, the server says that it serves.
 */
struct report {
	char type[32];		/* of the file system; "": the mount is usable */
	unsigned char rdonly;	/* not 0: it is; no bool, for the monitor trusts no bits */
};
/* 0, or -1 and errno; EPIPE: the other has gone. */
int channel_report(int channel, const struct report *report);
int channel_read(int channel, struct report *report);
int channel_give(int channel, int fd);
int channel_take(int channel);		/* the descriptor, or -1 */

/*
 * report.c: the next report as the monitor takes it.  `first`: none has come before.
 */
enum report_kind {
	REPORT_NONE,			/* the server has ended, or its message is no report */
	REPORT_MOUNTED,			/* it has mounted the image, of a type that is known */
	REPORT_USABLE,
	REPORT_WRONG,			/* a server that is what it should be sends none such */
};
enum report_kind report_read(const struct mount_options *o, int channel, bool first,
			     struct report *report);

/*
 * images.c: what the server has open.  0, or -1 after a complaint.
 */
struct images {
	const struct mount_options *o;
	int fd, count;			/* of the first; of all */
	char path[32];			/* by which the kernel side knows the first */
	char *options;			/* with descriptors for the further images that they name */
	unsigned long long bytes, largest; /* of all together; of one */
	bool rdonly;
};
int images_open(struct images *s, const struct mount_options *o);
/* Wait, but not for long, until a server that has no mount any more has closed its image. */
void images_wait_free(const struct mount_options *o);

/*
 * signals.c: SIGTERM, SIGINT and SIGHUP end the server.  block: in its first thread, before there
 * is another.  serve: what they end; NULL: nothing any more.
 */
struct p2k;
void signals_block(void);
int signals_start(const struct mount_options *o, volatile long *shared);
void signals_serve(struct p2k *p);

/*
 * ending.c: whether a server that was told to end has had its time.
 */
struct ending {
	int seconds;			/* without writing; 0: any number */
	long long begin, changed;
	long written;
};
volatile long *ending_share(void);	/* between monitor and server; NULL: no memory */
long ending_written(void);		/* by this process */
void ending_begin(struct ending *e, int seconds, long written);
bool ending_is_over(struct ending *e, long written);

/*
 * limit.c: how many lines may be logged.  burst 0: any number.
 */
struct log_limit {
	unsigned int burst, per_second;
	unsigned long long credit, last;
	unsigned long missed;
};
#define LIMIT_TEXT "%lu messages suppressed"
/* Whether one more may be; then with how many were not since the last that was. */
bool limit_pass(struct log_limit *l, unsigned long *missed);

/* errors.c: show what the kernel side logs of errors, from the mount on. */
void errors_start(const struct mount_options *o);
void errors_end(const struct mount_options *o);

/*
 * lines.c: the server's standard error, which the monitor reads.
 */
struct lines {
	const struct mount_options *o;
	int fd;
	bool to_log;			/* the system's; else to standard error */
	struct log_limit limit;
	char text[1024];
	size_t fill;
};
void lines_init(struct lines *l, const struct mount_options *o, int fd);
bool lines_read(struct lines *l);	/* false: the server has ended */
/* How many lines were suppressed, then `line`, if there is one, without a limit. */
void lines_end(struct lines *l, const char *line);

/* usable.c: tell whom the options and the environment name. */
void report_usable(const struct mount_options *o);

/*
 * watchdog.c: the server ends with EXIT_ENDLESS and a message when the driver takes more processor
 * time than the option watchdog= and the size of the images allow.
 */
void watchdog_init(const struct mount_options *o, unsigned long long bytes);
unsigned int watchdog_seconds(void);		/* for a request; 0: any number */
void watchdog_request(const char *name);	/* that is endless; does not return */
/* The main thread begins something that is no request, "the mount"; NULL: it has ended. */
void watchdog_phase(const struct mount_options *o, const char *what);

/* crash.c: the process's crashes are logged, and end it with the code of a panic. */
void crash_log(void);

/* server.c: everything from image to unmount; the exit code.  `written` is for the monitor. */
int server_run(const struct mount_options *o, int channel, volatile long *written);

/*
 * watcher.c: what the monitor gives up when the server has started, and when the mount is usable.
 * 0, or -1 after a complaint.
 */
int watcher_begin(const struct mount_options *o);
int watcher_settle(const struct mount_options *o, pid_t server);

/* monitor.c: start the server, wait for its end, clean up; the exit code.  `started` (or -1): gets
 * a byte when the mount is usable. */
int monitor_run(const struct mount_options *o, int started);

#endif
