# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Rows of the matrix in doc/filesystems.md, which scripts/fs-matrix makes of what the tests of tier
# full have seen: tier check leaves out geometries, flavours and variants.

# matrix_row TYPE rw|ro MKFS "what came back" CHECK "what was mounted" [ORIGIN]
matrix_row() {
	local folder=$RUMP_BUILD/tests/matrix
	as_root && [ -z "$QUICK" ] || return 0
	mkdir -p "$folder"
	printf '%s|%s|%s|%s|%s|%s|%s|%s\n' "$1" "$KERNEL" "$2" "$3" "$4" "$5" "$6" \
		"${7:-made by $3}" \
		>"$folder/$1.${0##*/}.$KERNEL"
}
