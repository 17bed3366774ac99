#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Images of flash, made by mkfs.jffs2 and sumtool, mkfs.ubifs and ubinize, for chips of several
# erase blocks and pages, whose sizes are found in the image: the tree that went in is what fsu gets
# and what a mount shows; what is put and removed is there on the next mount.  A chip that is filled
# and emptied several times over is cleaned up by the driver's own thread, and its erase blocks
# wear.  A writer that is killed leaves what was there.
# each: jffs2 ubifs
# needs: mkfs.jffs2 sumtool jffs2dump mkfs.ubifs ubinize
# timeout: 600
# run-as: root-first
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/matrix.sh"
. "$LIB/mounted.sh"
. "$LIB/flash.sh"

type=$1
CHIP=$((12 << 20))
ignored=root
as_root || ignored=$ignored,owner,trusted

# headers: those of UBI, which are all right, in ./headers
headers() { "$RUMP_TOP/tests/formats/make/eraseblocks" image "$1" >headers || fail \
	"$(cat headers)"; }

# judged ERASESIZE: by a reader that knows no driver
judged() {
	if [ "$type" = jffs2 ]; then
		run jffs2dump -c image
		! grep -i 'wrong' run.log || fail "jffs2dump finds damage"
		grep -q 'Inode      node' run.log || fail "jffs2dump finds no files"
	else
		headers "$1"
		grep -q '^volume 0 ' headers || fail "the volume is not in the image"
	fi
}

same() {
	local from=$1 tree=$2 lost=${3:-}
	rm -rf back
	run fsu_get -o "ro$mount" image "$from" back
	"$LIB/cmptree" --ignore="$ignored$lost" --granularity=1000000000 "$tree" back >differs ||
		fail "$shown: another tree: $(head -n 20 differs)"
}

# try OPTIONS ERASESIZE PAGESIZE SUBPAGE [OPTION...]: an image of this kind, read and written
try() {
	local before erase=$2
	mount=$1
	shown="erase blocks of $2, pages of $3${5+, ${*:5}}"
	shift
	flash_image "$type" image $CHIP src "$@"
	[ "${summary:-}" != yes ] || { run sumtool -e "$erase" -i image -o sum; mv sum image; }
	fill_up image $((($(stat -c %s image) + 511) / 512 * 512))	# disks have sectors
	before=$(sum image)
	same / src ,xattr,holes
	equal "$shown: the image after reading" "$before" "$(sum image)"
	fill_up image $CHIP
	run fsu_put ${mount:+-o "${mount#,}"} image put /put
	judged "$erase"
	same /put put
	run fsu_rm ${mount:+-o "${mount#,}"} -r image /s300000 /put/s13
	run fsu_ls -o "ro$mount" image /put
	! grep -qx s13 run.log || fail "$shown: what was removed is there"
	same /put less
	judged "$erase"
}

# wear: three times what the chip has room for
wear() {
	local n server worn
	flash_image "$type" image $CHIP src $((128 << 10)) "$1" "$1"
	mount=
	fill_up image $CHIP
	head -c $((3 << 19)) /dev/urandom >random
	if [ -w /dev/fuse ]; then
		serve "$type" image
		server=$(pgrep -d, -P "$(cat monitor)" || true)
		for n in {1..24}; do
			cp random "mnt/many/big.$((n % 2))"
			rm -f "mnt/many/big.$(((n + 1) % 2))"
			[ "$n" != 6 ] || cat /proc/"$(cat monitor)"/task/*/comm \
				/proc/"${server%%,*}"/task/*/comm >threads
		done
		# Linux 6.1 gives a thread its name when it runs already, which the host does not
		# hear of
		[ "$KERNEL" = 6.1 ] || grep -qE '^(jffs2_gcd_mtd0|ubifs_bgt0_0)' threads ||
			fail "no thread of the driver: $(sort -u threads)"
		unserve
		served="the chip filled several times over"
	else
		for n in {1..24}; do
			run fsu_write image "/many/big.$((n % 2))" <random
			run fsu_rm -f image "/many/big.$(((n + 1) % 2))"
		done
	fi
	run fsu_get image /many/big.0 back.big
	cmp random back.big || fail "another content after the chip was filled several times"
	judged $((128 << 10))
	[ "$type" = ubifs ] || return 0
	worn=$(sed -n 's/^erased //p' headers | tr ' ' '\n' | sort -n | tail -n 1)
	[ "$worn" -ge 2 ] || fail "no erase block was erased twice: $(cat headers)"
}

