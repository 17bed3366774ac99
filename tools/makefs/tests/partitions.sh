#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# -P makes a disk of the partitions that a text describes: sfdisk finds the table good, each file
# system is clean and equal to its tree, the same text makes the same bytes; a wrong line makes
# nothing and is named.
# needs: sfdisk mkfs.fat mke2fs blkid
# timeout: 120
. "$(dirname "$0")/common.bash"

mkdir -p esp/EFI/BOOT root made
head -c 300000 /dev/urandom >esp/EFI/BOOT/BOOTX64.EFI
make_tree root/tree
sed s/UUID/11111111-2222-3333-4444-555555555555/ >disk.txt <<'TXT'

# for tests
label: gpt
type=uefi, name="EFI: a, b", size=40m : -t vfat --ignore=all esp
type=swap, size=8m
  name=root, uuid=UUID, attrs=RequiredPartition : -b 10% -o '-L "my root"' $ROOT
: -t ext4 root/tree/deep
TXT

# field N KEY: of a partition, from sfdisk
field() { sfdisk -J "$image" | python3 -c '
import json, sys
parts = json.load(sys.stdin)["partitiontable"]["partitions"]
print(parts[int(sys.argv[1]) - 1].get(sys.argv[2]))' "$@"; }

# part N FILE: its bytes
part() {
	dd if="$image" of="$2" bs=1M iflag=skip_bytes,count_bytes conv=sparse status=none \
		skip=$(($(field "$1" start) * 512)) count=$(($(field "$1" size) * 512))
}

export ROOT=root SOURCE_DATE_EPOCH=1700000000
image=made/disk.img
run makefs -Z -P disk.txt $image
equal "what is left beside the image" disk.img "$(ls made)"
run sfdisk -V $image
equal "kind of table" gpt "$(sfdisk -J $image | sed -n 's/.*"label": *"\(.*\)".*/\1/p')"
equal "first type" C12A7328-F81F-11D2-BA4B-00A0C93EC93B "$(field 1 type)"
equal "first name" "EFI: a, b" "$(field 1 name)"
equal "first size" $((40 << 11)) "$(field 1 size)"
equal "second type" 0657FD6D-A4AB-43C4-84E5-0933C84B4F4F "$(field 2 type)"
equal "second size" $((8 << 11)) "$(field 2 size)"
equal "third UUID" 11111111-2222-3333-4444-555555555555 "$(field 3 uuid)"
equal "third attribute" RequiredPartition "$(field 3 attrs)"
equal "third type" 0FC63DAF-8483-4772-8E79-3D69D8477DE4 "$(field 3 type)"
for n in 1 2 3 4; do
	equal "$n: begins at a MiB" 0 $(($(field $n start) % 2048))
done
part 1 one
part 3 three
part 4 four
fsck_clean vfat one
fsck_clean ext4 three
fsck_clean ext4 four
equal "label" "my root" "$(blkid -p -o value -s LABEL three)"
[ "$(blkid -p -o value -s UUID three)" != "$(blkid -p -o value -s UUID four)" ] ||
	fail "two file systems have one UUID"
cmp <(fsu_cat -p 1 $image /EFI/BOOT/BOOTX64.EFI) esp/EFI/BOOT/BOOTX64.EFI ||
	fail "the file in the first"
run fsu_get -p 3 -q $image /tree made/tree
"$LIB/cmptree" --ignore="root$(as_root || echo ,owner,trusted)" root/tree made/tree ||
	fail "the tree in the third differs"
read -r _ size _ free _ < <(fsu_df -B1 -p 3 $image | tail -1)
[ "$free" -ge $((size / 11)) ] || fail "-b 10%: $free of $size are free"
run makefs -Z -P - again.img <disk.txt
cmp $image again.img || fail "the images differ"

# the other kind of table, with an option for all
image=mbr.img
printf 'label: mbr\nbootable : root/tree/deep\nsize=12m : -t vfat --ignore=all esp\n' >mbr.txt
run makefs -Z --owner=7:8 -P mbr.txt $image
equal "kind of table" dos "$(sfdisk -J $image | sed -n 's/.*"label": *"\(.*\)".*/\1/p')"
equal "bootable" True "$(field 1 bootable)"
equal "types" "83 c" "$(field 1 type) $(field 2 type)"
# shellcheck disable=SC2012  # the names are the test's own
equal "owner" 7:8 "$(fsu_stat -p 1 $image -c %u:%g "/$(ls root/tree/deep | head -1)")"

# wrong LINE SENTENCE: the text's second line
wrong() {
	printf 'label: gpt\n%s\n' "$1" >bad.txt
	refused 2 "bad\\.txt, line 2: $2" makefs -P bad.txt bad.img
	[ ! -e bad.img ] || fail "$1: there is an image"
}
wrong 'name=x' 'a partition needs size= or, behind a colon, what is in it'
wrong 'start=5, size=1m' 'makefs chooses where partitions start'
wrong 'size=many' 'a size is bytes'
wrong ': $(id)' 'no command is run'
wrong ': $NOTSET_' 'a variable that is not set'
wrong ': a | b' 'what is special to a shell'
wrong ': -t nosuch root' 'makefs cannot make what is in the partition'
wrong ': -p gpt root' 'makefs cannot make what is in the partition'
wrong 'label: mbr : root' 'there are labels gpt and mbr'
printf '#\n' >bad.txt
refused 2 "there is no partition" makefs -P bad.txt bad.img
refused 1 "No such file" makefs -P nosuch.txt bad.img
refused 2 "the image alone" makefs -P disk.txt bad.img root
printf ': nosuchfolder\n' >bad.txt
refused 1 "nosuchfolder" makefs -P bad.txt bad.img
printf 'type=nosuchtype, size=1m\n' >bad.txt
refused 1 "sfdisk" makefs -P bad.txt bad.img
refused 2 "-o: what is special to a shell needs quotation marks in 'a;b'" makefs -o 'a;b' \
	bad.img root
printf ': -s 1m root\n' >bad.txt
refused 1 "no_such_feature" makefs -t ext4 -o "-O no_such_feature" -P bad.txt bad.img
equal "no image" "" "$(ls -d bad.img* 2>/dev/null)"
