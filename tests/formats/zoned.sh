#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# zonefs on a zoned disk in the kernel side's memory, as no image is zoned: what is appended to its
# files is there on the next mount and on the disk's zones; a file that is cut is a zone that was
# reset.  Linux 6.1 does not take its own appends (doc/known-issues.md): there the zones are written
# beside it.
# each: zonefs
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/matrix.sh"

if [ "$KERNEL" = 6.1 ]; then
	run "$RUMP_BUILD/tests/bin/zoned" disk
	matrix_row "$1" ro tests/formats/zoned.c "read, reset" "the report of the zones" "" \
		"a zoned disk of null_blk, written beside the driver, whose own appends fail"
else
	run "$RUMP_BUILD/tests/bin/zoned" driver
	matrix_row "$1" rw tests/formats/zoned.c "append, read, reset" \
		"the zones, read without the driver" "" \
		"a zoned disk of null_blk"
fi
