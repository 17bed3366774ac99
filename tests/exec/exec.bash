# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the tests of fsu_exec share.  Sourced after common.sh.
[ -c /dev/fuse ] || skip "there is no /dev/fuse"
as_root || unshare --user true 2>/dev/null ||
	skip "ordinary users may not make user namespaces here"

# own_image FILE: an ext4 file system whose root directory is the caller's; mkimg's is root's
own_image() { mkimg ext4 "$1" 64M -E "root_owner=$(id -u):$(id -g)"; }

# expect CODE PATTERN COMMAND...: its exit code, and one line like PATTERN on standard error
# ("": none)
expect() {
	local want=$1 pattern=$2 rc=0
	shift 2
	"$@" >out 2>err </dev/null || rc=$?
	[ "$rc" = "$want" ] || fail "exit code $rc instead of $want: $*: $(cat err)"
	if [ -z "$pattern" ]; then
		[ ! -s err ] || fail "it says: $*: $(cat err)"
	else
		grep -qE -- "$pattern" err || fail "no message like '$pattern': $*: $(cat err)"
		equal "lines of the message of: $*" 1 "$(wc -l <err)"
	fi
}

# wait_for FILE: until it is there
wait_for() {
	wait_until test -e "$1"
}
