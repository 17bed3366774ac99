#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The folder of the temporary file is full, or is none: exit code 1, a sentence that names it, no
# hang, the image unharmed.
# each: ext4 vfat
# each-full: xfs btrfs
# run-as: root
# needs: unshare mount
. "$RUMP_TEST_LIB/common.sh"

need_tools "$1"
if [ "${2:-}" != inside ]; then
	unshare -m true 2>/dev/null || skip "mount namespaces are not allowed here"
	mkimg "$1" disk.img 320M
	exec unshare -m --propagation slave "$0" "$1" inside
fi
before=$(sum disk.img)
mkdir small
mount -t tmpfs -o size=24m none small
export RUMP_TMPDIR=$PWD/small
head -c 80M /dev/urandom >big
rc=0
timeout "$PATIENCE" fsu_put -o snapshot disk.img big /big 2>err.log || rc=$?
equal "exit code" 1 "$rc"
grep -q "temporary file in $RUMP_TMPDIR cannot grow: No space left on device" err.log ||
	fail "no word of the folder: $(cat err.log)"
equal "taken of the folder" 0 "$(df --output=used small | tail -n 1 | tr -d ' ')"
[ "$(sum disk.img)" = "$before" ] || fail "the image was changed"

head -c 2M big >less
run fsu_put -o snapshot disk.img less /less
export RUMP_TMPDIR=$PWD/none
! fsu_put -o snapshot disk.img less /less 2>err.log || fail "written without a temporary file"
equal "lines" 1 "$(wc -l <err.log)"
grep -q "temporary file in $RUMP_TMPDIR cannot be made: No such file or directory" err.log ||
	fail "no word of the folder: $(cat err.log)"
[ "$(sum disk.img)" = "$before" ] || fail "the image was changed"
