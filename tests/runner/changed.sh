#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --changed BASE: tier check, and of tier full what tests/touched selects by the changed paths, the
# most specific row first, within the budget.
# run-as: self
# needs: git
# timeout: 60
# shellcheck disable=SC2016	# the commands are for the shells of the tests
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TOP/tests/runner/tree.bash"

make_test quick 'exit 0'
make_test both '# each-full: more'
make_test slow '# tier: full'
make_test slower '# tier: full'
make_test other '# tier: full'
cat >top/tests/touched <<-'end'
	# path		test
	^lib/		^it/(slow|slower|both)

	^lib/special	^it/slower
	^tool/|special	it/other$
end
printf '%s\n' '10 it/slow' '20 it/slower' '30 it/other' '1 it/both' '7 it/both (all rounds)' \
	'2 it/both[more]' >top/tests/durations
git() { command git -C top -c user.name=n -c user.email=e -c safe.directory='*' "$@"; }
mkdir -p top/lib top/tool
touch top/lib/{a,b,special} top/tool/t
printf '/build/\n' >top/.gitignore
git init -q
git add .
git commit -qm one
git branch base

# adds TITLE...: what is listed beside tier check, in the list's order
check=$'it/both\nit/quick'
adds() {
	equal "the list" "$(printf '%s\n' "$check" "$@" | sort)" "$(sort list)"
}
changed() {
	top/tests/run -b build -j 1 --changed base -l "$@" >list 2>notes || fail "$(cat notes)"
}

changed
adds
git mv lib/special tool/new
git commit -qm renamed
changed
adds 'it/both[more]' it/slow it/slower it/other
git reset -q --hard base
echo x >top/lib/a
changed
adds 'it/both[more]' it/slow it/slower
git commit -qam committed
touch top/tool/untracked
changed -k '[ro]$'
equal "with -k" 'it/other it/slower' "$(sort list | paste -sd' ')"

# What the base has done since does not count.
rm top/tool/untracked
git checkout -q base
echo y >top/tool/t
git commit -qam elsewhere
git checkout -q -
changed
adds 'it/both[more]' it/slow it/slower

# lib/special has a row that matches one file, one for two and one for three.  it/both costs what
# all its rounds take more than few.
echo x >top/lib/special
changed --budget 27
adds it/slower 'it/both[more]'
grep -q '^of these, 3 do not fit into 27 s:$' notes || fail "$(cat notes)"
grep -q '^  it/slow$' notes || fail "not by name: $(cat notes)"
changed --budget 37
adds it/slower 'it/both[more]'
changed --budget 38
adds it/slower it/slow 'it/both[more]'
changed --budget 68
adds it/slower it/other it/slow 'it/both[more]'
! grep -q 'do not fit' notes || fail "$(cat notes)"
top/tests/run -b build -j 2 --changed base -l --budget 19 2>notes >list
adds it/slower it/slow 'it/both[more]'

# A test that was changed selects itself, with all rounds.
git checkout -q .
git checkout -q base
make_test both '# changed
[ -z "$RUMP_TEST_QUICK" ]'
make_test quick '[ "$RUMP_TEST_QUICK" ]'
git add .
git commit -qm quick
make_test both '# changed again
# each-full: more
[ -z "$RUMP_TEST_QUICK" ]'
changed
adds 'it/both[more]'
tests_run 0 --changed base
counts 3 0 0
has '^changed files: 1; tests of tier full that they select: 2$'

tests_run 1 --changed no-such-commit
has "no-such-commit"
tests_run 2 --budget 10
has '--budget: needs --changed'
printf 'half-a-row\n' >>top/tests/touched
tests_run 1 --changed base
has 'tests/touched:6: a row is'
