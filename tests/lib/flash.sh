# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Images of flash.  Sourced after common.sh.

# fill_up FILE SIZE: erased bytes to its end
fill_up() {
	local missing=$(($2 - $(stat -c %s "$1")))
	head -c "$missing" /dev/zero | tr '\0' '\377' >>"$1"
}

# flash_image TYPE FILE CHIP TREE ERASESIZE PAGESIZE SUBPAGE [OPTION...]: for a chip of CHIP bytes,
# with a volume of two thirds of it (ubifs); the file is as large as its content wants
flash_image() {
	local type=$1 file=$2 chip=$3 tree=$4 erase=$5 page=$6 sub=$7 data vid
	shift 7
	if [ "$type" = jffs2 ]; then
		run mkfs.jffs2 -r "$tree" -o "$file" -e "$erase" -s 4096 "$@"
		return
	fi
	vid=$((sub > 64 ? sub : 64))
	data=$(((vid + 64 + page - 1) / page * page))
	run mkfs.ubifs -r "$tree" -o volume -m "$((page > 8 ? page : 8))" -e $((erase - data)) \
		-c $((chip / erase)) "$@"
	# shellcheck disable=SC2017  # whole thirds
	printf '%s\n' '[v]' mode=ubi image=volume vol_id=0 vol_type=dynamic vol_name=files \
		vol_size=$((chip / 3 * 2)) >ini
	run ubinize -o "$file" -m "$page" -s "$sub" -p "$erase" ini
}
