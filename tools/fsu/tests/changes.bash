# SPDX-License-Identifier: GPL-2.0-or-later
# Differential tests of the commands that change an image: the same command line runs as the host's
# program inside of the host kernel's mount of an image, and as fsu_NAME on a copy of that image.
# `try` compares output and exit code, `same_trees` what both images hold afterwards.
# The caller's argument is the type.  Needs root.
if [ -z "${FSU_TEST_UNSHARED:-}" ]; then
	unshare -m true 2>/dev/null || { echo "skipped: needs a mount name space"; exit 77; }
	FSU_TEST_UNSHARED=1 exec unshare -m --propagation slave "$0" "$@"
fi
. "$(dirname "$0")/common.bash"
type=${1:-ext4}
need cc python3 "mkfs.$type"
trap 'umount -l "$dir/host/proc" "$dir/host" "$dir/ours" 2>/dev/null; rm -rf "$dir"' EXIT
export TZ=Europe/Prague
unset QUOTING_STYLE POSIXLY_CORRECT VERSION_CONTROL SIMPLE_BACKUP_SUFFIX
umask 022
compared=0 start=$(date +%s)

# the host's program, with its libraries loaded and the time zone read, goes into the image's root
cat >"$dir/inside.c" <<'EOF'
#include <time.h>
#include <unistd.h>
static void __attribute__((constructor)) inside(void)
{
	tzset();
	if (chroot("."))
		_exit(99);
}
EOF
cc -shared -fPIC -o "$dir/inside.so" "$dir/inside.c" || exit 1
mkdir "$dir/host" "$dir/ours"

# begin: two images of the type with the same content, which `populate` (the caller's) makes
begin() {
	make_image "$type" "$dir/host.img" >"$dir/mkfs.log" 2>&1 || { cat "$dir/mkfs.log"; exit 1; }
	mount -o loop "$dir/host.img" "$dir/host" 2>/dev/null || skip "the host cannot mount $type"
	(cd "$dir/host" && mkdir etc proc && cp /etc/passwd /etc/group etc && populate) || exit 1
	umount "$dir/host"
	cp --sparse=always "$dir/host.img" "$dir/ours.img"
	mount_host
}

# NEEDS_PROC: libc changes modes by way of /proc; read-only, so that no command can change anything
# there
mount_host() {
	mount -o loop "$dir/host.img" "$dir/host" || exit 1
	[ -z "${NEEDS_PROC:-}" ] || mount -t proc -o ro,nosuid,nodev,noexec,subset=pid none \
		"$dir/host/proc" ||
		skip "the host has no /proc of its own for the comparison"
}

umount_host() {
	[ -z "${NEEDS_PROC:-}" ] || umount "$dir/host/proc" || exit 1
	umount "$dir/host" || exit 1
}

# try [-i INPUT] NAME ARGUMENT...
try() {
	local input='' name want got
	[ "$1" = -i ] && { input=$2; shift 2; }
	name=$1
	shift
	# shellcheck disable=SC2059
	(cd "$dir/host" && printf "$input" | LD_PRELOAD=$dir/inside.so "$name" "$@") >"$dir/want" \
		2>"$dir/want.err"
	want=$?
	# shellcheck disable=SC2059
	printf "$input" | fsu "$name" "$dir/ours.img" "$@" >"$dir/got" 2>"$dir/got.err"
	got=$?
	compared=$((compared + 1))
	sed -i 's/^fsu_//' "$dir/got"
	[ $want = $got ] ||
		fail "$name $(printf '%q ' "$@"): exit code $got instead of $want: $(head -c 300 \
		"$dir/got.err" "$dir/want.err")"
	cmp -s "$dir/want" "$dir/got" ||
		{ fail "$name $(printf '%q ' "$@"): output differs (< wanted)"
		diff "$dir/want" "$dir/got" | head -10; }
	# what the program complains about, we complain about
	sed -i '/^chattr [0-9]/d' "$dir/want.err"
	[ -s "$dir/want.err" ] && ! [ -s "$dir/got.err" ] &&
		fail "$name $(printf '%q ' "$@"): no message like '$(head -1 "$dir/want.err")'"
}

# same_trees: the images hold the same; the host's stays mounted
same_trees() {
	local i
	umount_host
	# one after the other: they have the same UUID
	for i in ours host; do
		mount -o loop,ro,noatime "$dir/$i.img" "$dir/$i" ||
			{ fail "the host cannot mount $i"; exit 1; }
		python3 "$(dirname "$0")/dump.py" "$dir/$i" "$start" >"$dir/tree.$i" || exit 1
		umount "$dir/$i"
	done
	mount_host
	[ -s "$dir/tree.host" ] || fail "no tree"
	cmp -s "$dir/tree.host" "$dir/tree.ours" ||
		{ fail "$1: the trees differ (< wanted)"
		diff "$dir/tree.host" "$dir/tree.ours" | head -20; }
}

# end: the image is sound, and how much was compared
end() {
	umount_host
	check_image "$type" "$dir/ours.img"
	echo "$compared invocations compared ($type), $failures differ"
	[ $failures = 0 ] || exit 1
	exit 0
}
