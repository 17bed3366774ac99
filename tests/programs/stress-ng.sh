#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# stress-ng's class of file system stressors on a mount: each of them runs and finds nothing wrong.
# each: ext4 xfs btrfs
# tier: full
# timeout: 300
# needs: stress-ng
# weight: 2
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/programs.sh"

new_image "$1" 4G
mount_image "$1"
mkdir mnt/top/tmp
rc=0
stress-ng --class filesystem --seq 2 --timeout 1s --temp-path mnt/top/tmp --verify --oomable \
	--no-rand-seed --exclude binderfs,bind-mount,dup,eventfd,procfs >stress.log 2>&1 || rc=$?
grep -E "fail|error|aborted|unsuccessful|skipp" stress.log || true
equal "exit code of stress-ng" 0 "$rc"
unmount_and_compare "$1"
