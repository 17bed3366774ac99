#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A test that fails beside others and passes alone is unsteady: a number of its own, listed with its
# first output; tier full counts it as failed.
# run-as: self
# timeout: 60
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TOP/tests/runner/tree.bash"

make_test passes 'exit 0'
make_test unsteady "[ -e '$PWD/seen' ] || { touch '$PWD/seen'; echo at first; exit 1; }"
make_test fails 'exit 1'
make_test alone "# alone: yes
[ -e '$PWD/alone' ] || { touch '$PWD/alone'; exit 1; }"
tests_run 1
counts 2 2 0
has '^unsteady .*it/unsteady$'
equal "the line before the last" "1 unsteady" "$(tail -n 2 out | head -n 1)"
sed -n '/^failed beside others, passed alone/,/^failed:/p' out | grep -q 'at first' ||
	fail "what an unsteady test printed at first is not shown"
grep -q '^fail .*it/alone' out || fail "a test that was alone got a second try"

rm top/tests/it/fails.sh seen
tests_run 0
counts 3 0 0
has '^1 unsteady$'
tests_run 0
lacks '[0-9] unsteady'

rm seen
tests_run 1 --full
counts 2 1 0
has '^1 unsteady, counted as failed$'
