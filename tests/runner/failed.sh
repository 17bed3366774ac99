#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --failed runs the tests whose last run failed or was unsteady, with the rounds they had then.
# run-as: self
# timeout: 60
# shellcheck disable=SC2016	# the commands are for the shells of the tests
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TOP/tests/runner/tree.bash"

make_test a 'exit 0'
make_test b 'exit 1'
make_test c "[ -e '$PWD/good' ]"
make_test unsteady "[ -e '$PWD/seen' ] || { touch '$PWD/seen'; exit 1; }"
make_test rounds '# tier: full
[ "$RUMP_TEST_QUICK" ]'
tests_run 1 --failed
has 'no record of an earlier run'
counts 0 0 0

tests_run 1
equal "the list" "it/b it/c it/unsteady" "$(top/tests/run -b build --failed -l | paste -sd' ')"
tests_run 1 --failed
counts 1 2 0
touch good

# A test that did not run keeps its place; one that passed or is gone loses it.
tests_run 0 -k it/a
tests_run 0 -k it/c
tests_run 1 --failed
counts 0 1 0
equal "what ran" it/b "$(names | sort -u)"
rm top/tests/it/b.sh
tests_run 0 --failed
counts 0 0 0

tests_run 1 --full -k it/rounds
tests_run 1 --failed
counts 0 1 0
tests_run 0 --failed -k it/a
counts 0 0 0
tests_run 2 --failed --full
