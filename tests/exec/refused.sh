#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Where the host forbids what is needed, a sentence says what: user namespaces, /dev/fuse.  And with
# no more than the rights of the root of a user namespace it works.
# needs: unshare mount setpriv
# run-as: both
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TOP/tests/exec/exec.bash"
unshare --user --map-root-user true 2>/dev/null || skip "no user namespaces here"
# root's image: its root is root in each of the namespaces below
mkimg ext4 disk.img 64M

# inside COMMAND...: as the root of a namespace of users and mounts
inside() { unshare --user --map-root-user --mount --propagation slave "$@"; }

expect 0 '' inside fsu_exec disk.img -w -- sh -c 'echo x >/mnt/x'
equal "what was written" x "$(fsu_cat disk.img /x)"

# root without the right to mount makes a user namespace
weak="setpriv --inh-caps=-all --bounding-set=-sys_admin"
# shellcheck disable=SC2086
expect 0 '' inside $weak fsu_exec disk.img -- cat /mnt/x
# shellcheck disable=SC2086
expect 125 'user.max_user_namespaces=' inside sh -c \
	'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"' - $weak \
	fsu_exec disk.img -- touch ran
# shellcheck disable=SC2086
expect 125 'fsu_exec: .*no /dev/fuse' inside sh -c \
	'mount -t tmpfs none /dev && exec "$@"' - fsu_exec disk.img -- touch ran

if as_root; then
	chown rumptest disk.img
	: >closed
	chmod 600 closed
	expect 125 'fsu_exec: cannot mount: /dev/fuse: Permission denied' \
		unshare --mount --propagation slave sh -c \
		'mount --bind closed /dev/fuse && exec "$@"' - \
		setpriv --reuid rumptest --regid rumptest --clear-groups \
		fsu_exec disk.img -- touch ran
fi
[ ! -e ran ] || fail "a program was run without its mount"
