/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libp2k: serves a mount of the host's FUSE from a file system of the kernel side.
 *
 * It speaks the FUSE protocol of <linux/fuse.h> on an open /dev/fuse and translates each request
 * to the kernel side's VFS, file by file; it knows nothing of images, options or processes.
 */
#ifndef RUMP_P2K_H
#define RUMP_P2K_H

#include <stdint.h>
#include <sys/ioctl.h>

#ifdef __cplusplus
extern "C" {
#endif

struct p2k;

#define P2K_RDONLY	0x1	/* nothing will be written: files need not be opened one by one */
#define P2K_WRITEBACK	0x2	/* the host collects writes;
				   who writes learns of a full disk at fsync */
#define P2K_DEBUG	0x4	/* a line for each request goes to `log` */

struct p2k_args {
	int fd;			/* of /dev/fuse, mounted; closed by p2k_free */
	unsigned int flags;	/* P2K_* */
	unsigned int threads;	/* at most; 0: as many as there is work for, up to 64 */
	int server, monitor;	/* process ids that RUMP_IOC_SERVER tells */
	void (*log)(const char *line);
	unsigned int max_cpu;	/* seconds of processor time that a request may take; 0: any */
	void (*endless)(const char *request);	/* called where one takes more, with its name, in
						   its thread, from a handler of P2K_CPU_SIGNAL: it
						   may hold any lock; NULL: nobody looks */
};

/*
 * A server for the file system whose root is the directory `root` of the calling thread's context.
 * NULL: errno says why (ENOMEM, or of the lookup of root).
 */
struct p2k *p2k_new(const char *root, const struct p2k_args *args, uint32_t size);

/*
 * Serve until the mount has gone or p2k_stop was called; one call.  The calling thread waits,
 * others work.  0, or a negative errno value: the connection broke otherwise.
 */
int p2k_serve(struct p2k *p);

/* End p2k_serve, from another thread.
 * What the host waits for is answered before; later: nothing. */
#define P2K_SIGNAL SIGUSR2	/* p2k_serve catches it: it brings the workers out of their waits */
void p2k_stop(struct p2k *p);
/* Caught where max_cpu is set: timers on the processor time of threads that serve requests. */
#define P2K_CPU_SIGNAL SIGVTALRM

/* Give back everything that the host still referred to, then itself. */
void p2k_free(struct p2k *p);

/* ---- questions to a server, as ioctl(2) on any file of its mount ----------------------------- */

struct rump_server {
	int32_t server, monitor;	/* process ids, as the server sees them; monitor 0: none */
	uint32_t reserved[6];
};
#define RUMP_IOC_SERVER	_IOR('R', 1, struct rump_server)
/* Write everything to the medium; fails with the error of the first write that failed. */
#define RUMP_IOC_SYNC	_IO('R', 2)

#ifdef __cplusplus
}
#endif
#endif
