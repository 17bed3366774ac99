#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A file of 4 GiB goes in and out with a memory limit of 128 MiB: cached pages are evicted, nothing
# hangs, and the process never takes much more than its limit.
# each: ext4
# each-full: xfs btrfs
# run-as: user
# timeout: 400
. "$RUMP_TEST_LIB/common.sh"

need_tools "$1"
free=$(df --output=avail -B1G . | tail -n 1)
[ "$free" -ge 8 ] || skip "needs 8 GiB of disk, there are $free"
size=$((4 << 30))
[ -z "$QUICK" ] || size=$((1 << 30))
mkimg "$1" disk.img 6G
export RUMP_MEMLIMIT=128M

# peak COMMAND...: run it, leave its peak resident size in MiB in ./peak
peak() {
	python3 -c 'import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10, file=open("peak", "w"))
sys.exit(code)' "$@"
	[ "$(cat peak)" -le 192 ] || fail "$1: $(cat peak) MiB resident with a limit of 128 MiB"
}

"$LIB/stream" make "$size" | peak fsu_write disk.img big
fsck_clean "$1" disk.img
peak fsu_cat disk.img big | "$LIB/stream" check "$size"