# killed PAGESIZE: what was there before stays, and the driver gets on with the rest
killed() {
	local n pid kills
	flash_image "$type" image $CHIP src $((128 << 10)) "$1" "$1"
	mount=
	shown="after a kill"
	fill_up image $CHIP
	run fsu_put image put /put
	kills=${QUICK:+2}
	for ((n = 1; n <= ${kills:-6}; n++)); do
		fsu_put image put "/new.$n" >put.log 2>&1 &
		pid=$!
		sleep "0.0$n"
		kill -KILL "$pid" || true
		wait "$pid" 2>/dev/null || true
		run fsu_rm -rf image "/new.$n"
	done
	same /put put
}

tree() { "$LIB/plaintree" "$1" --names 254 --time 1000000000 --without "$2" ${3:+--size "$3"}; }

tree src special,xattr 400000
tree put "$(as_root || echo special)"
cp -a put less
# to the driver a folder's time is that of the last name that mkfs.jffs2 has put into it
[ "$type" = ubifs ] || find src -exec touch -hd @1000000000 {} +
rm -r less/s13
mount="" served=""
if [ "$type" = jffs2 ]; then
	[ "$QUICK" ] || for kib in 16 256; do try "" $((kib << 10)) 1 1; done
	[ "$QUICK" ] || try "" $((64 << 10)) 1 1 -X lzo -x zlib
	try "" $((64 << 10)) 1 1
	summary=yes
	try "" $((128 << 10)) 1 1
	summary=
	try ,erasesize=128KiB,pagesize=2048 $((128 << 10)) 2048 2048 -n
	run mkfs.jffs2 -b -r src -o image -e 64KiB
	fill_up image $CHIP
	before=$(sum image)
	refuses 'Wrong endian' fsu_ls -t jffs2 image /
	equal "an image of the other byte order" "$before" "$(sum image)"
	printf odd >>image
	refuses 'ends within an erase block' fsu_ls image /
	wear 1
	killed 1
	judge=jffs2dump
	note="erase blocks of 16 to 256 KiB; lzo; with summaries (sumtool); "
	note+="pages of 2048 bytes without clean markers"
else
	if [ -z "$QUICK" ]; then
		try "" $((64 << 10)) 1 1 -x lzo
		try "" $((16 << 10)) 512 256 -x zlib
		try "" $((128 << 10)) 2048 512 -x none
	fi
	try "" $((128 << 10)) 2048 2048 -x zstd
	try ,volume=files $((256 << 10)) 4096 4096
	refuses 'there is no volume other, the image has files' fsu_ls -o volume=other image /
	refuses 'not an image of UBI' fsu_ls -t ubifs volume /
	refuses 'not a size in bytes' fsu_ls -o erasesize=12X image /
	flash_image "$type" image $CHIP src $((128 << 10)) 2048 2048
	refuses 'as large as the chip' fsu_write image /file </dev/null
	wear 2048
	killed 2048
	judged $((128 << 10))
	judge="headers of UBI, read without a driver"
	note="erase blocks of 16 to 256 KiB, pages of 1 to 4096 bytes, with and without sub-pages; "
	note+="lzo, zlib, zstd, none"
fi
matrix_row "$type" rw "$([ "$type" = jffs2 ] && echo mkfs.jffs2 || echo mkfs.ubifs, ubinize)" \
	"put, get, rm" "$judge" \
	"$served" "made by its own tools: $note"
