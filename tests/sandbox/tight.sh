#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The table of allowed calls has no line too many: each call is made by some load (but those which
# it calls SPARE), as strace sees it.
# run-as: root
# needs: strace mkfs.xfs mkfs.btrfs
# timeout: 300
. "$RUMP_TEST_LIB/common.sh"

table=${RUMP_TEST_LIB%/tests/lib}/tools/mount/sandbox_calls.def
strace -f true 2>/dev/null || skip "strace may not trace here"
for type in ext4 xfs btrfs; do
	mkimg "$type" "$type.img" 512M
done

# calls_of ARGUMENTS...: the calls that were made in the sandbox and not refused
calls_of() {
	(strace -f -qq -o trace "$RUMP_BUILD/tests/bin/boxed" "$@" >log 2>&1 </dev/null; exit $?) \
		2>/dev/null || true
	grep -q 'SECCOMP_SET_MODE_FILTER.*{len=' trace || { cat log; fail "boxed $*: no sandbox"; }
	# one that returns from a handler shows the result of what was interrupted
	sed '1,/SECCOMP_SET_MODE_FILTER.*{len=/d' trace |
		grep -E 'rt_sigreturn|^[0-9]+ +[a-z0-9_]+\(' | grep -vE '(EPERM|ENOSYS) ' |
		sed -E 's/^[0-9]+ +([a-z0-9_]+)\(.*/\1/' >>made
	grep -E 'rt_sigreturn\(' trace | sed -E 's/.*(rt_sigreturn).*/\1/' >>made || true
}

: >made
calls_of -m sync -o discard ext4.img load 10
calls_of -m async ext4.img load 10
calls_of -m mmap ext4.img load 10
calls_of xfs.img load 10
calls_of -o discard=sync btrfs.img load 10
calls_of ext4.img wait
calls_of ext4.img panic
calls_of ext4.img abort
calls_of ext4.img segv
if [ -c /dev/fuse ]; then
	mkdir dir
	calls_of -f "$PWD/dir" ext4.img fuse
fi

sort -u made >used
sed -n 's/^ALLOW(\([a-z_0-9]*\),.*/\1/p' "$table" | sort -u >allowed
sed -n 's/^SPARE(\([a-z_0-9]*\),.*/\1/p' "$table" | sort -u >spare
comm -23 allowed used >unused
[ ! -s unused ] || fail "allowed, but no load makes it: $(tr '\n' ' ' <unused)"
[ -z "$(comm -12 allowed spare)" ] || fail "ALLOW and SPARE: $(comm -12 allowed spare)"
[ "$(wc -l <used)" -ge 25 ] || { cat used; fail "the trace is not whole"; }
