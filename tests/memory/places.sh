#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel side's memory is at another place in each process, and with RUMP_NOKASLR at the same.
# run-as: user
. "$RUMP_TEST_LIB/common.sh"

need_tools ext4
mkimg ext4 disk.img 64M

# place [VARIABLE=VALUE]: where the arena of a process begins
place() {
	local pid
	env "$@" "$RUMP_BUILD/tests/bin/idle" disk.img ro 60 1 0 >idle.log 2>&1 &
	pid=$!
	wait_until grep -q rump-arena "/proc/$pid/maps"
	sed -n 's/-.*rump-arena.*//p' "/proc/$pid/maps" | head -n 1
	kill "$pid"
	wait "$pid" || true
}

for _ in 1 2 3; do place >>random; done
equal "places of three processes" 3 "$(sort -u random | wc -l)"
for _ in 1 2; do place RUMP_NOKASLR=1 >>fixed; done
equal "places with RUMP_NOKASLR" 1 "$(sort -u fixed | wc -l)"
