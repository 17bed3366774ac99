#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Ctrl-C in the middle of a put: the command ends soon, says so, and the image is unmounted cleanly.
# each: ext4 vfat
# each-full: xfs btrfs
# run-as: user
. "$RUMP_TEST_LIB/common.sh"

need_tools "$1"
mkdir tree
head -c 300M /dev/urandom >tree/big
for sig in INT TERM HUP; do
	mkimg "$1" disk.img 1G
	# a background job ignores INT, and HUP under nohup: python gives them back
	python3 -c 'import os, signal, sys
for s in signal.SIGINT, signal.SIGHUP:
	signal.signal(s, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])' fsu_put disk.img tree /tree >out 2>err &
	put=$!
	wait_until grep -q fsu_put "/proc/$put/comm"
	sleep 0.15
	kill "-$sig" "$put" 2>/dev/null || { wait "$put" ||
		true; echo "SIG$sig came too late"; continue; }
	begin=$SECONDS rc=0
	wait "$put" || rc=$?
	[ $((SECONDS - begin)) -le 60 ] || fail "SIG$sig: it took $((SECONDS - begin)) s to end"
	[ "$rc" != 0 ] || fail "SIG$sig: exit code 0"
	fsck_clean "$1" disk.img
	run fsu_ls disk.img -lR /
done
