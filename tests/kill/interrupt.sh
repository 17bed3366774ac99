#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Ctrl-C in the middle of a put: the command ends before all is written, and the image is unmounted
# cleanly.
# each: ext4 vfat
# each-full: xfs btrfs
# run-as: user
. "$RUMP_TEST_LIB/common.sh"

# A signal that comes when all is written already is tried again.
need_tools "$1"
size=300 signals="INT TERM HUP"
[ -z "$QUICK" ] || { size=100 signals=TERM; }
mkdir tree
head -c "${size}M" /dev/urandom >tree/big

# begun: a part of the file has reached the image
begun() { [ "$(du -m disk.img | cut -f1)" -ge $((empty + 10)) ] || ! kill -0 "$put" 2>/dev/null; }

# interrupted SIGNAL: a put is; fails where it came to its end before
interrupted() {
	local rc=0
	mkimg "$type" disk.img 1G
	empty=$(du -m disk.img | cut -f1)
	# a background job ignores INT, and HUP under nohup: python gives them back
	python3 -c 'import os, signal, sys
for s in signal.SIGINT, signal.SIGHUP:
	signal.signal(s, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])' fsu_put disk.img tree /tree >out 2>err &
	put=$!
	wait_until begun
	kill "-$1" "$put" 2>/dev/null || true
	wait "$put" || rc=$?
	[ "$rc" != 0 ]
}

type=$1
for sig in $signals; do
	for try in {1..10}; do
		! interrupted "$sig" || break
		[ "$try" != 10 ] || fail "SIG$sig: no put was stopped before its end"
	done
	fsck_clean "$type" disk.img
	run fsu_ls disk.img -lR /
	there=$(fsu_stat -c %s disk.img /tree/big 2>/dev/null || echo 0)
	[ "$there" -lt $((size << 20)) ] || fail "SIG$sig: the file was written to its end first"
done
