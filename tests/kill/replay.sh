#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A writer killed at any moment: the next mount replays the journal, the checker finds nothing, and
# every file that was fsynced is there with its content.
# each: ext4 xfs btrfs
# timeout: 600
. "$RUMP_TEST_LIB/common.sh"

need_tools "$1"
acked=$RUMP_BUILD/tests/bin/acked
rounds=50
[ -z "$RUMP_TEST_QUICK" ] || rounds=10
for ((round = 0; round < rounds; round++)); do
	if ((round % 10 == 0)); then
		mkimg "$1" disk.img 512M
		rm -f log
	fi
	"$acked" write disk.img log >writer.log 2>&1 &
	writer=$!
	ms=$((RANDOM % 400 + 5))
	sleep "$(printf '0.%03d' "$ms")"
	kill -KILL "$writer" || { cat writer.log; fail "round $round: the writer ended by itself"; }
	wait "$writer" 2>/dev/null || true
	touch log
	"$acked" verify disk.img log >verify.log 2>&1 ||
		{ tail -n 20 verify.log; fail "round $round, killed after $ms ms"; }
	fsck_clean "$1" disk.img
done
grep -q '^+' log || fail "no file was ever acknowledged"
cat verify.log
