#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# 20,000 operations from eight threads at once on one mount, with one, two and four virtual CPUs:
# each thread finds what it wrote, before and after a new mount, and the checker finds nothing.
# each: ext4,4 xfs,2 btrfs,1
# each-full: ext4,1 ext4,2 xfs,1 xfs,4 btrfs,2 btrfs,4 vfat,1 vfat,2 vfat,4 ext3,4 f2fs,4 gfs2,4 jfs,4 nilfs2,4 ntfs3,4 reiserfs,4 bcachefs,4 jffs2,4 ubifs,4
# weight: 2
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/journals.sh"

type=${1%,*}
seed=${SEED:-$RANDOM}
need_maker "$type"
size=512M
case $type in jffs2 | ubifs) size=$((192 << 20)) ;; esac
empty_image "$type" disk.img "$size"
operations=${QUICK:+5000}
RUMP_NCPU=${1#*,} "$RUMP_BUILD/tests/bin/opmix" disk.img 8 "${operations:-20000}" "$seed" ||
	fail "seed was $seed"
clean "$type" disk.img
