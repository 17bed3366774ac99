#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The table of allowed calls has no line too many: each call is made by some load (but those which
# it calls SPARE), as strace sees it.
# run-as: root
# needs: strace mkfs.xfs mkfs.btrfs
# timeout: 300
. "$RUMP_TEST_LIB/common.sh"

table=${RUMP_TEST_LIB%/tests/lib}/libhost/serve.def
strace -f true 2>/dev/null || skip "strace may not trace here"
for type in ext4 xfs btrfs; do
	mkimg "$type" "$type.img" 512M
done

# stages FIRST LAST: the part of the trace between these filters (of 3)
stages() {
	awk -v first="$1" -v last="$2" '/SECCOMP_SET_MODE_FILTER.*{len=/ { n++; next }
		n >= first && n < last' trace
}

# names: of the calls that were made and not refused
names() {
	grep -E 'rt_sigreturn|^[0-9]+ +[a-z0-9_]+\(' | grep -vE '(EPERM|ENOSYS) ' |
		sed -E 's/^[0-9]+ +([a-z0-9_]+)\(.*/\1/'
}

# calls_of ARGUMENTS...: the calls that were made in the sandbox and not refused
calls_of() {
	(strace -f -qq -o trace "$RUMP_BUILD/tests/bin/boxed" "$@" >log 2>&1 </dev/null; exit $?) \
		2>/dev/null || true
	[ "$(grep -c 'SECCOMP_SET_MODE_FILTER.*{len=' trace)" = 3 ] ||
		{ cat log; fail "boxed $*: no sandbox"; }
	stages 1 3 | names >>start
	stages 3 9 | names >>made
	# one that returns from a handler shows the result of what was interrupted
	grep -E 'rt_sigreturn\(' trace | sed -E 's/.*(rt_sigreturn).*/\1/' >>made || true
}

: >made
: >start
calls_of -m sync -o discard ext4.img load 10
calls_of -m async ext4.img load 10
calls_of -m mmap ext4.img load 10
calls_of -o snapshot xfs.img load 10
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

# the way there; the channel to the monitor is not boxed's, hosts differ in others
sed -n 's/^\(MOUNT\|PROBE\)(\([a-z_0-9]*\),.*/\2/p' "${table%serve.def}start.def" |
	sort -u >allowed
printf '%s\n' seccomp sendto recvmsg getppid fstat prctl ioctl | sort >spare
sort -u start | comm -13 - allowed | comm -23 - spare >unused
[ ! -s unused ] || fail "allowed before the mount, but not made: $(tr '\n' ' ' <unused)"
