// SPDX-License-Identifier: GPL-2.0-or-later
/* The rest of include/rump/rump.h: start, modules, disks, flash. */
#include <linux/sched/signal.h>
#include <generated/utsrelease.h>
#include "../rumpblk/rumpblk.h"
#include "../rumpkern/rump.h"
#include "../rumpmtd/rumpmtd.h"
#include "context.h"
#include "enter.h"

#pragma GCC diagnostic ignored "-Wmissing-prototypes"

bool rump_booted;

/* ---- start ----------------------------------------------------------------------------------- */

static void thread_exit(void *task)
{
	rump_self.current_task = task;
	rump_context_switch(NULL);
	rump_thread_exit(task);
}

static const struct rumpuser_upcalls upcalls = { .thread_exit = thread_exit };

static unsigned int init_lock;
static int init_result = 1;

int rump_init(void)
{
	while (__atomic_exchange_n(&init_lock, 1, __ATOMIC_ACQUIRE))
		rumpuser_futex_wait(&init_lock, 1, -1);
	if (init_result > 0) {
		init_result = -rumpuser_init(RUMPUSER_VERSION, &upcalls);
		if (!init_result)
			init_result = rump_boot();
		rump_booted = !init_result;
	}
	__atomic_store_n(&init_lock, 0, __ATOMIC_RELEASE);
	rumpuser_futex_wake(&init_lock, 1);
	return init_result;
}

const char *rump_kernel_version(void)
{
	return UTS_RELEASE;
}

/* ---- modules --------------------------------------------------------------------------------- */

int rump_modload(const char *name)
{
	return RUMP_CALL(rumpkern_modload(name));
}

/* ---- disks ----------------------------------------------------------------------------------- */

int rump_disk_attach(const char *path, const struct rump_disk_options *opt, char *devpath)
{
	static const struct rump_disk_options defaults;

	if (!opt)
		opt = &defaults;
	return RUMP_CALL(rumpblk_attach(path, opt, devpath));
}

int rump_disk_detach(int disk)
{
	return RUMP_CALL(rumpblk_detach(disk));
}

int rump_disk_partitions(int disk, struct rumpblk_part *list, int max)
{
	return RUMP_CALL(rumpblk_partitions(disk, list, max));
}

static int disk_size(int disk, u64 *bytes)
{
	*bytes = rumpblk_size(disk);
	return *bytes ? 0 : -ENODEV;
}

int rump_disk_size(int disk, u64 *bytes)
{
	return RUMP_CALL(disk_size(disk, bytes));
}

/* ---- flash ----------------------------------------------------------------------------------- */

const struct rumpmtd_ops *rumpmtd;
EXPORT_SYMBOL_GPL(rumpmtd);

static int flash_attach(const char *devpath, const struct rump_flash_options *opt)
{
	int err = rumpkern_modload("rumpmtd");

	return err ? err : rumpmtd->attach(devpath, opt);
}

int rump_flash_attach(const char *devpath, const struct rump_flash_options *opt)
{
	return RUMP_CALL(flash_attach(devpath, opt));
}

static int flash_detach(int mtd)
{
	return rumpmtd ? rumpmtd->detach(mtd) : -ENODEV;
}

int rump_flash_detach(int mtd)
{
	return RUMP_CALL(flash_detach(mtd));
}
