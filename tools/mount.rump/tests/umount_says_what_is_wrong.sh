#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# rump_umount waits for the server, tells of lost writes, and says in one sentence what is wrong.
# run-as: both
# needs: fusermount3 findmnt
. "$RUMP_TEST_LIB/common.sh"

if [ ! -r /dev/fuse ] || [ ! -w /dev/fuse ]; then
	skip "/dev/fuse is not there for this user"
fi
cp "$RUMP_BUILD/tests/bin/fakeserver" rump_ext4
mkdir mnt other 'a b'
image=disk.$$.img		# a name that no other test's server has
truncate -s 1M "$image"
trap 'fusermount3 -qu mnt || true' EXIT

serve() { ./rump_ext4 -o "$1" "$image" "${2:-mnt}" || fail "the server does not start"; }
servers() { pgrep -c -r S,R,D -f "^./rump_ext4 .* $image" || true; }
no_server() { [ "$(servers)" = 0 ]; }

# says CODE WORDS ARGUMENT...
says() {
	local code=$1 pattern=$2 rc=0
	shift 2
	rump_umount "$@" >out 2>err || rc=$?
	equal "exit code of rump_umount $*: $(cat err)" "$code" "$rc"
	[ -z "$pattern" ] || grep -qe "$pattern" err ||
		fail "rump_umount $*: does not say '$pattern': $(cat err)"
	[ -n "$pattern" ] || [ ! -s err ] || fail "rump_umount $*: says $(cat err)"
	[ "$(wc -l <err)" -le 2 ] || fail "rump_umount $*: more than a sentence: $(cat err)"
}

# it waits
serve fake-delay=2
says 0 '' mnt
equal "servers left: it does not wait" 0 "$(servers)"
serve ro 'a b'
says 0 '' -v 'a b'
grep -q 'a b unmounted' out || fail "-v says nothing"
serve ro
ln -s mnt link
says 0 '' ./link/.
serve ro
! ./rump_ext4 "$image" other 2>/dev/null || fail "the image is served twice"
says 0 '' mnt/

# last writes
serve fake-sync=28
says 32 'the last writes failed: No space left on device' mnt
serve fake-exit=3
if [ "$(uname -r | cut -d. -f1)" -ge 7 ] || [[ $(uname -r) =~ ^6\.(1[5-9]|[2-9][0-9]) ]]; then
	says 32 'its server ended with an error' mnt
else
	says 0 '' mnt
fi

# what cannot be unmounted
says 32 'is not mounted: it is no mount point' other
says 32 'No such file or directory' nowhere
says 32 'is a mount of type proc, which no rump server serves' /proc
says 1 'which directory'
says 1 'invalid option' -x mnt
says 2 'cannot enter the mount namespace' -N /nowhere mnt
serve ro
says 32 'No such file' nowhere mnt
equal "the second operand" '' "$(findmnt -n mnt || true)"

# busy
serve ro
exec 5<mnt
says 32 'is busy: a program has a file open' mnt
if as_root; then
	says 0 'it stays mounted, and is read-only now' -r mnt
fi
says 0 '' -l mnt
exec 5<&-
wait_until no_server

# a copy of the mount in another mount namespace, and the server in another pid namespace
if as_root; then
	serve ro
	unshare --mount --propagation private sleep 600 &
	until [ "$(readlink /proc/$!/ns/mnt)" != "$(readlink /proc/self/ns/mnt)" ]; do
		sleep 0.1
	done
	says 2 'another mount namespace still has it' mnt
	kill $!
	wait $! || true
	wait_until no_server
	serve ro
	rc=0
	unshare --pid --fork rump_umount mnt 2>err || rc=$?
	equal "from another pid namespace" 2 "$rc"
	grep -q 'runs in another pid namespace' err || fail "it says: $(cat err)"
	wait_until no_server
fi

# a server that is dead, and one that does not answer
serve ro
kill -9 "$(pgrep -n -f "^./rump_ext4 .* $image")"
wait_until no_server
says 0 '' mnt
if as_root; then
	serve fake-hang=1
	says 0 '' -f mnt
fi
