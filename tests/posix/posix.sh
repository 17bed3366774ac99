# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the tests of this folder share: mounts of either kind, and the suite's output compared.
# Sourced after common.sh.

. "$LIB/mounted.sh"
SUITE=$RUMP_BUILD/tests/bin/posix_suite
HERE=$RUMP_TOP/tests/posix
mounted=()

# away DIR: unmounted
away() {
	if as_root; then umount "$1"; else fusermount3 -u "$1"; fi
}

# The newest first: nothing stays mounted, whatever happens.
unmount_all() {
	local i
	for ((i = ${#mounted[@]} - 1; i >= 0; i--)); do
		! mountpoint -q "${mounted[i]}" || away "${mounted[i]}"
	done
}
trap unmount_all EXIT

# small_size TYPE: of a file system that can be filled
small_size() {
	case $1 in
	xfs) echo 300M ;;
	btrfs) echo 256M ;;
	*) echo 64M ;;
	esac
}

# mount_with KERNEL TYPE IMAGE DIR [OPTIONS]: KERNEL is host or rump
mount_with() {
	mkdir -p "$4"
	case $1 in
	host) run mount -t "$2" -o "loop${5:+,$5}" "$3" "$4" ;;
	rump) run "rump_$2" -o "suid,dev,pid-file=$PWD/$4.pid${5:+,$5}" "$3" "$PWD/$4" ;;
	esac
	mounted+=("$PWD/$4")
	mountpoint -q "$4" || fail "not mounted by $1: $3"
}

# unmount DIR: and wait until the server, if there is one, has closed the image
unmount() {
	local pid=
	[ ! -e "$1.pid" ] || pid=$(cat "$1.pid")
	run away "$1"
	[ "$pid" ] || return 0
	wait_until ended "$pid"
	rm -f "$1.pid"
}

# suite DIR OUTPUT [OPTION...]: run it in DIR, by "${as[@]}"; what it says is compared later
as=()
suite() {
	local dir=$1 out=$2 rc=0
	shift 2
	"${as[@]}" "$SUITE" "$@" "$dir" >"$out" 2>&1 || rc=$?
	if [ "$rc" -gt 1 ] || ! tail -n 1 "$out" | grep -q '^# .* checks'; then
		tail "$out"
		fail "the suite ended with $rc in $dir"
	fi
}

# suite_as_user DIR OUTPUT [OPTION...]: by an ordinary user, who needs no account
suite_as_user() {
	local as=(setpriv --reuid 4001 --regid 4001 --clear-groups)
	suite "$@"
}

# passes OUTPUT: no check with an expected result failed
passes() { ! grep FAILED "$1" || fail "$1"; }

# same OUTPUT OUTPUT: no check has another result, but for those of fuse-limits
same() {
	local limits=limits.$$
	sed -n 's/^[^# ].*/^(host|rump): (&): /p' "$HERE/fuse-limits" >"$limits"
	diff --unchanged-line-format= --old-line-format='host: %L' --new-line-format='rump: %L' \
		<(grep -v '^# [0-9]' "$1") <(grep -v '^# [0-9]' "$2") >differences || true
	! grep -vEf "$limits" differences || fail "the results of $1 and $2 differ"
}
