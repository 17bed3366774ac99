#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A process with a mounted image and nothing to do is not woken once in 10 seconds, beyond what the
# file system itself schedules, and no thread of it runs then.
#
# Before that it has time to become idle: the kernel's writeback looks every 5 s for pages that are
# dirty for 30 s, workqueues end their surplus workers.  What file systems schedule for ever while
# they are mounted for writing: xfs a log worker every 30 s, btrfs its cleaner and its transaction
# thread every 30 s; each is some switches of the tick, a worker and the thread.
# run-as: user
# weight: 0
# timeout: 600
. "$RUMP_TEST_LIB/common.sh"

pids=()
for case in ext4,ro ext4,rw xfs,ro xfs,rw btrfs,ro btrfs,rw vfat,rw; do
	type=${case%,*} mode=${case#*,} options=()
	need_tools "$type"
	[ "$type" != ext4 ] || options=(-E "lazy_itable_init=0,lazy_journal_init=0")
	mkimg "$type" "$case.img" 512M "${options[@]}"
	settle=20 allowed=0
	[ "$mode" = ro ] || settle=45
	case $case in xfs,rw | btrfs,rw) allowed=20 ;; esac
	echo "$allowed" >"$case.allowed"
	"$RUMP_BUILD/tests/bin/idle" "$case.img" "$mode" "$settle" 10 "$allowed" >"$case.out" 2>&1 &
	pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid"; done

bad=0
for out in *.out; do
	case=${out%.out} allowed=$(cat "${out%.out}.allowed")
	tail -n 1 "$out"
	read -r _ type _ wakeups _ ran _ _ < <(tail -n 1 "$out")
	equal "the type" "${case%,*}" "$type"
	# a thread that spins is never switched to; one that is woken may take its time
	most=1000000
	[ "$wakeups" != 0 ] || most=0
	if [ "$wakeups" -gt "$allowed" ] || [ "$ran" -gt "$most" ]; then
		echo "$case: $wakeups wake-ups and $ran us of processor time in 10 s"
		head -n -1 "$out"
		bad=1
	fi
done
exit "$bad"
