#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A sparse image of 16 TiB mounts in 64 MiB of memory, lists, takes files, unmounts, is clean.
# each: ext4
# each-full: xfs
# run-as: user
# timeout: 300
. "$RUMP_TEST_LIB/common.sh"

need_tools "$1"
size=$(((16 << 40) - 4096))	# the largest file of a host's ext4
truncate -s "$size" probe 2>/dev/null || skip "the host's file system holds no file of 16 TiB"
rm probe
mkimg "$1" disk.img "$size"
export RUMP_MEMLIMIT=64M
fsu_ls disk.img -la / >list
head -c 50000000 /dev/urandom >data
run fsu_put disk.img data /data
run fsu_mkdir disk.img /folder
fsu_cat disk.img /data | cmp - data
fsu_ls disk.img / | grep -qx folder
fsu_df disk.img >df.log
fsck_clean "$1" disk.img
used=$(du -m disk.img | cut -f1)
[ "$used" -lt 4000 ] || fail "the image takes $used MiB of the host's disk"
