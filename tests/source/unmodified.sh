#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel trees that are compiled are, file by file, what the distribution's packages hold.
# run-as: self
# tier: full
# timeout: 900
# needs: xz
. "$RUMP_TEST_LIB/common.sh"

[ -n "$KERNEL_TREE" ] || fail "no kernel tree below $RUMP_BUILD"
for tree in "$RUMP_BUILD"/linux-*/linux-source-*; do
	tarball=/usr/src/$(basename "$tree").tar.xz
	[ -r "$tarball" ] || skip "no $tarball"
	"$LIB/cmptar" "$tarball" "$tree"
done
