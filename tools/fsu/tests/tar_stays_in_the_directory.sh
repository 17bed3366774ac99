#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# fsu_tar -x writes only below the directory that -C names, whatever links the archive has, in one
# run and in two; a link that stays inside is followed, and so is any link without -C.
. "$(dirname "$0")/common.bash"
need mkfs.ext4 python3
img=$dir/disk.img
make_image ext4 "$img" 32M
python3 - "$dir" <<'END'
import io, sys, tarfile

def archive(name, *members):
    with tarfile.open(f'{sys.argv[1]}/{name}.tar', 'w') as t:
        for path, kind, target in members:
            m = tarfile.TarInfo(path)
            m.type, m.linkname = kind, target
            m.size = 5 if kind == tarfile.REGTYPE else 0
            t.addfile(m, io.BytesIO(b'evil\n'))

FILE, LINK, HARD, DIR = tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE
archive('absolute', ('foo', LINK, '/outside'), ('foo/new', FILE, ''))
archive('up', ('foo', LINK, '../outside'), ('foo/secret', FILE, ''), ('foo/d', DIR, ''))
archive('hard', ('foo', LINK, '../outside'), ('mine', HARD, 'foo/secret'))
archive('later', ('a', DIR, ''), ('l', LINK, 'a'), ('l/secret', DIR, ''), ('l', LINK, '../outside'))
archive('one', ('foo', LINK, '/outside'))
archive('two', ('foo/new', FILE, ''))
archive('in', ('real', DIR, ''), ('foo', LINK, 'real'), ('foo/new', FILE, ''))
END
mkdir -p "$dir/outside" "$dir/to"; echo my own >"$dir/outside/secret"
chmod 600 "$dir/outside/secret"
fsu put "$img" "$dir/outside" "$dir/to" /

# unharmed WHAT
unharmed() {
	[ "$(fsu find "$img" /outside -type f -printf '%f %n %s %m')" = 'secret 1 7 600' ] ||
		fail "$1 wrote outside: $(fsu ls "$img" -l /outside)"
}

for a in absolute up hard later; do
	expect 2 'a symbolic link leads out of the directory' \
		fsu tar "$img" -x -C /to -f "$dir/$a.tar"
	unharmed $a
	fsu rm "$img" -rf /to; fsu mkdir "$img" /to
done
expect 0 '' fsu tar "$img" -x -C /to -f "$dir/one.tar"
expect 2 'leads out' fsu tar "$img" -x -C /to -f "$dir/two.tar"
unharmed "two runs"
expect 0 '' fsu tar "$img" -x -C /to -f "$dir/in.tar"
[ "$(fsu ls "$img" /to/real)" = new ] || fail "a link inside is not followed"
fsu rm "$img" -rf /real /foo
expect 0 '' fsu tar "$img" -x -f "$dir/absolute.tar"
[ "$(fsu cat "$img" /outside/new)" = evil ] || fail "without -C a link is not followed"
check_image ext4 "$img"
finish
