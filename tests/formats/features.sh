#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a file system can do with single folders and files: encrypted with a key, vouched for by a
# tree of hashes, names in any case, compressed.
# each: encrypted,ext4 encrypted,f2fs verity,ext4 verity,btrfs verity,f2fs casefold,ext4 casefold,f2fs compressed,btrfs compressed,f2fs compressed,ntfs3
# needs: fsverity xfs_io
# run-as: root-first
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/mounted.sh"

sealed=$RUMP_BUILD/tests/bin/sealed
type=${1#*,}
need_tools "$type"
size=$(table "$type" size)
mkdir tree
head -c 300001 /dev/urandom >tree/big
printf 'hello\n' >tree/hello
: >tree/nothing
seq 10000 >"tree/$(printf 'long%.0s' {1..50})"

# Without the key there are no names, with it all is there; another key, and the key taken away, are
# none.  The host's kernel, where it can encrypt, decrypts it with the key too.
host_decrypts() {
	printf 'secret%.0s' {1..11} | head -c 64 | xfs_io -x -c add_enckey host-mount >/dev/null ||
		return 1
	diff -r tree host-mount/dir
}
encrypted() {
	mkimg "$type" disk.img "$size" -O encrypt
	run "$sealed" put disk.img /dir secret tree
	fsck_clean "$type" disk.img
	! grep -aq "^1234$" disk.img || fail "the content of a file can be read in the image"
	run "$sealed" locked disk.img /dir tree
	mkdir out other
	run "$sealed" get disk.img /dir secret out
	diff -r tree out || fail "with the key another content comes back"
	if can_host_mount "$type" && [ -e "/sys/fs/$type/features/encryption" ]; then
		host_mounted "$type" disk.img host_decrypts ||
			fail "the host's kernel does not decrypt it"
		echo "the host's kernel decrypts it too"
	fi
	! "$sealed" get disk.img /dir other other >said 2>&1 || fail "another key opens the files"
	grep -qi 'required key' said || fail "not for want of a key: $(cat said)"
	fsck_clean "$type" disk.img
}

# damage IMAGE FILE OFFSET: one bit, where the image has the page of the file that OFFSET is in
damage() {
	python3 - "$@" <<-'EOF'
	import sys
	image, file, at = open(sys.argv[1], "r+b"), open(sys.argv[2], "rb").read(), int(sys.argv[3])
	found = image.read().find(file[at:at + 64])
	assert found > 0, "the content is not in the image"
	image.seek(found)
	image.write(bytes([file[at] ^ 1]))
	EOF
}

# The digest is the one that fsverity(1) computes, the file cannot be written to any more, and a
# page that was changed in the image is not given out, while the others are.
verity() {
	local options=
	case $type in
	# whose own checksums would notice first
	btrfs) mkimg btrfs disk.img "$size"; options=nodatasum ;;
	# blocks as large as those that are hashed
	ext4) mkimg ext4 disk.img "$size" -O verity -b 4096 ;;
	*) mkimg "$type" disk.img "$size" -O verity ;;
	esac
	run fsu_put ${options:+-o "$options"} disk.img tree/. /
	"$sealed" verity disk.img /big >digest
	fsverity digest tree/big >wanted
	equal "the digest" "$(cut -d' ' -f1 wanted)" "$(cut -d' ' -f1 digest)"
	fsck_clean "$type" disk.img
	run fsu_get disk.img /big whole
	cmp tree/big whole
	damage disk.img tree/big 204800
	if fsu_cat disk.img /big >part 2>said; then fail "the damaged page was given out"; fi
	grep -q 'Input/output error' said || fail "not an input/output error: $(cat said)"
	fsu_head -c 131072 disk.img /big >begin || fail "the pages before it cannot be read"
	cmp -n 131072 tree/big begin
}

