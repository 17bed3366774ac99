#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# On the POSIX back end, on glibc and on musl: 20,000 operations from eight threads at once, see
# tests/threads/eight.sh, with more virtual CPUs than most hosts have; and 50 starts.
# each: glibc,ext4 musl,ext4
# each-full: glibc,xfs glibc,btrfs glibc,vfat musl,xfs musl,btrfs musl,vfat
# run-as: user
# timeout: 240
# weight: 2
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/backend.sh"

type=${1#*,}
seed=${SEED:-$RANDOM}
need_tools "$type"
use_posix "${1%,*}" "$type"
mkimg "$type" disk.img 512M
is_posix disk.img
operations=${QUICK:+5000} starts=${QUICK:+5}
RUMP_NCPU=4 "$OPMIX" disk.img 8 "${operations:-20000}" "$seed" || fail "seed was $seed"
fsck_clean "$type" disk.img
for ((i = 0; i < ${starts:-50}; i++)); do
	run fsu_ls disk.img /
done
