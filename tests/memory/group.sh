#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# In a control group that limits memory the kernel side takes a quarter of that limit, not of the
# host's memory: else the page cache would lead to the end of the process.  Both hierarchies.
# run-as: root
# needs: mkfs.ext4
. "$RUMP_TEST_LIB/common.sh"

# The group of this process, and its file with the limit.
old=$(sed -n 's/^[0-9]*:memory:/\/sys\/fs\/cgroup\/memory/p' /proc/self/cgroup)
new=$(sed -n 's/^0::/\/sys\/fs\/cgroup/p' /proc/self/cgroup)
if [ -e "$old/memory.limit_in_bytes" ]; then
	group=$old/rump-test.$$ file=memory.limit_in_bytes
elif [ -e "$new/memory.max" ]; then
	group=$new/rump-test.$$ file=memory.max
else
	skip "no control group of this process has a limit of memory"
fi
mkdir "$group" 2>/dev/null || skip "no control group can be made"
trap 'rmdir "$group"' EXIT
echo $((512 << 20)) >"$group/$file" || skip "the control group takes no limit"

mkimg ext4 disk.img 16M
(
	echo "$BASHPID" >"$group/cgroup.procs"
	RUMP_VERBOSE=1 exec fsu_ls disk.img /
) >log 2>&1 || fail "$(cat log)"
# "workingset: ... max_order=N": 2^N pages, rounded up
order=$(sed -n 's/.*workingset: .*max_order=\([0-9]*\).*/\1/p' log)
[ -n "$order" ] || fail "the kernel does not say how much memory it has: $(cat log)"
page=$(getconf PAGESIZE)
[ $((page << order)) -le $((128 << 20)) ] ||
	fail "the kernel side takes up to $(((page << order) >> 20)) MiB in a group of 512 MiB"
