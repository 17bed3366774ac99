#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Everything that is built for another processor (make check-hosts) works there, in qemu's user
# mode: what one machine puts into an image the other gets out of it, the formats' checkers are
# content, threads do not disturb each other.
# each: aarch64-linux-gnu
# run-as: user
# timeout: 600
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/roundtrip.sh"

host=$1 b=$RUMP_BUILD/$1 qemu=qemu-${1%%-*}
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

run foreign tests/rumpuser_lock sync
run foreign tests/rumpuser_parallel sync
"$LIB/oddtree" odd
"$LIB/fattree" "$RUMP_TOP/man" fat	# the odd one has a folder of 5,000, which takes vfat long
for type in ext4 xfs btrfs vfat; do
	need_tools "$type"
	tree=odd lost=$(cannot_hold "$type")
	holds_everything "$type" || tree=fat
	as_root || ! holds_everything "$type" || lost=$(cannot_own)
	[ ! -e here ] || chmod -R u+w here there	# some folders are read-only
	rm -rf here there
	mkimg "$type" disk.img 512M

	run foreign bin/fsu_put disk.img "$tree" /there
	fsck_clean "$type" disk.img
	run fsu_get disk.img /there here
	# shellcheck disable=SC2086
	"$LIB/cmptree" $lost "$tree" here || fail "$type: what $host has written differs here"

	run fsu_put disk.img "$tree" /here
	run foreign bin/fsu_get disk.img /here there
	# shellcheck disable=SC2086
	"$LIB/cmptree" $lost "$tree" there || fail "$type: what was written here differs on $host"
	fsck_clean "$type" disk.img

	for ncpu in 1 4; do
		mkimg "$type" disk.img 512M
		run foreign tests/bin/opmix disk.img 4 2000 "${SEED:-$RANDOM}"
		fsck_clean "$type" disk.img
	done
done
