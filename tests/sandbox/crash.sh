#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# In the sandbox a panic and a crash leave message and backtrace in the log, and their exit code.
. "$RUMP_TEST_LIB/common.sh"

boxed=$RUMP_BUILD/tests/bin/boxed
mkimg ext4 disk.img 16M

# ends_with CODE THING
ends_with() {
	local rc=0
	"$boxed" disk.img "$2" >log 2>&1 || rc=$?
	[ "$rc" = "$1" ] || { cat log; fail "$2: exit code $rc, expected $1"; }
	! ls core* 2>/dev/null || fail "$2: a core file"
}

ends_with 70 panic
grep -q '^<0> panic: a test' log || fail "the log has no message of the panic"
grep -q '^<0>   #1 .* rumpuser_panic' log || { cat log; fail "the log has no backtrace"; }
grep -q '^<0>   #3 ' log || { cat log; fail "the backtrace is one line"; }
ends_with 139 segv
grep -q '^<4>   #4 boxed' log || { cat log; fail "the backtrace does not show the crash"; }
ends_with 134 abort
fsck_clean ext4 disk.img
