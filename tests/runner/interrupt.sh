#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A run that is interrupted ends its tests, removes what they made and reports what it knows.
# run-as: self
# each: TERM INT
# timeout: 120
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TOP/tests/runner/tree.bash"

make_test passes 'exit 0'
make_test waits "sleep 1000 &
echo \$! >'$PWD/pid'
pwd >'$PWD/where'
wait"
make_test later 'exit 0'
printf '9 it/passes\n8 it/waits\n' >top/tests/durations
code=$((128 + $(kill -l "$1")))
# A background job of a script ignores SIGINT, which is undone here.
python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])' top/tests/run -b build -j 1 --junit xml >out 2>&1 &
wait_until has_lines 1 where
kill -"$1" $!
rc=0
wait $! || rc=$?
cat out
equal "exit code" "$code" "$rc"
counts 1 0 0
has '^2 not run$'
[ ! -e "$(cat where)" ] || fail "the directory of the test is still there"
! grep -qs sleep "/proc/$(cat pid)/cmdline" || fail "a process of the test is still there"
grep -q 'tests="1"' xml || fail "no report is written: $(cat xml)"
