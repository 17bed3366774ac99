#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The tests of librumpuser pass on its POSIX back end, by every method that it has.
# each: glibc musl
# timeout: 240
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/backend.sh"

use_posix "$1" -
tests=$RUMP_BUILD/tests/posix/$1
sources=$RUMP_TOP/librump/rumpuser/tests

# one PROGRAM [METHOD]: in a folder of its own
one() {
	local rc=0
	mkdir "$*"
	(cd "$*" && "$tests/$1" ${2+"$2"}) >log 2>&1 || rc=$?
	[ "$rc" = 0 ] || [ "$rc:${2-}" = 77:mmap ] || { tail -n 20 log; fail "exit code $rc: $*"; }
}

ran=0
for program in "$tests"/rumpuser_*; do
	name=$(basename "$program")
	modes=$(sed -n 's/.*each: //p' "$sources/$name.c" | head -n 1)
	if [ -z "$modes" ]; then
		one "$name"
	fi
	for mode in $modes; do
		one "$name" "$mode"
	done
	ran=$((ran + 1))
done
[ "$ran" = 7 ] || fail "$ran programs instead of 7"
