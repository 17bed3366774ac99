#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Partitioned images (GPT, MBR, MBR with logical partitions): the one that can be mounted is taken
# without a word, several are listed, -p picks one, and the others keep their bytes.
# each: gpt dos logical
# needs: sfdisk mkfs.ext4 mkfs.fat mkswap
. "$RUMP_TEST_LIB/common.sh"

# place TYPE FILE START-SECTOR SECTORS: a file system of TYPE at that place of the image
place() {
	truncate -s $(($4 * 512)) part
	case $1 in
	ext4) run mkfs.ext4 -q -F part ;;
	vfat) run mkfs.fat part ;;
	swap) run mkswap part ;;
	esac
	dd if=part of="$2" bs=512 seek="$3" conv=notrunc,sparse status=none
	rm part
}

case $1 in
gpt) table='label: gpt
start=2048, size=40960, type=U
start=43008, size=102400, type=L, name="the root"
start=145408, size=40960, type=S' numbers=(1 2 3) ;;
dos) table='label: dos
start=2048, size=40960, type=c
start=43008, size=102400, type=83
start=145408, size=40960, type=82' numbers=(1 2 3) ;;
logical) table='label: dos
start=2048, size=40960, type=c
start=43008, size=200000, type=5
start=45056, size=102400, type=83
start=151552, size=40960, type=82' numbers=(1 5 6) ;;
esac
starts=(2048 43008 145408)
[ "$1" != logical ] || starts=(2048 45056 151552)

# one candidate: a swap area and an empty partition do not count
truncate -s 128M one.img
sfdisk -q one.img <<<"$table"
place ext4 one.img "${starts[1]}" 102400
place swap one.img "${starts[2]}" 40960
printf 'in the root\n' >data
run fsu_put one.img data /file
equal "the file in the only file system" "in the root" "$(fsu_cat one.img /file)"
equal "the same by its number" "in the root" "$(fsu_cat -p "${numbers[1]}" one.img /file)"
dd if=one.img bs=512 skip="${starts[1]}" count=102400 of=part status=none
run e2fsck -fn part

# several: none is guessed
cp one.img two.img
place vfat two.img "${starts[0]}" 40960
rc=0
fsu_ls two.img / >out 2>err || rc=$?
equal "exit code with two candidates" 1 "$rc"
[ ! -s out ] || fail "two candidates: something was listed: $(cat out)"
grep -q partition err || fail "two candidates: the sentence does not say it: $(cat err)"
for n in "${numbers[0]}" "${numbers[1]}"; do
	grep -qE "(^|[^0-9])$n([^0-9]|\$)" err || fail "partition $n is not listed: $(cat err)"
done
for type in ext4 vfat; do
	grep -q "$type" err || fail "the type $type is not listed: $(cat err)"
done

outside() {
	dd if=two.img bs=512 count="${starts[0]}" status=none | sha256sum
	dd if=two.img bs=512 skip=$((starts[0] + 40960)) status=none | sha256sum
}
before=$(outside)
run fsu_put -p "${numbers[0]}" two.img data /DATA.TXT
equal "the file in the chosen one" "in the root" "$(fsu_cat -p "${numbers[0]}" two.img /DATA.TXT)"
equal "everything outside the chosen partition" "$before" "$(outside)"

rc=0
fsu_ls -p 9 two.img / >out 2>err || rc=$?
equal "exit code of a partition that is not there" 1 "$rc"
grep -q 9 err || fail "the sentence does not name the partition: $(cat err)"
rc=0
fsu_ls -p "${numbers[2]}" one.img / >out 2>err || rc=$?
equal "exit code of a swap partition" 1 "$rc"
