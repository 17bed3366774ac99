# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Empty images of every type that keeps a journal or a log, and their judges, whether or not the
# table has a tool for them.  Sourced after common.sh.
. "$LIB/flash.sh"

ERASE=$((64 << 10))	# bytes of an erase block

# need_maker TYPE: skip where an image cannot be made
need_maker() {
	local program
	need_tools "$1"
	[ "$1" != ubifs ] || for program in mkfs.ubifs ubinize; do
		command -v "$program" >/dev/null || skip "not installed: $program"
	done
}

# empty_image TYPE FILE SIZE: SIZE is the chip's of a type for flash; bcachefs has one of its own
empty_image() {
	local type=$1 file=$2 size=$3 page=2048
	rm -f "$file"
	mkdir -p empty
	case $type in
	bcachefs) run "$RUMP_TOP/tests/formats/make/mkimage" bcachefs "$file" empty ;;
	jffs2 | ubifs)
		[ "$type" = ubifs ] || page=1
		: >empty/file	# of nothing at all jffs2 makes no image
		flash_image "$type" "$file" "$size" empty $ERASE "$page" "$page"
		fill_up "$file" "$size"
		;;
	*) mkimg "$type" "$file" "$size" ;;
	esac
}

# driver_fsck FILE [NAME]: bcachefs's check is in its driver
driver_fsck() {
	RUMP_VERBOSE=1 run fsu_ls -t bcachefs -o rw,fsck,fix_errors=no,verbose "$1" /
	grep -q 'check_nlinks\.\.\. done' run.log || fail "${2:-$1}: the driver's fsck has not run"
	! grep -v ' opts=' run.log | grep -i error ||
		fail "${2:-$1}: the driver's fsck has found something"
}

# clean TYPE FILE: the format's judge finds nothing wrong, where there is one
clean() {
	case $1 in
	bcachefs) driver_fsck "$2" ;;
	jffs2) ;;	# jffs2dump complains of a node that was being written, which is no fault
	ubifs) run "$RUMP_TOP/tests/formats/make/eraseblocks" "$2" $ERASE ;;
	*) [ -z "$(table "$1" check)" ] || fsck_clean "$1" "$2" ;;
	esac
}
