#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Wrong arguments and images: one clear sentence, the documented exit code, the image unchanged.
# shellcheck disable=SC2086  # options and operands are lists of words
. "$(dirname "$0")/common.bash"
need mkfs.ext4
img=$dir/disk.img
make_image ext4 "$img" 32M
echo hello >"$dir/f"
mkdir "$dir/d"
echo x | fsu write "$img" /file || fail "write"
fsu mkdir "$img" /dir || fail "mkdir"
sum=$(sha256sum <"$img")
f() { $RUN "$@"; }

# usage: 2
expect 2 'image is missing' f fsu_ls
expect 2 'image is missing' f fsu_put
expect 2 "no command 'nonsense'" f fsu nonsense
expect 2 '' f fsu
expect 2 'unrecognized option|--nope' f fsu_ls --nope "$img"
expect 1 'invalid option' f fsu_cat "$img" -Y /file
expect 1 'path of a file' f fsu_cat "$img"
expect 2 'exactly one path' f fsu_write "$img"
expect 2 'exactly one path' f fsu_write "$img" a b
expect 2 'source and a destination' f fsu_put "$img" "$dir/f"
expect 2 'source and a destination' f fsu_get "$img" /file
expect 2 'mark it with a colon' f fsu_ecp "$img" "$dir/f" "$dir/g"
expect 2 'all be in the image' f fsu_ecp "$img" "$dir/f" :/file :/dir
expect 2 'number of a partition' f fsu_ls -p x "$img"
expect 2 'number of a partition' f fsu_ls -p 0 "$img"
expect 2 'sync, async or mmap' f fsu_ls --method=fast "$img"
expect 2 '512, 1024, 2048 or 4096' f fsu_ls --sector-size=100 "$img"
expect 1 'needs a mode' f fsu_mkdir "$img" -m 9 /x
expect 2 'needs a mode' f fsu_write "$img" -m u+y /x
expect 2 'number of bytes' f fsu_write "$img" --offset=-1 /x
expect 2 'exclude each other' f fsu_write "$img" -a --offset=1 /x
expect 2 'ignore knows' f fsu_put "$img" --ignore=everything "$dir/f" /
expect 2 'USER:GROUP' f fsu_put "$img" --owner=no-such-user: "$dir/f" /
expect 2 'command to run is missing' f fsu_exec "$img"
expect 2 'invalid option' f fsu_exec "$img" -Y true
expect 1 'unexpected argument' f fsu_df "$img" /x
expect 2 '' f fsu_ls "$img" --color=perhaps
expect 1 'nobody else writes the image' f fsu_tail "$img" -f /file
expect 1 'nobody else writes the image' f fsu_tail "$img" --follow=name /file
expect 2 'exclude each other' f fsu_grep "$img" -P -E x /file
# an unknown option, and nothing at all: the codes of the programs of these names
for c in cat cp mv ln mkdir rm rmdir mkfifo mknod touch truncate chmod chown chgrp chattr lsattr \
	sync stat df du readlink realpath head tail wc \
	md5sum sha512sum find ls grep diff cmp getfattr setfattr getfacl setfacl; do
	command -v $c >/dev/null || continue
	for o in --nope ''; do
		case $c$o in	# what does something without an operand
		cat|lsattr|sync|df|du|head|tail|wc|md5sum|sha512sum|find|ls|getfacl) continue ;;
		esac
		$c $o >/dev/null 2>&1 </dev/null
		expect $? "^fsu_$c: " f "fsu_$c" "$img" $o
		[ "$(wc -l <"$dir/err")" -le 2 ] || fail \
			"fsu_$c $o: more than a sentence and where to read on: $(cat "$dir/err")"
	done
