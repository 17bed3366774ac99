#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# umount directly after a program that had thousands of removed files open: the host still sends
# what it releases while the connection ends, and that is no error of the unmount.
# each: xfs btrfs
# needs: python3
# timeout: 300
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/mounted.sh"

need_tools "$1"
need_fuse
ulimit -n 4096 || skip "no more than $(ulimit -n) open files"

mkimg "$1" disk.img 512M
run fsu_chmod disk.img 777 /
rounds=10
if [ "$QUICK" ]; then rounds=3; fi
for ((i = 0; i < rounds; i++)); do
	serve "$1" disk.img
	python3 - mnt <<-'END' || fail "the files"
		import os, sys
		files = []
		for i in range(4000):
		    name = f"{sys.argv[1]}/{i}"
		    files.append(os.open(name, os.O_CREAT | os.O_WRONLY))
		    os.unlink(name)
	END
	unserve
done
fsck_clean "$1" disk.img
