#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A writer killed at any moment: the next mount replays the journal, the checker finds nothing, and
# every file that was fsynced is there with its content.
# each: ext4 xfs btrfs ext3 f2fs nilfs2
# timeout: 600
. "$RUMP_TEST_LIB/common.sh"

need_tools "$1"
acked=$RUMP_BUILD/tests/bin/acked
case $1 in
ext4 | xfs | btrfs) rounds=50 ;;
*) rounds=15 ;;
esac
[ -z "$RUMP_TEST_QUICK" ] || rounds=10
acknowledged=0
for ((round = 0; round < rounds; round++)); do
	if ((round % 10 == 0)); then
		mkimg "$1" disk.img 512M
		rm -f log
		: >log
	fi
	"$acked" write disk.img log >writer.log 2>&1 &
	writer=$!
	# every other one has acknowledged something, however slow the machine is
	((round % 2 == 0)) || wait_until has_lines $(($(wc -l <log) + 1)) log
	ms=$((RANDOM % 400 + 5))
	sleep "$(printf '0.%03d' "$ms")"
	kill -KILL "$writer" || { cat writer.log; fail "round $round: the writer ended by itself"; }
	wait "$writer" 2>/dev/null || true
	"$acked" verify disk.img log >verify.log 2>&1 ||
		{ tail -n 20 verify.log; fail "round $round, killed after $ms ms"; }
	[ -z "$(table "$1" check)" ] || fsck_clean "$1" disk.img
	acknowledged=$((acknowledged + $(grep -c '^+' log || true)))
done
[ "$acknowledged" != 0 ] || fail "no file was ever acknowledged"
cat verify.log
