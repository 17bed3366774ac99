#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# put into vfat and exfat: what they cannot hold is told with name and reason, exit code 1,
# or 0 where --ignore names all of it; owners and permissions, which they have for no file, are told
# in one line and no error, unless --owner asks for one; the files are all there.
. "$(dirname "$0")/common.bash"
mkdir "$dir/t"
for i in $(seq 1 30); do echo "$i" >"$dir/t/file$i"; done
chmod 640 "$dir/t/file3"
[ "$(id -u)" != 0 ] || chown -R 1000:1000 "$dir/t"
echo linked >"$dir/t/one"; ln "$dir/t/one" "$dir/t/two"; ln -s one "$dir/t/link"
mkfifo "$dir/t/fifo"
echo a >"$dir/t/Case"; echo b >"$dir/t/case"; echo c >"$dir/t/q?"
tested=0
for type in vfat exfat; do
	command -v "mkfs.$type" >/dev/null || continue
	tested=$((tested + 1))
	img=$dir/$type.img
	make_image $type "$img" || exit 1
	expect 1 'cannot keep its symbolic link: Operation not permitted' fsu put "$img" "$dir/t" /
	cp "$dir/err" "$dir/put.err"
	for p in '/t/two: cannot keep its hard link' '/t/fifo: cannot keep its fifo' \
		'/t/q\?: cannot keep its name' \
		'ase: cannot keep its name \(another file has it there\)'; do
		grep -qE "$p" "$dir/put.err" || fail "$type: no line '$p' in: $(cat "$dir/put.err")"
	done
	! grep -qE 'cannot keep its (owner|permissions)' "$dir/put.err" ||
		fail "$type: owners are told one by one"
	sum="[0-9]+ owners and [0-9]+ files. permissions could not be kept: $type has none"
	grep -qE "^fsu_put: $sum\$" "$dir/put.err" ||
		fail "$type: no sum of owners and permissions in: $(cat "$dir/put.err")"
	[ "$(fsu cat "$img" /t/two)" = linked ] ||
		fail "$type: the second name of a file has no content"
	[ "$(fsu ls "$img" /t | wc -l)" = 33 ] || fail "$type: $(fsu ls "$img" /t | wc -l) files"
	check_image $type "$img"
	expect 0 '' fsu put "$img" --ignore=all "$dir/t" /again
	[ ! -s "$dir/err" ] || fail "$type: --ignore=all tells: $(cat "$dir/err")"
	expect 1 'cannot keep its fifo' \
		fsu put "$img" --ignore=owners,modes,links,names,times "$dir/t" /third
	expect 0 "1 owner and 1 file's permissions could not be kept: $type" \
		fsu put "$img" "$dir/t/file3" /note
	[ "$(wc -l <"$dir/err")" = 1 ] || fail "$type: more than a line: $(cat "$dir/err")"
	expect 1 '/asked: cannot keep its owner' fsu put "$img" --owner=5:5 "$dir/t/file3" /asked
	expect 0 '' fsu put "$img" --ignore=owners,modes "$dir/t/file3" /quiet
	[ ! -s "$dir/err" ] || fail "$type: --ignore=owners,modes tells: $(cat "$dir/err")"
	check_image $type "$img"
done
[ $tested -gt 0 ] || skip "needs mkfs.vfat or mkfs.exfat"
finish
