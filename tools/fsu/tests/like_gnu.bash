# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# For tests that run the same command on the host kernel's mount of an image and, by fsu, on the
# image: output and exit code must be the same.  The first argument is the type; root, in a mount
# name space of its own.  like_gnu_begin makes the image and mounts it at $dir/m, like_gnu_ready
# ends its filling.
[ "$(id -u)" = 0 ] || { echo "needs root to mount for the comparison"; exit 77; }
if [ -z "${FSU_TEST_UNSHARED:-}" ]; then
	unshare -m true 2>/dev/null || { echo "needs a mount name space"; exit 77; }
	FSU_TEST_UNSHARED=1 exec unshare -m --propagation slave "$0" "$@"
fi
. "$(dirname "${BASH_SOURCE[0]}")/common.bash"
need cc mkfs.ext4 mkfs.xfs mkfs.btrfs
trap 'umount -l "$dir/m" 2>/dev/null; rm -rf "$dir"' EXIT
type=${1:-ext4}
export TZ=Europe/Prague
img=$dir/disk.img
compared=0

like_gnu_begin() {
	# the host's program, with its libraries loaded, the locale and the time zone read, goes
	# into the image's root
	cat >"$dir/inside.c" <<'END'
#include <locale.h>
#include <time.h>
#include <unistd.h>
static void __attribute__((constructor)) inside(void)
{
	tzset();
	setlocale(LC_ALL, "");
	if (chroot("."))
		_exit(99);
}
END
	cc -shared -fPIC -o "$dir/inside.so" "$dir/inside.c" || exit 1
	mkdir "$dir/m"
	make_image "$type" "$img" || exit 1
	mount -o loop "$img" "$dir/m" 2>/dev/null || skip "the host cannot mount $type"
	mkdir "$dir/m/etc" && cp /etc/passwd /etc/group "$dir/m/etc"
}

# fsu reads the file, the host its loop device: what is dirty must be out, and atimes must stay
like_gnu_ready() {
	umount "$dir/m"
	mount -o loop,ro,noatime "$img" "$dir/m" || exit 1
}

# try COMMAND ARG...; standard input is the file $input
input=/dev/null
try() {
	local name=$1 want got
	shift
	[[ -z "${ONLY:-}" || "$name $*" =~ $ONLY ]] || return 0
	! not_this_time || return 0
	(cd "$dir/m" && exec timeout 280 env LD_PRELOAD="$dir/inside.so" "$name" "$@" <"$input") \
		>"$dir/want" 2>"$dir/want.err"
	want=$?
	fsu "$name" -o ro "$img" "$@" <"$input" >"$dir/got" 2>"$dir/got.err"
	got=$?
	compared=$((compared + 1))
	[ -z "${TRACE:-}" ] || printf '%s %s: %s bytes, exit %s\n' "$name" "$*" \
		"$(wc -c <"$dir/want")" $want
	if ! cmp -s "$dir/want" "$dir/got" || [ $want != $got ]; then
		fail "$name$(printf ' %q' "$@"): exit $got, wanted $want"
		[ $failures -gt "${SHOW:-10}" ] && return
		diff <(cat -A "$dir/want") <(cat -A "$dir/got") | head -8
		head -2 "$dir/want.err" "$dir/got.err"
	fi
}