done
# help and version: 0
# shellcheck disable=SC2013  # a word a line
for c in $(sed -n 's/^FSU_COMMAND(\([a-z0-9]*\),.*/\1/p' "$top/tools/fsu/commands.def"); do
	expect 0 '' f "fsu_$c" --help
	grep -q "^Usage: fsu_$c" "$dir/out" || fail "fsu_$c --help has no usage line"
	expect 0 '' f fsu help $c
	expect 0 '' f "fsu_$c" --version
	grep -q "^fsu_$c (rump) [0-9]" "$dir/out" || fail "fsu_$c --version: $(cat "$dir/out")"
	expect 0 '' f fsu $c --help
done
expect 0 '' f fsu --help
expect 0 '' f fsu help
expect 0 '' f fsu_types
grep -qx ext4 "$dir/out" || fail "ext4 is not among the types"
# the image: 1, one line
for c in ls df "cat /file" "stat /" "get / $dir/out2"; do
	set -- $c
	expect 1 'fsu_.*No such file|fsu_.*not exist' f "fsu_$1" "$dir/missing.img" ${2+"${@:2}"}
	[ "$(wc -l <"$dir/err")" = 1 ] || fail "$c: not one line: $(cat "$dir/err")"
	expect 1 'fsu_' f "fsu_$1" "$dir/f" ${2+"${@:2}"}
	[ "$(wc -l <"$dir/err")" = 1 ] || fail "$c on a text file: not one line: $(cat "$dir/err")"
done
expect 1 'fsu_ls: ' f fsu_ls -t nonsense "$img"
expect 1 'fsu_ls: ' f fsu_ls -o no_such_option=3 "$img"
expect 1 'fsu_ls: ' f fsu_ls -p 7 "$img"
expect 1 'fsu_ls: ' f fsu_ls "$dir/d"
# paths in the image
expect 2 'cannot access /missing: No such file' f fsu_ls "$img" /missing
expect 1 '/missing: No such file' f fsu_cat "$img" /missing
expect 1 '/dir: Is a directory' f fsu_cat "$img" /dir
expect 1 'stat /missing: No such file' f fsu_stat "$img" /missing
expect 1 '/missing: No such file' f fsu_get "$img" /missing "$dir/out2"
expect 1 "No such file" f fsu_get "$img" /file "$dir/no/such/dir"
expect 1 'is not a directory' f fsu_get "$img" /file /dir "$dir/f"
# nothing above may have written
[ "$sum" = "$(sha256sum <"$img")" ] || fail "the image changed"
# commands that write, with errors that stay harmless
expect 1 'No such file' f fsu_put "$img" "$dir/missing" /
expect 1 'directory /dir: File exists' f fsu_mkdir "$img" /dir
expect 0 '' f fsu_mkdir "$img" -p /dir
expect 1 'No such file' f fsu_mkdir "$img" /a/b/c
expect 1 'Not a directory' f fsu_mkdir "$img" -p /file/x
expect 1 'remove /dir: Is a directory' f fsu_rm "$img" /dir
expect 1 'No such file' f fsu_rm "$img" /missing
expect 0 '' f fsu_rm "$img" -f /missing
expect 1 'refusing' f fsu_rm "$img" -rf /
expect 1 'refusing' f fsu_rm "$img" -rf /dir/..
expect 1 'Read-only' f fsu_mkdir -o ro "$img" /new
expect 1 'Is a directory' f fsu_write "$img" /dir </dev/null
expect 1 'left out without -R' f fsu_ecp "$img" :/dir :/dir2
expect 1 'into itself' f fsu_ecp -R "$img" :/dir :/dir/sub
expect 1 'same file' f fsu_ecp "$img" :/file :/file
expect 1 'image itself' f fsu_put "$img" "$img" /image
expect 1 'image itself' f fsu_get "$img" /file "$img"
[ "$(f fsu_cat "$img" /file)" = x ] || fail "/file changed"
expect 0 '' f fsu_ls "$img" /
e2fsck -fn "$img" >/dev/null 2>&1 || fail "the image is damaged"
finish
