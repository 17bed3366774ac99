#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a type cannot hold is named with its path and makes exit code 3; --ignore silences, --strict
# makes no image; a run that fails leaves the older image alone and nothing beside it.
# run-as: both
# needs: mkfs.fat mkfs.ext4
. "$(dirname "$0")/common.bash"
mkdir tree
echo 1 >tree/name
echo 2 >tree/NAME
echo 3 >tree/other
ln -s other tree/link

refused 3 'NAME|name.*another file has it there' makefs -t vfat image tree
grep -q '/link: cannot keep its symbolic link: ' err || fail "the link is not named: $(cat err)"
[ "$(fsu_ls image / | wc -l)" = 2 ] || fail "the image does not hold the rest"
run makefs -q -t vfat --ignore=names,links,owners,modes image tree
! grep . run.log || fail "this was not asked for"

echo "the older image" >old
cp old image
refused 1 'cannot keep' makefs -t vfat --strict image tree
cmp old image || fail "--strict: the older image is gone"
refused 1 'the most that -m allows' makefs -t ext4 -m 9m -b 3000 image tree
refused 1 'No such file' makefs image nothing
refused 1 'failed with exit code' makefs -o --nonsense image tree
head -c 20M /dev/urandom >tree/large
refused 1 'No space left' makefs -s 10m image tree
refused 1 'No such file|cannot make' makefs nowhere/image tree
refused 2 'there is no type' makefs -t nonsense image tree
refused 2 "-s does not understand '12q'" makefs -s 12q image tree
refused 2 'an image and a directory' makefs image
refused 2 "-p does not understand" makefs -p apm image tree
cmp old image || fail "the older image is gone"
cp old tree/image
run makefs -Z tree/image tree
grep -q 'is the image itself, left out' run.log ||
	fail "the image would be in itself: $(cat run.log)"
[ -z "$(find . -name '.*.??????')" ] || fail "something is left: $(find . -name '.*.??????')"

if ! as_root; then
	echo secret >tree/unreadable
	chmod 0 tree/unreadable
	refused 3 'cannot read .*unreadable' makefs -Z image tree
	refused 1 'cannot read .*unreadable' makefs -Z --strict image2 tree
fi
# the largest first size is an estimate: what needs more is made again, quietly
# shellcheck disable=SC2123  # that it is not searched is the test
(PATH=/nowhere; "$RUMP_BUILD/bin/makefs" -t exfat --help) | grep -q exfat ||
	fail "--help lists no types"
