#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A tree goes into an image of each type that can be written and has a tool to make it, and comes
# back the same; the image is clean; a mount shows the same; it is there at the next mount, and
# after a part of it was removed.
# ntfs3 of Linux 6.1 makes no new files (doc/known-issues.md): the other kernel's driver puts the
# tree.
# each: bfs btrfs exfat ext2 ext3 ext4 f2fs gfs2 hfs jfs minix msdos nilfs2 ntfs3 reiserfs udf vfat xfs
# timeout: 300
# run-as: root-first
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/matrix.sh"
. "$LIB/mounted.sh"

type=$1
need_tools "$type"
lacks=$(table "$type" lacks | tr '\n' ',')
names=$(table "$type" names)
granularity=$(table "$type" time)
"$LIB/plaintree" tree --without "$lacks" --names "${names:-255}" --time "${granularity:-1}"
ignored=root$(lost "$type")
as_root || ignored+=,owner,trusted
options=$(table "$type" options)
judge=$(table "$type" check | cut -d' ' -f1)
[ "$type" != hfs ] || judge=hfsutils
put=$options how="put, write, rm, get"
case $type:$KERNEL in
ntfs3:6.1) put=kernel=6.12 how="write, rm, get; put by 6.12" ;;
esac

same() {
	"$LIB/cmptree" --ignore="$ignored" --granularity="${granularity:-1}" tree "$1" >differs ||
		fail "the tree that came back differs: $(head -n 20 differs)"
}
# hfsutils: another implementation, which reads every file and knows no others
hfs_reads() {
	local file name
	export HOME=$PWD
	run hmount disk.img
	while read -r file; do
		name=${file#tree}
		rm -f read
		hcopy -r "${name//\//:}" read || fail "hcopy does not read $name"
		cmp "$file" read || fail "hcopy reads something else: $name"
	done < <(find tree -type f)
	equal "the names that hls knows" "$(find tree -mindepth 1 | wc -l)" \
		"$(hls -1aR | grep -vcE '^$|:$')"
	run humount
}
check() {
	case $type in
	hfs) hfs_reads ;;
	*) [ -z "$judge" ] || fsck_clean "$type" disk.img ;;
	esac
}

mkimg "$type" disk.img "$(table "$type" size)"
run fsu_put -t "$type" ${put:+-o "$put"} disk.img tree/. /
printf 'something else\n' >tree/s511
touch -d @1000000000 tree/s511
run fsu_write -t "$type" ${options:+-o "$options"} disk.img /s511 <tree/s511
run fsu_touch -t "$type" ${options:+-o "$options"} -d @1000000000 disk.img /s511
check
run fsu_get -t "$type" -o "ro${options:+,$options}" disk.img / back
rm -rf back/lost+found back/.nilfs
same back
for name in s13 s300000 many; do
	[ ! -e tree/$name ] || run fsu_rm -t "$type" ${options:+-o "$options"} -r disk.img /$name
	rm -rf tree/$name back
done
run fsu_get -t "$type" -o "ro${options:+,$options}" disk.img / back
rm -rf back/lost+found back/.nilfs
same back
check
if as_root; then
	serve "$type" disk.img -o "ro${options:+,$options}"
	diff -rq --no-dereference -x lost+found -x .nilfs -x fifo -x sock -x null -x disk \
		tree mnt >differs ||
		fail "the mount shows another tree: $(head -n 20 differs)"
	unserve
fi
matrix_row "$type" rw \
	"$(table "$type" mkfs | cut -d' ' -f1)" "$how" "$judge" "a mount shows the same"
