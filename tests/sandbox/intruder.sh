#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Code that has taken over a mount server can do nothing of a long list at any moment: when libblkid
# looks at the image, when the driver mounts it and replays its journal, when it serves.
# run-as: both
# needs: dumpe2fs
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TEST_LIB/mounted.sh"

need_fuse
table=$RUMP_TOP/libhost/serve.def
mkdir mnt
mkimg ext4 disk.img 32M

run fsu_chmod disk.img 777 /
chmod 600 disk.img
serve ext4 disk.img
echo text >mnt/file
sync -f mnt
cp disk.img dirty.img
unserve
dumpe2fs -h dirty.img 2>/dev/null | grep -q needs_recovery || fail "there is no journal to replay"
names() { sed -n "s/^$1(\([a-z_0-9]*\),.*/\1/p" "$table" | sort -u; }

# intrude MOMENT [NAME]: what happened is in the file log; the exit code is the server's
intrude() {
	local program=rump_ext4
	cp dirty.img disk.img
	[ "$1" != probe ] || program=rump_fs	# which looks for the type
	INTRUDE_AT=$1 INTRUDE=${2-} LD_PRELOAD=$RUMP_BUILD/tests/bin/intruder.so \
		"$program" -f disk.img mnt 2>log &
	local server=$! rc=0
	wait_until done_or_ended "$server" "$1"
	! grep -q '^intruder: done' log || wait_until mountpoint -q mnt
	! mountpoint -q mnt || rump_umount mnt || fail "$1: $(cat log)"
	wait "$server" || rc=$?
	return "$rc"
}
done_or_ended() { grep -q "^intruder: done at $2" log || ended "$1"; }

# what a moment needs, as the table of calls says; landlock answers EACCES
needed="ftruncate recvmsg seccomp prctl-seccomp io_uring-files"
for moment in probe mount read serve; do
	intrude "$moment" || { cat log; fail "$moment: exit code $?"; }
	allowed="$needed"
	case $moment in
	probe) allowed+=" openat prctl-dumpable landlock_create_ruleset mmap-private-file"
		allowed+=" mmap-file-exec" ;;
	serve) allowed="" ;;
	esac
	grep '^intruder: .*: ' log >attempts
	[ "$(wc -l <attempts)" -gt 70 ] || { cat log; fail "$moment: hardly an attempt"; }
	sed '/: refused$/d; s/^intruder: //' attempts >not
	[ "$moment" != probe ] || grep -qx 'openat: Permission denied' not ||
		fail "probe: a file can be opened"
	for name in $allowed; do
		sed -i "/^$name: /d" not
	done
	[ ! -s not ] || { cat not; fail "$moment: not refused"; }
done

# and what only an intruder would try ends the server
fatal="execve fork unshare userfaultfd keyctl ptrace"
[ -n "${RUMP_TEST_QUICK-}" ] || fatal=$(names KILL)
for name in $fatal; do
	for moment in probe mount; do
		rc=0
		intrude "$moment" "$name" || rc=$?
		[ "$rc" = 4 ] || { cat log; fail "$name at $moment: exit code $rc"; }
		grep -q 'ended by signal 31' log || { cat log; fail "$name at $moment: no SIGSYS"; }
	done
done
fsck_clean ext4 disk.img
