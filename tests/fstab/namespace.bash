# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# A mount namespace of the test's own, in which /sbin has the helpers of the build tree, /etc/fstab
# is ./fstab and /run/mount is empty: the machine's own stay as they are.  Sourced after common.sh.
#
# The argument of the test says who serves: "fake" is tools/mount.rump/tests/fakeserver.c, "real" is
# rump_ext4.

if [ -z "${RUMP_TEST_NAMESPACE:-}" ]; then
	as_root || skip "needs root"
	[ -c /dev/fuse ] || skip "there is no /dev/fuse"
	[ "${1:-fake}" = fake ] || [ -x "$RUMP_BUILD/bin/rump_ext4" ] ||
		skip "there is no rump_ext4 yet"
	unshare --mount --propagation slave true || skip "no mount namespaces here"
	exec env RUMP_TEST_NAMESPACE=1 unshare --mount --propagation slave "$0" "$@"
fi

USER_NAME=rumptest
as_user() { setpriv --reuid "$USER_NAME" --regid "$USER_NAME" --clear-groups "$@"; }

# helper NAME: /sbin/NAME runs the program of the build tree; mount(8) passes no LD_LIBRARY_PATH
helper() {
	cat >"/sbin/$1" <<-SH
	#!/bin/sh
	export LD_LIBRARY_PATH='$LD_LIBRARY_PATH'
	echo "\$(id -u) $1 \$*" >>'$PWD/calls'
	exec '$PWD/bin/$1' "\$@"
	SH
	chmod 755 "/sbin/$1"
}

prepare() {
	local sbin
	sbin=$(readlink -f /sbin)
	chmod 755 .
	mkdir bin over
	mount -t tmpfs tmpfs over
	mkdir over/upper over/work
	mount -t overlay overlay \
		-o "lowerdir=$sbin,upperdir=over/upper,workdir=over/work" "$sbin" ||
		skip "no overlay file system here"
	[ -d /run/mount ] || mkdir /run/mount
	mount -t tmpfs tmpfs /run/mount
	touch fstab calls
	chmod 666 calls
	mount --bind fstab /etc/fstab
	cp "$RUMP_BUILD/bin/mount.rump" "$RUMP_BUILD/bin/umount.fuse.rump" bin
	if [ "$1" = fake ]; then
		cp "$RUMP_BUILD/tests/bin/fakeserver" bin/rump_ext4
		ln -s rump_ext4 bin/rump_fs
	else
		ln -s "$RUMP_BUILD"/bin/rump_* bin
	fi
	helper mount.rump
	helper umount.fuse.rump
	mkdir mnt
	chown "$USER_NAME" mnt
	mkimg ext4 disk.img 16M -E "root_owner=$(id -u "$USER_NAME"):$(id -g "$USER_NAME")"
	chown "$USER_NAME" disk.img
}

# mounted: the type of what is on ./mnt, or nothing
mounted() { findmnt -rnM "$PWD/mnt" -o FSTYPE || true; }

# image_free: nobody holds the image's lock, no server is left
image_free() {
	python3 - disk.img <<-'PY'
	import fcntl, struct, sys
	lock = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0)
	with open(sys.argv[1], "r+b") as f:
	    fcntl.fcntl(f, 37, lock)    # F_OFD_SETLK
	PY
}

prepare "${1:-fake}"
