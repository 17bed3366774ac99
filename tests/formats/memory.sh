#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# File systems that have no image and last as long as the command: a tree goes in and comes back the
# same, and after a part of it was removed.
# each: ramfs tmpfs
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/matrix.sh"

"$LIB/plaintree" tree --without xattr
cp -a tree less
rm -r less/s13 less/many
ignored=root,holes,xattr
as_root || ignored+=,owner
echo 'put tree/. / && get / back && rm -r /s13 /many && get / rest' >script
run fsu_sh -t "$1" - script
"$LIB/cmptree" --ignore="$ignored" tree back >differs ||
	fail "another tree came back: $(head -n 20 differs)"
"$LIB/cmptree" --ignore="$ignored" less rest >differs ||
	fail "another tree is left: $(head -n 20 differs)"
matrix_row "$1" rw "" "put, get, rm" "" "" "none: in the memory of the kernel side"
