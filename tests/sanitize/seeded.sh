#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The sanitized build finds what it is there for, and finds nothing in the kernel side's memory.
# run-as: user
. "$(dirname "$0")/common.bash"

# finds DEFECT PATTERN
finds() {
	local rc=0
	"$B/tests/bin/seeded" "$1" >out 2>&1 || rc=$?
	equal "exit code with defect $1: $(head -c 300 out)" 99 "$rc"
	reports out >found || fail "$1: no report"
	grep -q "$2" found || fail "$1: not reported as $2: $(head -n 5 found)"
}

finds heap heap-buffer-overflow
finds stack stack-buffer-overflow
finds wrapper heap-buffer-overflow
finds undefined 'shift exponent'
finds leak 'detected memory leaks'
"$B/tests/bin/seeded" none >out 2>&1 || fail "exit code $? without a defect"
! reports out || fail "found something in the kernel side's memory"
