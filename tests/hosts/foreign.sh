#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Everything that is built for another processor (make check-hosts) works there, in qemu's user
# mode: what one machine puts into an image the other gets out of it, the formats' checkers are
# content, threads do not disturb each other.
# each: aarch64-linux-gnu,ext4
# each-full: aarch64-linux-gnu,xfs aarch64-linux-gnu,btrfs aarch64-linux-gnu,vfat
# run-as: user
# timeout: 600
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/roundtrip.sh"

host=${1%,*} type=${1#*,}
b=$RUMP_BUILD/$host qemu=qemu-${host%%-*}
command -v "$qemu" >/dev/null || skip "not installed: $qemu"
[ -e "$b/bin/fsu" ] || skip "not built for $host: make check-hosts, with $host-gcc"

# foreign PROGRAM ARGS...: a program of the other processor
foreign() {
	local program=$1
	shift
	env -u LD_LIBRARY_PATH "$qemu" -L "/usr/$host" \
		-E LD_LIBRARY_PATH="$b/lib:$b/sysroot/usr/lib/$host" \
		-E RUMP_MODULE_PATH="$(echo "$b"/lib/rump/*)" -E RUMP_NCPU="${ncpu:-2}" \
		-E RUMP_MEMLIMIT=256M "$b/$program" "$@"
}

if [ "$type" = ext4 ]; then
	run foreign tests/rumpuser_lock sync
	run foreign tests/rumpuser_parallel sync
fi
need_tools "$type"
lost=$(cannot_hold "$type")
if holds_everything "$type"; then
	"$LIB/oddtree" tree
	as_root || lost=$(cannot_own)
else
	# the odd one has a folder of 5,000, which takes vfat long
	"$LIB/fattree" "$RUMP_TOP/man" tree
fi
mkimg "$type" disk.img 512M

run foreign bin/fsu_put --no-confine disk.img tree /there
fsck_clean "$type" disk.img
run fsu_get disk.img /there here
# shellcheck disable=SC2086
"$LIB/cmptree" $lost tree here || fail "what $host has written differs here"

run fsu_put disk.img tree /here
run foreign bin/fsu_get --no-confine disk.img /here there
# shellcheck disable=SC2086
"$LIB/cmptree" $lost tree there || fail "what was written here differs on $host"
fsck_clean "$type" disk.img

operations=${QUICK:+500}
for ncpu in 1 4; do
	mkimg "$type" disk.img 512M
	run foreign tests/bin/opmix disk.img 4 "${operations:-2000}" "${SEED:-$RANDOM}"
	fsck_clean "$type" disk.img
done
