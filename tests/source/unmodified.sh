#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel tree that is compiled is, file by file, what the distribution's package holds.
# run-as: self
# timeout: 300
# needs: xz
. "$RUMP_TEST_LIB/common.sh"

[ -n "$KERNEL_TREE" ] || fail "no kernel tree below $RUMP_BUILD"
tarball=/usr/src/$(basename "$KERNEL_TREE").tar.xz
[ -r "$tarball" ] || skip "no $tarball"
"$LIB/cmptar" "$tarball" "$KERNEL_TREE"
