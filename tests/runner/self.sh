#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The runner itself: it counts passes, failures and skips, ends a test that hangs, and detects what
# a test leaves behind.
# run-as: self
# timeout: 60
# shellcheck disable=SC2016	# the commands are for the shells of the tests
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TOP/tests/runner/tree.bash"

make_test passes 'exit 0'
make_test fails 'echo the reason; exit 1'
make_test skips 'echo no moon today; exit 77'
make_test hangs '# timeout: 1
sleep 50'
make_test leaves 'sleep 50 & exit 0'
make_test crashes 'kill -SEGV $$'
make_test misspelt 'eqaul one two; exit 0'
make_test each '# each: one two
[ "$1" = one ] || [ "$1" = two ]'
make_test needs '# needs: no-such-program-here
exit 0'
tests_run 1
counts 3 5 2
for text in 'the reason' 'it/skips: no moon today' 'no end after 1 s' 'process [0-9]+: sleep 50' \
	'SIGSEGV' 'eqaul: not found' 'it/each\[two\]' 'not installed: no-such-program-here'; do
	has "$text"
done
rm top/tests/it/{fails,hangs,leaves,crashes,misspelt}.sh
tests_run 0 -k it/
counts 3 0 2
tests_run 1 -k 'no such test'
counts 0 0 0
tests_run 2 -k '('
has 'no regular expression'

# What a passing test prints is shown by -v; the directory of a failed test stays with -K.
make_test prints 'echo so far so good'
tests_run 0 -k it/prints
lacks 'so far'
tests_run 0 -k it/prints -v
has '^    [|] so far so good$'
make_test fails 'echo here >file; exit 1'
tests_run 1 -k it/fails
lacks '^kept'
tests_run 1 -k it/fails -K
kept=$(sed -n 's/^kept: //p' out)
[ -d "$kept" ] || fail "no directory is kept"
equal "what is kept" "$(printf 'here\nhere')" "$(cat "$kept"/*/file)"
