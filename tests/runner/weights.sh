#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Tests run beside each other on all processors: as many as their weights allow, and those that only
# wait; those that must be alone run after the others.
# run-as: self
# timeout: 120
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TOP/tests/runner/tree.bash"

# Each test enters ./running and fails where it does not find what it expects there.
mkdir running
both="for _ in \$(seq 300); do
	set -- '$PWD'/running/light*
	[ \$# = 2 ] && exit 0
	sleep .1
done
exit 1"
only="for _ in 1 2 3 4 5; do set -- '$PWD'/running/*; [ \$# = 1 ] || exit 1; sleep .1; done"
enters() { # NAME HEADER COMMANDS
	make_test "$1" "$2
trap 'sleep .5; rm \"$PWD/running/$1\"' EXIT
touch '$PWD/running/$1'
$3"
}
enters light1 '' "$both"
enters light2 '' "$both"
tests_run 0 -j 2
counts 2 0 0

enters heavy '# weight: 2' "$only"
enters heavier '# weight: 20' "$only"
enters alone '# alone: yes' "$only"
enters alone2 '# alone: yes' "$only"
tests_run 0 -j 2 --fail-fast
counts 6 0 0
equal "the last two" "$(printf 'it/alone\nit/alone2')" "$(names | tail -n 2 | sort)"

# Where there are slots for all, weights allow the heavy one beside others.
rm top/tests/it/*
enters light1 '' "$both"
enters light2 '# weight: 2' "$both"
tests_run 0 -j 3
top/tests/run --help | grep -A1 -e '-j N' | grep -q 'three for two CPUs' || fail "-j: no default"

# What only waits takes no slot.
rm top/tests/it/*
enters light1 '# weight: 0' "$both"
enters light2 '# weight: 0' "$both"
tests_run 0 -j 1

# The default is all processors.
rm top/tests/it/*
cpus=$(nproc)
for n in $(seq "$cpus"); do
	enters "light$n" '' "${both/= 2/= $cpus}"
done
tests_run 0 --fail-fast
counts "$cpus" 0 0
tests_run 2 -j 0
