// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Option -f: a server that does not end when its connection is cut, because its driver computes or
 * waits for ever, is killed.  Its monitor takes the mount away then, and ends when the image is
 * free.
 */
#include <errno.h>
#include <libmount/libmount.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "umount.h"

bool umount_is_mounted(const struct umount_target *target)
{
	struct libmnt_table *table = mnt_new_table_from_file("/proc/self/mountinfo");
	struct libmnt_fs *fs = table ? mnt_table_find_devno(table, target->dev,
							    MNT_ITER_BACKWARD) : NULL;
	bool found = fs && !strcmp(mnt_fs_get_target(fs), target->dir);

	mnt_unref_table(table);
	return found;
}

/* The monitor knows which process is its server: SIGQUIT has it killed. */
static void kill_server(const struct umount_server *server)
{
	if (server->monitor >= 0)
		syscall(SYS_pidfd_send_signal, server->monitor, SIGQUIT, NULL, 0);
	if (server->pidfd >= 0)
		syscall(SYS_pidfd_send_signal, server->pidfd, SIGKILL, NULL, 0);
}

int umount_kill(const struct umount_target *target, const struct umount_server *server)
{
	if (server->pidfd < 0 && server->monitor < 0) {
		umount_error("%s: its server cannot be found, and may still run: it does not "
			     "answer, and its monitor is not there, or in another namespace",
			     target->dir);
		return EX_SYSTEM;
	}
	kill_server(server);
	if (umount_wait(server, umount_patience(target, UMOUNT_KILLED)) == ETIMEDOUT) {
		umount_error("%s: its server was killed and has not ended: its image stays in use",
			     target->dir);
		return EX_SYSTEM;
	}
	umount_error("%s: its server did not end and was killed: what it had not written is lost",
		     target->dir);
	return 0;
}

int umount_end(const struct umount_target *target, const struct umount_server *server)
{
	bool found = server->pidfd >= 0 || server->monitor >= 0;

	if (found && umount_wait(server, umount_patience(target, UMOUNT_END)) != ETIMEDOUT)
		return 0;
	return umount_kill(target, server);
}
