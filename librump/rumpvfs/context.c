// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Contexts: a root, a current directory and a table of descriptors, which a client thread puts on.
 *
 * A thread's task keeps its references to the initial ones while it acts in a context; the
 * context has its own.  The table's count is above one for ever, so that a descriptor's file is
 * always held during a call: other threads may close it.
 */
#include <linux/fdtable.h>
#include <linux/fs_struct.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include "enter.h"
#include "context.h"

struct rump_context {
	struct fs_struct *fs;
	struct files_struct *files;
	atomic_t threads;
};

static struct files_struct no_files = {
	.count = ATOMIC_INIT(1),
	.fdt = &no_files.fdtab,
	.fdtab = {
		.max_fds = NR_OPEN_DEFAULT,
		.fd = &no_files.fd_array[0],
		.close_on_exec = no_files.close_on_exec_init,
		.open_fds = no_files.open_fds_init,
		.full_fds_bits = no_files.full_fds_bits_init,
	},
	.file_lock = __SPIN_LOCK_UNLOCKED(no_files.file_lock),
	.resize_wait = __WAIT_QUEUE_HEAD_INITIALIZER(no_files.resize_wait),
};

static int create(struct rump_context **out)
{
	struct rump_context *ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);

	if (!ctx)
		return -ENOMEM;
	ctx->fs = copy_fs_struct(current->fs);
	if (!ctx->fs)
		goto free;
	ctx->files = dup_fd(&no_files, NULL);
	if (IS_ERR_OR_NULL(ctx->files))
		goto free_fs;
	atomic_set(&ctx->files->count, 2);
	*out = ctx;
	return 0;
free_fs:
	free_fs_struct(ctx->fs);
free:
	kfree(ctx);
	return -ENOMEM;
}

static int destroy(struct rump_context *ctx)
{
	if (atomic_read(&ctx->threads))
		return -EBUSY;
	atomic_set(&ctx->files->count, 1);
	put_files_struct(ctx->files);
	free_fs_struct(ctx->fs);
	kfree(ctx);
	return 0;
}

int rump_context_create(struct rump_context **out)
{
	return RUMP_CALL(create(out));
}

int rump_context_destroy(struct rump_context *ctx)
{
	return ctx ? RUMP_CALL(destroy(ctx)) : 0;
}

/* Only the thread itself looks at its task's fs and files: no virtual CPU is needed. */
struct rump_context *rump_context_switch(struct rump_context *ctx)
{
	struct rump_context *prev;

	if (unlikely(!current)) {
		if (rump_enter())
			return NULL;
		rump_leave();
	}
	prev = current->thread.context;
	if (prev == ctx)
		return prev;
	if (prev)
		atomic_dec(&prev->threads);
	if (ctx)
		atomic_inc(&ctx->threads);
	current->thread.context = ctx;
	current->fs = ctx ? ctx->fs : init_task.fs;
	current->files = ctx ? ctx->files : init_task.files;
	return prev;
}
