#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A Debian root file system becomes an image of each type, which holds it (or what the type can hold
# of it), the format's checker and the host's kernel agree.
# each: ext4 btrfs squashfs vfat
# each-full: cramfs erofs exfat ext2 ext3 f2fs gfs2 iso9660 jffs2 jfs minix nilfs2 ntfs3 reiserfs romfs udf ufs xfs
# run-as: self
# timeout: 300
. "$(dirname "$0")/common.bash"
need_tools "$1"
run "$LIB/debianroot" tree
if as_root; then
	mknod -m 600 tree/dev/console c 5 1
	mknod -m 660 tree/dev/sda1 b 8 1
	chown 12:34 tree/dev/sda1
fi
mkfifo tree/dev/initctl
setfattr -n user.colour -v green tree/etc/debian_version
reduce "$1" tree
run makefs -Z -t "$1" --ignore=owners,modes,xattrs image tree
same_tree "$1" image tree
echo "$(find tree | wc -l) files, $(du -sk tree | cut -f1) KiB: an image of $(($(stat -c %s \
	image) >> 10)) KiB"
