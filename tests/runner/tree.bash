# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# A made-up tree of tests below ./top, which the tests of the runner let it run.

mkdir -p top/tests/it top/build
ln -s "$RUMP_TOP/tests/lib" top/tests/lib
cp "$RUMP_TOP/tests/run" top/tests/run

# make_test NAME TEXT: the test it/NAME: its headers and its commands
make_test() {
	printf '#!/bin/sh\n# run-as: self\n%s\n' "$2" >"top/tests/it/$1.sh"
	chmod +x "top/tests/it/$1.sh"
}

# tests_run CODE [OPTION...]: the runner ends with that exit code; its output is in ./out
tests_run() {
	local expected=$1 rc=0
	shift
	top/tests/run -b build "$@" >out 2>&1 || rc=$?
	[ "$rc" = "$expected" ] ||
		{ cat out; fail "exit code $rc, expected $expected: tests/run $*"; }
}

# counts PASSED FAILED SKIPPED: the last line
counts() { equal "the last line" "$1 passed, $2 failed, $3 skipped" "$(tail -n 1 out)"; }

# has PATTERN, lacks PATTERN: lines of the output
has() { grep -qE -- "$1" out || { cat out; fail "the output lacks: $1"; }; }
lacks() { ! grep -E -- "$1" out || fail "the output has: $1"; }

# names: the tests in the order in which they ended, without what follows their name
names() { sed -nE 's/^(pass|fail|skip|unsteady) +[0-9.]+s  ([^ :]*).*/\2/p' out; }
