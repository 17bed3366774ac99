#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The runner itself: it counts passes, failures and skips, ends a test that hangs, and finds what a
# test leaves behind.
# run-as: self
# timeout: 60
. "$RUMP_TEST_LIB/common.sh"

mkdir -p top/tests/it top/build
ln -s "$RUMP_TOP/tests/lib" top/tests/lib
cp "$RUMP_TOP/tests/run" top/tests/run
make_test() {
	printf '#!/bin/sh\n# run-as: self\n%s\n' "$2" >"top/tests/it/$1.sh"
	chmod +x "top/tests/it/$1.sh"
}
make_test passes 'exit 0'
make_test fails 'echo the reason; exit 1'
make_test skips 'echo no moon today; exit 77'
make_test hangs '# timeout: 1
sleep 50'
make_test leaves 'sleep 50 & exit 0'
make_test crashes 'kill -SEGV $$'
make_test each '# each: one two
[ "$1" = one ] || [ "$1" = two ]'
make_test unsteady "[ -e '$PWD/seen' ] || { touch '$PWD/seen'; echo at first; exit 1; }"
make_test needs '# needs: no-such-program-here
exit 0'
rc=0
top/tests/run -b build >out 2>&1 || rc=$?
cat out
equal "exit code" 1 "$rc"
equal "the last line" "4 passed, 4 failed, 2 skipped" "$(tail -n 1 out)"
for text in 'the reason' 'it/skips: no moon today' 'no end after 1 s' 'process [0-9]+: sleep 50' \
	'SIGSEGV' 'it/each\[two\]' 'not installed: no-such-program-here'; do
	grep -qE "$text" out || fail "the output lacks: $text"
done
sed -n '/^failed beside others, passed alone/,/^failed:/p' out | grep -q 'at first' ||
	fail "what an unsteady test said at first is not told"
rm top/tests/it/{fails,hangs,leaves,crashes}.sh
top/tests/run -b build -k it/ >out 2>&1 || fail "a run without failures ends with $?"
equal "the last line" "4 passed, 0 failed, 2 skipped" "$(tail -n 1 out)"
