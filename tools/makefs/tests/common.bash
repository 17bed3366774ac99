# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the tests of makefs share.
. "$RUMP_TEST_LIB/common.sh"
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

# reduce TYPE TREE: take out of it what the format cannot hold and cmptree cannot overlook
reduce() {
	local lacks names
	lacks=,$(table "$1" lacks | tr '\n' ',')
	names=$(table "$1" names)
	case $lacks in
	*,case,*symlinks,*)
		mv "$2" whole
		"$LIB/fattree" whole "$2"
		rm -rf whole ;;
	esac
	[[ $lacks != *,special,* ]] || find "$2" ! -type f ! -type d ! -type l -delete
	[ -z "$names" ] ||
		find "$2" -depth -regextype posix-extended -regex ".*/[^/]{$((names + 1)),}" -delete
}

# same_tree TYPE IMAGE TREE: what the image holds is the tree
same_tree() {
	local options ignored granularity
	options=$(table "$1" options)
	granularity=$(table "$1" time)
	ignored=root$(lost "$1")
	[ "$granularity" != 0 ] || ignored+=,time granularity=1
	[ "$1" != jffs2 ] || ignored+=,time	# a directory's is that of its latest entry
	[ -n "$(table "$1" writes)" ] || ignored+=,holes,trusted
	compare=("$LIB/cmptree" --granularity="${granularity:-1}" --exclude=lost+found
		--exclude=.nilfs)
	[ -z "$(table "$1" check)" ] || fsck_clean "$1" "$2"
	rm -rf back
	run fsu_get -q -t "$1" -o "ro${options:+,$options}" --ignore=all "$2" /. back
	"${compare[@]}" --ignore="$ignored$(as_root || echo ,owner,trusted)" "$3" back ||
		fail "$1: the image holds another tree"
	if can_host_mount "$1"; then
		host_mounted "$1" "$2" "${compare[@]}" --ignore="$ignored" "$3" host-mount ||
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
