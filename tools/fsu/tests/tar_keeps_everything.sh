#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# fsu_tar writes archives from which GNU tar makes the tree again, and what it extracts from GNU
# tar's and its own archives is the tree: content, metadata, hard links, holes, extended attributes,
# ACLs.
# run-as: root
# each: ext4 btrfs
# each-full: xfs
. "$(dirname "$0")/common.bash"
need tar setfattr setfacl setcap python3 "mkfs.$1"
same() { "$top/tests/lib/cmptree" "$2" "$3" >"$dir/cmp" 2>&1 ||
	{ fail "$1"; head -5 "$dir/cmp"; }; }
x=(--xattrs "--xattrs-include=*" --acls)

mkdir -p "$dir/src/d/e" && cd "$dir/src" || exit 1
echo hi >f; ln f d/hard; ln -s f sym; mkfifo p; mknod c c 1 3; mknod b b 259 77
ln -s "$(printf 'x%.0s' {1..300})" long
truncate -s 50M sparse; printf x | dd of=sparse bs=1 seek=20000000 conv=notrunc 2>/dev/null
truncate -s 9M hole
setfattr -n user.a -v b f; setfattr -n user.b -v '' d; head -c 3000000 /dev/urandom >big
setcap cap_net_raw+ep big
setfacl -m u:1:rw f; setfacl -dm g:3:rx d; chown 12:34 d/e; chown 99999 b; chmod 4751 f
chmod 1777 d/e
python3 -c "
import os
open(b'bad\xff', 'w').close(); open('u\u00e9', 'w').close(); open('new\nline', 'w').close()
os.makedirs('x' * 100 + '/' + 'y' * 200)"
touch -d '2001-01-01 01:02:03.456789' d; touch -d '1960-01-01' p
cd / || exit 1
make_image "$1" "$dir/a.img"
make_image "$1" "$dir/b.img"
fsu put "$dir/a.img" "$dir/src/." / || fail "put"
mkdir "$dir/t1" "$dir/t3"

# ours to GNU tar's, also through a pipe and compressed
fsu tar "$dir/a.img" -c -f "$dir/ours.tar" --exclude=lost+found . || fail "tar -c"
[ "$(stat -c %s "$dir/ours.tar")" -lt 4000000 ] || fail "the holes are in the archive"
tar -C "$dir/t1" "${x[@]}" -xpf "$dir/ours.tar" 2>"$dir/err" ||
	fail "GNU tar cannot read it: $(head -3 "$dir/err")"
same "GNU tar made another tree" "$dir/src" "$dir/t1"
fsu tar "$dir/a.img" -c --zstd -C d . | tar --zstd -t >"$dir/list" ||
	fail "not a compressed archive"
[ "$(sort "$dir/list" | tr '\n' ' ')" = "./ ./e/ ./hard " ] || fail "-C: $(cat "$dir/list")"

# ours to ours
fsu tar "$dir/b.img" -x -f "$dir/ours.tar" || fail "tar -x"
fsu get "$dir/b.img" / "$dir/t2" && { rmdir "$dir/t2/lost+found" 2>/dev/null; touch -r "$dir/src" \
	"$dir/t2"; }
same "extracted, it is another tree" "$dir/src" "$dir/t2"
# once more: files are replaced, directories stay
fsu tar "$dir/b.img" -x <"$dir/ours.tar" || fail "tar -x over what is there"
expect 2 'File exists' fsu tar "$dir/b.img" -xk -f "$dir/ours.tar" ./f
check_image "$1" "$dir/b.img"

# GNU tar's to ours
tar -C "$dir/src" "${x[@]}" -S --format=pax -cf "$dir/gnu.tar" .
fsu mkdir "$dir/b.img" /gnu
fsu tar "$dir/b.img" -x -C /gnu -f "$dir/gnu.tar" 2>"$dir/err" ||
	fail "GNU's archive: $(head -3 "$dir/err")"
fsu get "$dir/b.img" /gnu "$dir/t4"
same "GNU tar's archive made another tree" "$dir/src" "$dir/t4"

# members, lists, parts of names
fsu tar "$dir/ours.img" -t </dev/null >/dev/null 2>&1 && fail "no image, no error"
fsu tar "$dir/a.img" -t -f "$dir/ours.tar" | sort >"$dir/got"
tar tf "$dir/ours.tar" --quoting-style=literal 2>/dev/null | sort >"$dir/want"
cmp "$dir/want" "$dir/got" || fail "tar -t"
fsu mkdir "$dir/b.img" /part
fsu tar "$dir/b.img" -x -C part --strip-components=1 -f "$dir/gnu.tar" ./d/e || fail "a member"
[ "$(fsu find "$dir/b.img" part -printf '%P ')" = " d d/e " ] ||
	fail "members: $(fsu find "$dir/b.img" part)"
printf 'not an archive at all, but long enough to be looked at\n' >"$dir/no.tar"
expect 2 'Unrecognized archive format' fsu tar "$dir/b.img" -x -f "$dir/no.tar"
head -c 100000 "$dir/ours.tar" >"$dir/cut.tar"
expect 2 'Truncated' fsu tar "$dir/b.img" -x -f "$dir/cut.tar"
python3 - "$dir/evil.tar" <<'END'
import io, sys, tarfile
with tarfile.open(sys.argv[1], "w") as t:
    t.addfile(tarfile.TarInfo("a/../../out"), io.BytesIO())
END
fsu tar "$dir/b.img" -x -C part -f "$dir/evil.tar" 2>/dev/null
expect 1 'No such file' fsu cat "$dir/b.img" /out
expect 2 'only one of' fsu tar "$dir/b.img" -xc
expect 2 'is needed' fsu tar "$dir/b.img" f
check_image "$1" "$dir/b.img"
finish
