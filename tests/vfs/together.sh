#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Eight threads make, link, rename, remove, read and list the same names by node, with one, two and
# four virtual CPUs; every file is whole in the end, and the image is clean.
# each: ext4,4 xfs,2 btrfs,1 vfat,4
# each-full: ext4,1 ext4,2 xfs,1 xfs,4 btrfs,2 btrfs,4 vfat,1 vfat,2
# weight: 2
. "$RUMP_TEST_LIB/common.sh"

type=${1%,*}
seed=${SEED:-$RANDOM}
need_tools "$type"
mkimg "$type" disk.img 320M
RUMP_NCPU=${1#*,} "$RUMP_BUILD/tests/bin/together" "$type" disk.img "$seed" || fail "seed was $seed"
fsck_clean "$type" disk.img
