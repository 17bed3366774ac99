#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# rump_fs(8) has every mount option of the table tools/mount/options.def, and no other.
# run-as: self
# needs: mandoc
. "$RUMP_TEST_LIB/common.sh"

sed -n 's/^RUMP_OPTION("\([^"]*\)".*/\1/p' "$RUMP_TOP/tools/mount/options.def" | sort >table
[ -s table ] || fail "the table is empty"
# the tags of the list of mount options: "cache=writeback|writethrough", "ro, rw"
sed -n '/^\.Ss Mount options/,/^\.Sh/s/^\.It Cm //p' "$RUMP_TOP/tools/mount/rump_fs.8" |
	sed 's/ Ns = .*//' | tr -s ', ' '\n' | sort >page
diff table page || fail "rump_fs(8) (>) differs from tools/mount/options.def (<)"