# A folder whose names count in any case, for fsu and for the programs on a mount; the spelling
# stays.
casefold() {
	case $type in
	ext4) mkimg ext4 disk.img "$size" -O casefold ;;
	f2fs) mkimg f2fs disk.img "$size" -O casefold -C utf8 ;;
	esac
	run fsu_mkdir disk.img /dir
	run fsu_chattr disk.img +F /dir
	run fsu_put disk.img tree/hello /dir/Größe
	equal "the content by another name" hello "$(fsu_cat disk.img /dir/GRÖSSE)"
	equal "the spelling" Größe "$(fsu_ls disk.img /dir)"
	refuses 'exists' fsu_mkdir disk.img /dir/grösse
	refuses 'No such file' fsu_cat disk.img /Dir/Größe
	run fsu_mv disk.img /dir/größe /dir/other
	run fsu_mv disk.img /dir/OTHER /dir/GRÖSSE
	equal "the new spelling" GRÖSSE "$(fsu_ls disk.img /dir)"
	fsck_clean "$type" disk.img
	if [ -w /dev/fuse ] && as_root; then
		serve "$type" disk.img
		equal "the content on a mount" hello "$(cat mnt/dir/größe)"
		mv mnt/dir/grÖße mnt/dir/Other
		[ ! -e mnt/dir/größe ] || fail "the old name is there after a rename"
		cp tree/big mnt/dir/NEW
		cmp tree/big mnt/dir/new
		rm mnt/dir/other
		[ ! -e mnt/dir/Other ] ||
			fail "the file is there by its other spelling after it was removed"
		ln mnt/dir/new mnt/dir/LINK
		equal "the links" 2 "$(stat -c %h mnt/dir/link)"
		equal "the names" "LINK NEW" "$(cd mnt/dir && echo *)"
		unserve
		fsck_clean "$type" disk.img
	fi
	run fsu_rm disk.img -r /dir
	fsck_clean "$type" disk.img
}

# compressed: the text is not in the image as it is, comes back, and other programs can read it.
packed() { # OPTIONS
	yes 'the same line again and again' | head -c 1000000 >tree/text || true
	mkimg "$type" disk.img "$size" "${@:2}"
	run fsu_mkdir ${1:+-o "$1"} disk.img /dir
	[ "$type" = btrfs ] || run fsu_chattr ${1:+-o "$1"} disk.img +c /dir
	run fsu_put ${1:+-o "$1"} --ignore=modes,owners,times disk.img tree/. /dir/tree
	fsck_clean "$type" disk.img
	local lines
	lines=$({ grep -ao 'same line again and again' disk.img || true; } | wc -l)
	[ "$lines" -lt 5000 ] || fail "not compressed: $lines lines of 34483 are in the image"
	rm -rf back
	run fsu_get --ignore=xattrs disk.img /dir/tree back
	diff -r tree back || fail "another content comes back"
	# written in the middle, cut and extended
	printf 'a new line in the middle\n' |
		dd of=tree/text bs=1 seek=400000 conv=notrunc status=none
	truncate -s 700001 tree/text
	cat tree/hello >>tree/text
	run fsu_write ${1:+-o "$1"} disk.img /dir/tree/text <tree/text
	equal "the new content" "$(sum tree/text)" "$(fsu_cat disk.img /dir/tree/text | cksum)"
	fsck_clean "$type" disk.img
}
compressed() {
	local how hows=
	case $type in
	btrfs)
		[ -z "$QUICK" ] || hows=zstd:15
		for how in ${hows:-zlib:9 lzo zstd:15}; do
			packed "compress=$how"
			rm -rf restored
			mkdir restored
			run btrfs restore disk.img restored
			diff -r tree restored/dir/tree ||
				fail "btrfs restore reads something else: $how"
		done ;;
	f2fs)
		[ -z "$QUICK" ] || hows=lz4
		for how in ${hows:-lzo lzo-rle lz4 lz4:9 zstd:6}; do
			packed "compress_algorithm=$how,compress_chksum" -O extra_attr,compression
		done ;;
	ntfs3)
		packed ""
		ntfscat -f disk.img dir/tree/text >text 2>said || fail "ntfscat: $(cat said)"
		cmp tree/text text ;;
	esac
}

"${1%,*}"
