#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A process with a mounted image and nothing to do is not woken once in 10 seconds, beyond what the
# file system itself schedules, and uses no processor time.
#
# What file systems schedule while mounted for writing: xfs a log worker every 30 s (one wake-up of
# the timer and one of a worker each), btrfs its cleaner and transaction threads every 30 s, ext4
# nothing once its lazy inode table work and the commit 5 s after the last change are over.
# each: ext4,ro ext4,rw xfs,ro xfs,rw btrfs,ro btrfs,rw vfat,rw
# run-as: user
# timeout: 100
. "$RUMP_TEST_LIB/common.sh"

type=${1%,*} mode=${1#*,}
need_tools "$type"
options=()
[ "$type" != ext4 ] || options=(-E "lazy_itable_init=0,lazy_journal_init=0")
mkimg "$type" disk.img 512M "${options[@]}"
case $type,$mode in
*,ro) settle=2 allowed=0 ;;
xfs,rw | btrfs,rw) settle=40 allowed=8 ;;
*) settle=12 allowed=0 ;;
esac
"$RUMP_BUILD/tests/bin/idle" disk.img "$mode" "$settle" 10 | tee out
read -r _ got _ wakeups _ cpu _ _ <out
equal "the type" "$type" "$got"
[ "$wakeups" -le "$allowed" ] || fail "$wakeups wake-ups in 10 s, at most $allowed are the file system's"
awk -v ms="$cpu" 'BEGIN { exit !(ms < 2) }' || fail "$cpu ms of processor time in 10 s"
