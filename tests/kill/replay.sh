#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A writer killed at any moment: the next mount replays the journal, the checker finds nothing, and
# every file that was fsynced is there with its content.
#
# Some do not keep to that, by themselves or by their tools (doc/known-issues.md):
#   gfs2      The mount that replays may fail; the one after it must not.  A file whose removal was
#             interrupted may keep its blocks, in the state "unlinked", until they are needed or
#             fsck.gfs2 frees them.
#   jfs       The journal is replayed by jfs_fsck, and Debian's cannot.  Its full check must then
#             lead to a file system that can be mounted and has all that the writer did not touch.
#             With a jfs_fsck that can, all of the above must hold.
#   ntfs3     Writes no journal: what was fsynced must be there after ntfsfix, but the volume may be
#             good for nothing else.
#   reiserfs  The first file that is fsynced after a mount may be lost, until the second is.
# each: ext4 xfs btrfs
# each-full: ext3 f2fs nilfs2 gfs2 jfs ntfs3 reiserfs bcachefs jffs2 ubifs
# timeout: 600
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/journals.sh"

type=$1
need_maker "$type"
acked=$RUMP_BUILD/tests/bin/acked
fresh=10 size=512M	# rounds with the same image
case $type in
ext4 | xfs | btrfs) rounds=50 ;;
ext3 | f2fs | nilfs2) rounds=15 ;;
jfs | ntfs3) rounds=10 fresh=1 ;;
jffs2 | ubifs) rounds=10 fresh=5 size=$((96 << 20)) ;;
*) rounds=10 ;;
esac
case $QUICK:$type in
1:ext4) rounds=10 ;;
1:*) rounds=5 ;;
esac

files() { grep -c '^+' log || true; }

new_image() {
	empty_image "$type" disk.img "$size"
	: >log
	case $type in
	jfs)
		run fsu_put disk.img kept /kept
		# so that neither the writer nor jfs_fsck has anything to add to /
		run fsu_mkdir disk.img /dir{0..6} /lost+found
		;;
	ntfs3)	# whose permissions the writer would not sync, only the files'
		run fsu_mkdir disk.img /dir{0..6}
		;;
	esac
}

# checked_jfs: fails where the journal was not replayed
checked_jfs() {
	local pass rc
	for pass in {1..5}; do	# each can find more of what the one before has mended
		rc=0
		jfs_fsck -f -y -v disk.img >"fsck.$pass" 2>&1 || rc=$?
		[ "$rc" -gt 1 ] || break
	done
	[ "$rc" -le 1 ] || { said "fsck.$pass"; fail "$round: jfs_fsck: exit code $rc"; }
	! grep -q 'logredo failed' fsck.1
}

# mended: what comes before the mount.  Fails where no file can be asked for.
mended() {
	case $type in
	jfs) checked_jfs ;;
	ntfs3) run ntfsfix -d disk.img ;;
	reiserfs) [ $(($(files) - before)) != 1 ] ||
		echo "-$(grep '^+' log | tail -n 1 | cut -c2-)" >>log ;;
	esac
}

verify() { "$acked" verify disk.img log >verify.log 2>&1; }

# verified: by the mount that replays, or the one after it
verified() {
	verify || { [ "$type" = gfs2 ] && grep -q 'function = gfs2_make_fs_rw' verify.log &&
		verify; } ||
		{ tail -n 20 verify.log; fail "$round"; }
	acknowledged=$((acknowledged + $(files)))
}

# judged: fsck.gfs2 may have what was being removed to free, and then nothing else
judged() {
	if [ "$type" = gfs2 ] && ! (clean gfs2 disk.img) >fsck.log 2>&1; then
		grep -q 'bitmap says 2 (other)' fsck.log ||
			{ cat fsck.log; fail "$round: fsck.gfs2"; }
		fsck.gfs2 -y disk.img >fsck.log 2>&1 || [ $? = 1 ] ||
			{ cat fsck.log; fail "$round: fsck.gfs2 -y"; }
		verify || { cat verify.log; fail "$round: after fsck.gfs2"; }
	fi
	clean "$type" disk.img
}

# kept: what the writer did not touch
kept() {
	rm -rf back
	run fsu_get disk.img /kept back
	"$LIB/cmptree" kept back || fail "$round: what the writer did not touch is not there"
	unreplayed=$((unreplayed + 1))
}

[ "$type" != jfs ] || "$LIB/plaintree" kept --without special
acknowledged=0 unreplayed=0
for ((n = 0; n < rounds; n++)); do
	((n % fresh)) || new_image
	before=$(files)
	"$acked" write disk.img log >writer.log 2>&1 &
	writer=$!
	# every other one has acknowledged something, however slow the machine is
	((n % 2 == 0)) || wait_until has_lines $(($(wc -l <log) + 1)) log
	ms=$((RANDOM % 400 + 5))
	round="round $n, killed after $ms ms"
	sleep "$(printf '0.%03d' "$ms")"
	kill -KILL "$writer" || { cat writer.log; fail "round $n: the writer ended by itself"; }
	wait "$writer" 2>/dev/null || true
	if mended; then
		verified
		judged
	else
		kept
	fi
done
[ "$acknowledged$unreplayed" != 00 ] || fail "no file was ever acknowledged"
[ "$unreplayed" = 0 ] || echo "$unreplayed rounds without a replay by jfs_fsck"
[ "$acknowledged" = 0 ] || cat verify.log
