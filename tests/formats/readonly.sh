#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A tree that the format's own tool made an image of is what fsu gets of it and what a mount shows,
# for the types that only their tools write; the image is not touched.
# each: cramfs erofs iso9660 romfs squashfs ufs
# run-as: root-first
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/matrix.sh"
. "$LIB/mounted.sh"

type=$1
need_tools "$type"
lacks=$(table "$type" lacks | tr '\n' ',')
names=$(table "$type" names)
"$LIB/plaintree" tree --without "${lacks}special" --names "${names:-255}" --time 1000000000 \
	--size 200000
ignored=root,owner,xattr,holes,trusted$(lost "$type")
[ "$(table "$type" time)" != 0 ] || find tree -exec touch -hd @0 {} +
touch disk.img		# which some tools want to be there
tool "$type" mkfs disk.img
[ -z "$(table "$type" check)" ] || fsck_clean "$type" disk.img
before=$(sum disk.img)
options=$(table "$type" options)
same() {
	local rc=0
	"$LIB/cmptree" --ignore="$ignored" --granularity=1000000000 tree "$1" >differs || rc=$?
	sed -i '/^rr_moved: not expected/d' differs	# where genisoimage puts deep directories
	[ $rc -le 1 ] && [ ! -s differs ] || fail "another tree: $(head -n 20 differs)"
}
run fsu_get -t "$type" -o "ro${options:+,$options}" disk.img / back
same back
if as_root; then
	serve "$type" disk.img -o "ro${options:+,$options}"
	same mnt
	unserve
fi
equal "the image" "$before" "$(sum disk.img)"
matrix_row "$type" ro "$(table "$type" mkfs | cut -d' ' -f1)" "read" \
	"$(table "$type" check | cut -d' ' -f1)" "a mount shows the same"
