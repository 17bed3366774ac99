# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the tests of makefs share.
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TEST_LIB/roundtrip.sh"
export TMPDIR=$PWD

# the same tree on every run: times, modes, links, holes, a directory of some blocks
make_tree() {
	local i
	mkdir -p "$1/many" "$1/deep/er/and/deeper"
	for ((i = 0; i < 700; i++)); do
		echo "$i" >"$1/many/a file with quite a long name, number $i"
	done
	head -c 300000 /dev/zero | tr '\0' x >"$1/large"
	ln "$1/large" "$1/deep/second name"
	ln -s ../large "$1/deep/link"
	ln -s "$(printf 'far/%.0s' {1..60})end" "$1/deep/long link"
	truncate -s 5M "$1/sparse"
	echo end >>"$1/sparse"
	chmod 4711 "$1/large"
	chmod 1777 "$1/many"
	mkfifo "$1/deep/fifo"
	find "$1" -print0 | xargs -0 touch -h -d '2021-02-03 04:05:06.789'
}

# same_tree TYPE IMAGE TREE: what the image holds is the tree
same_tree() {
	local lost
	lost=$(cannot_hold "$1")
	fsck_clean "$1" "$2"
	rm -rf back
	mkdir back
	run fsu_get -q "$2" /. back
	# shellcheck disable=SC2046,SC2086
	"$LIB/cmptree" $lost $(cannot_own) --exclude=lost+found "$3" back ||
		fail "$1: the image holds another tree"
	if can_host_mount "$1"; then
		# shellcheck disable=SC2086
		host_mounted "$1" "$2" "$LIB/cmptree" $lost --exclude=lost+found "$3" host-mount ||
			fail "$1: the host's kernel sees another tree"
	fi
}

# refused CODE PATTERN COMMAND...: the exit code, and a line like PATTERN
refused() {
	local want=$1 pattern=$2 rc=0
	shift 2
	"$@" >out 2>err || rc=$?
	equal "exit code of $*: $(head -c 500 err)" "$want" "$rc"
	grep -qE -- "$pattern" err || fail "no line like '$pattern': $*: $(head -c 500 err)"
}
