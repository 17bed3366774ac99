#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# HFS Plus as xorriso writes it, beside ISO 9660 in one image: found by its own partition map, and
# as its partition, the driver shows the tree that went in, and writes nothing.
# needs: xorriso
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/matrix.sh"

mkdir -p src/folder/deeper
head -c 100001 /dev/urandom >src/big
printf 'hello\n' >src/folder/hello.txt
: >src/folder/deeper/nothing
for n in {1..60}; do printf '%d\n' "$n" >"src/folder/file.$n"; done
ln -s folder/hello.txt src/link
chmod 640 src/folder/hello.txt
run xorriso -as mkisofs -quiet -R -hfsplus -o image src
before=$(sum image)
lost=xattr,holes,root
as_root || lost=$lost,owner
part=$(fsu_parts image | awk '$4 == "hfsplus" { print $1 }')
for choice in "" "-p $part"; do
	# shellcheck disable=SC2086
	run fsu_get -t hfsplus $choice --ignore=xattrs image / back
	"$LIB/cmptree" --granularity=1000000000 --ignore="$lost" src back ||
		fail "another tree: $choice"
	rm -rf back
done
equal "the image after reading" "$before" "$(sum image)"
matrix_row hfsplus ro xorriso "ls, get" "" "" "made by xorriso, beside ISO 9660"
