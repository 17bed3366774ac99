#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# fio on a mount: eight jobs write 4 KiB blocks at random places, through the page cache, past it,
# by memory mapping and synchronously, and find the checksums of all of them again, also after a
# remount.
# each: xfs
# each-full: ext4 btrfs vfat
# needs: fio
# weight: 2
# timeout: 900
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/programs.sh"

size=$([ "$QUICK" ] && echo 1m || echo 8m)

# job NAME OPTION...: write and verify; later `verify` looks again
job() {
	run fio --name="$1" --directory=mnt/top --thread=0 --numjobs=8 --size="$size" \
		--rw=randwrite \
		--bs=4k --verify=crc32c --verify_fatal=1 --verify_state_save=0 --randseed=1 \
		--group_reporting "${@:2}"
}

jobs() {
	job buffered --ioengine=psync "$@"
	job direct --ioengine=libaio --iodepth=16 --direct=1 "$@"
	job mapped --ioengine=mmap "$@"
	job synced --ioengine=psync --fdatasync=16 "$@"
}

new_image "$1" 1G
mount_image "$1"
jobs
unmount_and_compare "$1"
mount_image "$1"
jobs --verify_only
unmount_image "$1"
