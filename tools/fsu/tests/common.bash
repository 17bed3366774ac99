# SPDX-License-Identifier: GPL-2.0-or-later
# What the tests of fsu share: RUN, a directory of their own, which is removed, images and checks.
# shellcheck disable=SC2086  # options and operands are lists of words
set -u
. "$(dirname "${BASH_SOURCE[0]}")/sample.bash"
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
: "${RUN=$top/run}"
export LC_ALL=C
dir=$(mktemp -d "${TMPDIR:-/tmp}/fsu-test.XXXXXX")
trap 'rm -rf "$dir"' EXIT
failures=0

fail() {
	echo "FAIL: $*"
	failures=$((failures + 1))
}

skip() {
	echo "skipped: $*"
	exit 77
}

# need PROGRAM...
need() {
	local p
	for p; do
		command -v "$p" >/dev/null || skip "needs $p"
	done
}

fsu() {
	local name=$1
	shift
	timeout "${FSU_TEST_TIMEOUT:-280}" $RUN "fsu_$name" "$@"
}

# make_image TYPE FILE [SIZE]
make_image() {
	local size=${3:-}
	case $1 in
	ext2|ext3|ext4) truncate -s "${size:-256M}" "$2" && "mkfs.$1" -q -F "$2" ;;
	xfs) truncate -s "${size:-400M}" "$2" && mkfs.xfs -q -f "$2" ;;
	btrfs) truncate -s "${size:-256M}" "$2" && mkfs.btrfs -q -f "$2" ;;
	vfat) truncate -s "${size:-64M}" "$2" && mkfs.vfat -F 32 "$2" >/dev/null ;;
	exfat) truncate -s "${size:-64M}" "$2" && mkfs.exfat "$2" >/dev/null ;;
	esac
}

check_image() {
	case $1 in
	ext2|ext3|ext4) e2fsck -fn "$2" ;;
	xfs) xfs_repair -n "$2" ;;
	btrfs) btrfs check --readonly "$2" ;;
	vfat) fsck.vfat -n "$2" ;;
	exfat) fsck.exfat -n "$2" ;;
	esac >"$dir/fsck.log" 2>&1 || { fail "$1: the image is damaged:"
	tail -15 "$dir/fsck.log"; }
}

# expect CODE PATTERN COMMAND...: the exit code, and a line like PATTERN on standard error ("": any)
expect() {
	local want=$1 pattern=$2 code
	shift 2
	"$@" >"$dir/out" 2>"$dir/err"
	code=$?
	[ $code = "$want" ] ||
		fail "exit code $code instead of $want: $*: $(head -c 300 "$dir/err")"
	[ -z "$pattern" ] || grep -qE -- "$pattern" "$dir/err" ||
		fail "no message like '$pattern': $*: $(head -c 300 "$dir/err")"
}

finish() {
	[ $failures = 0 ] || exit 1
	echo "ok"
	exit 0
}
