# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Running real programs on a mount of a server's: the mount, its end, and what must hold after it.

. "$LIB/mounted.sh"

# new_image TYPE SIZE: ./disk.img with a directory /top that belongs to the caller
new_image() {
	need_tools "$1"
	mkimg "$1" disk.img "$2"
	mkdir top
	run fsu_put disk.img top /top
}

# mount_image TYPE [OPTIONS]: ./disk.img on ./mnt
mount_image() {
	local _
	need_fuse
	mkdir -p mnt
	rm -f ready
	mkfifo ready
	[ "$1" != vfat ] || set -- "$1" "uid=$(id -u)${2:+,$2}"
	"rump_$1" -f -o "ready-fd=8${2:+,$2}" disk.img mnt 8>ready 2>server.log &
	server=$!
	read -r _ <ready || { wait "$server" || true; said server.log; fail "no mount"; }
}

# unmount_image TYPE: take the mount away; the server ends in peace and leaves a clean file system
unmount_image() {
	local rc=0
	if as_root; then run umount mnt; else run fusermount3 -u mnt; fi
	wait "$server" || rc=$?
	said server.log
	equal "exit code of the server" 0 "$rc"
	[ ! -s server.log ] || fail "the server complained"
	fsck_clean "$1" disk.img
}

# sums FOLDER: every file of it with its checksum
sums() {
	(cd "$1" && find . -name lost+found -prune -o -type f -print0 | sort -z |
		xargs -0r sha256sum)
}

# unmount_and_compare TYPE: unmount; another reader of the image sees the content that the mount had
unmount_and_compare() {
	sums mnt >sums.mnt
	unmount_image "$1"
	if can_host_mount "$1"; then
		host_mounted "$1" disk.img sums host-mount >sums.other
	else
		run fsu_get disk.img / other
		sums other >sums.other
	fi
	cmp sums.mnt sums.other || fail "the content differs after the mount's end"
}

# odd_tree DIR: all that is odd but what these programs cannot do (paths beyond PATH_MAX) or what
# takes them minutes (holes of gigabytes)
odd_tree() {
	run "$LIB/oddtree" "$1" names links special xattrs times modes
	truncate -s 20M "$1/hole"
	dd if=/dev/urandom of="$1/hole" bs=64k seek=100 count=3 conv=notrunc status=none
}
