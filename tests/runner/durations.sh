#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each run records how long its tests took; later runs start the longest first.
# run-as: self
# timeout: 60
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TOP/tests/runner/tree.bash"

for name in a b c d; do
	make_test "$name" 'exit 0'
done
make_test fails 'exit 1'
make_test slow 'sleep 1.2'
order() { equal "$1" "${*:2}" "$(names | sed 's,it/,,' | head -n $(($# - 1)) | paste -sd' ')"; }

# Without a record of its own a clone has tests/durations; an unknown test counts as 5 seconds.
printf '9.5 it/c\n0.1 it/b\n30 it/d\n' >top/tests/durations
tests_run 1 -j 1
order "the order of a fresh clone" d c a
cp top/tests/durations fresh

grep -qE '^[0-9]+\.[0-9] it/b$' top/build/tests/durations || fail "it/b is not recorded"
grep -qE '^(1\.[2-9]|[2-9]\.[0-9]|[1-9][0-9]+\.[0-9]) it/slow$' top/build/tests/durations ||
	fail "it/slow took longer than recorded: $(cat top/build/tests/durations)"
! grep fails top/build/tests/durations || fail "a failure is recorded"
cmp fresh top/tests/durations || fail "the run wrote the committed record"

# The run's own record counts more; FILE instead of it; few rounds and all are kept apart.
printf '99 it/a\n50 it/gone\n60 it/b\n' >top/build/tests/durations
tests_run 1 -j 1
order "the order by the record" a b
! grep gone top/build/tests/durations || fail "a test that is gone is still recorded"
printf '70 it/b\nno number\n\n80 it/b (all rounds)\n75 it/a\n' >other
tests_run 1 -j 1 --durations other
order "the order by FILE" a b
tests_run 0 -j 1 --durations other -k "it/[ac]"
grep -qE '^[0-9.]+ it/a$' other || fail "FILE is not updated: $(cat other)"
grep -qE '^80.0 it/b \(all rounds\)$' other || fail "FILE lost a line: $(cat other)"
printf '70 it/b\n80 it/b (all rounds)\n75 it/a\n' >other
tests_run 1 -j 1 --durations other --full
order "the order with all rounds" b a

# A record that cannot be written costs nothing but the record.
tests_run 0 -k 'it/a$' --durations /dev/null/there
has '/dev/null/there: not recorded'
counts 1 0 0
