#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# In the sandbox of the mount servers a snapshot is read and written as outside of it.
# each: ext4 btrfs
# each-full: xfs vfat
# weight: 2
. "$RUMP_TEST_LIB/common.sh"

need_tools "$1"
mkimg "$1" disk.img 320M
mkdir tmp
export RUMP_TMPDIR=$PWD/tmp
before=$(sum disk.img)
chmod 600 disk.img tmp	# started by root, the program becomes "nobody", who could not open them
chmod u+x tmp
option=snapshot,discard
[ "$1" != btrfs ] || option=snapshot,discard=sync
rounds=${QUICK:+5}
run "$RUMP_BUILD/tests/bin/boxed" -o "$option" -l 256000000 disk.img load "${rounds:-40}"
# what the host refuses shows in the kernel's log
! grep -E '^<[0-4]>' run.log || fail "the kernel complained"
[ "$(sum disk.img)" = "$before" ] || fail "the image was changed"
equal "left in the temporary folder" "" "$(ls -A tmp)"
