#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every type that Linux 6.1 has passes the test of its format with that kernel's driver; one that it
# has not is refused with a sentence.
# each: bcachefs btrfs ext4 squashfs vfat xfs
# each-full: adfs affs befs bfs cramfs efs erofs exfat ext2 ext3 f2fs gfs2 hfs hfsplus hpfs iso9660 jffs2 jfs minix msdos nilfs2 ntfs3 omfs overlay qnx4 qnx6 ramfs reiserfs romfs sysv tmpfs ubifs udf ufs v7 vxfs zonefs
# run-as: self
# timeout: 600
. "$RUMP_TOP/tests/kernels/older.bash"

type=$1
if ! "$RUMP_TOP/scripts/fs-table" types 6.1 | grep -qx "$type"; then
	truncate -s 1M disk.img
	refuses "kernel 6.1 has no $type, the option kernel=6.12 names one" \
		fsu_ls -t "$type" disk.img /
	exit 0
fi
exec "$(grep -lE "^# each(-full)?:.* $type( |\$)" \
	"$RUMP_TOP"/tests/formats/{roundtrip,readonly,formats,flash,layers,memory,zoned}.sh)" \
	"$type"
