#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --seed: a random order that its printed number gives again; it is not the SEED of the tests.
# run-as: self
# timeout: 60
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TOP/tests/runner/tree.bash"

for n in 1 2 3 4 5 6 7 8; do
	make_test "t$n" "[ \"\$SEED\" = '$n' ] || [ -z \"\$SEED\" ]"
done
unset SEED
order() { tests_run 0 -j 1 "$@"; names | paste -sd' '; }
one=$(order --seed 1)
equal "the order of seed 1, again" "$one" "$(order --seed 1)"
equal "all of them" 8 "$(wc -w <<<"$one")"
[ "$one" != "$(order --seed 2)" ] || fail "another seed, the same order: $one"

free=$(order --seed)
seed=$(sed -nE 's/^order: --seed ([0-9]+)$/\1/p' out)
[ "$seed" ] || fail "the seed is not printed: $(cat out)"
equal "the order of the seed that was printed" "$free" "$(order --seed "$seed")"
order --seed >/dev/null
[ "$seed" != "$(sed -nE 's/^order: --seed ([0-9]+)$/\1/p' out)" ] || fail "the same seed twice"

SEED=3 tests_run 0 --seed 1 -k it/t3
SEED=3 tests_run 1 --seed 1 -k it/t4
