#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --repeat: until a test fails, or N times; --fail-fast: nothing starts after the first failure.
# run-as: self
# timeout: 60
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TOP/tests/runner/tree.bash"

make_test a 'exit 0'
make_test third "echo x >>'$PWD/runs'; [ \$(wc -l <'$PWD/runs') -lt 3 ]"
tests_run 0 --repeat 2
counts 4 0 0
equal "rounds" "round 1 round 2" "$(grep round out | paste -sd' ')"
rm runs
tests_run 1 --repeat
counts 5 1 0
lacks 'round 4|unsteady'
equal "runs of the test that failed" 3 "$(wc -l <runs)"
rm runs
tests_run 1 --repeat 9 --seed 5
counts 5 1 0
has '^order: --seed 7$'
lacks '^order: --seed 8$'
tests_run 2 --repeat 0

rm runs top/tests/it/third.sh
make_test bad "echo x >>'$PWD/runs'; exit 1"
make_test c 'exit 0'
printf '9 it/a\n8 it/bad\n7 it/c\n' >top/tests/durations
rm -f top/build/tests/durations
tests_run 1 -j 1 --fail-fast
counts 1 1 0
has '^1 not run$'
equal "runs of the test that failed" 1 "$(wc -l <runs)"
