# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# For tests of mounts by rump_TYPE.

# need_fuse: skip where the host has no FUSE for who runs the test
need_fuse() {
	[ -w /dev/fuse ] || skip "no /dev/fuse"
	as_root || command -v fusermount3 >/dev/null || skip "not installed: fusermount3"
}

# ended PID: it may still be a zombie, whose parent is the runner and may look later
ended() { ! grep -q '^State:[[:space:]]*[A-Y]' "/proc/$1/status" 2>/dev/null; }

# serve TYPE IMAGE [OPTION...]: the image is mounted on ./mnt
serve() {
	local type=$1 image=$2
	shift 2
	mkdir -p mnt
	run "rump_$type" -o "pid-file=$PWD/monitor" "$@" "$image" mnt
	mountpoint mnt || fail "rump_$type has returned, nothing is mounted:" \
		"$(cat run.log; grep fuse.rump /proc/self/mountinfo)"
}

# unserve: unmounted; the server and its monitor end, and the image is closed
unserve() {
	local pid
	pid=$(cat monitor)
	if as_root; then run umount mnt; else run fusermount3 -u mnt; fi
	wait_until ended "$pid"
}
