#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A checkout that the ordinary user cannot reach is shown to the tests by a bind mount, whose end is
# the run's end, also where the run is interrupted.
# run-as: root
# needs: unshare
# timeout: 60
# shellcheck disable=SC2016	# the commands are for the shells of the tests
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TOP/tests/runner/tree.bash"

unset RUMP_CHECKOUT
rm top/tests/lib
cp -r "$RUMP_TOP/tests/lib" top/tests/lib
make_test reads '# run-as: user
[ "$(id -u)" != 0 ] && [ -r "$RUMP_TOP/tests/run" ] && [ "$RUMP_CHECKOUT" = '"'$PWD/top' ]"
mkdir -m 700 secret
mv top secret
ln -s secret/top top
tests_run 0 -k it/reads
counts 1 0 0
views() { find "$TMPDIR" -maxdepth 1 -name 'rump-view.*'; }
equal "what is left" "" "$(views)"

make_test waits "pwd >'$PWD/where'; sleep 1000"
top/tests/run -b build -k it/waits >out 2>&1 &
wait_until has_lines 1 where
kill $!
rc=0
wait $! || rc=$?
equal "exit code" 143 "$rc"
counts 0 0 0
has '^1 not run$'
[ ! -e "$(cat where)" ] || fail "the directory of the test is still there"
equal "what is left" "" "$(views)"
