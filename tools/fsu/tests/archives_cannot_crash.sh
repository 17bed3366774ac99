#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An archive's name that cannot be converted, and a path of 150,000 levels, are errors of fsu_tar
# and makefs with a message, and leave no damaged image; a deep path that is allowed gets there,
# from an archive and from a directory.  grep -B takes any number.
# timeout: 300
# shellcheck disable=SC2086  # RUN is words
. "$(dirname "$0")/common.bash"
need mkfs.ext4 e2fsck python3
cd "$dir" || exit 1
python3 - <<'END'
import os, tarfile, zipfile

with zipfile.ZipFile('name.zip', 'w') as z:
    z.writestr('aXXb', 'x')
data = bytearray(open('name.zip', 'rb').read().replace(b'aXXb', b'a\xff\xfeb'))
# both headers say that the name is UTF-8
data[data.find(b'PK\3\4') + 7] |= 8
data[data.find(b'PK\1\2') + 9] |= 8
open('name.zip', 'wb').write(data)

for name, levels in ('deep', 150000), ('allowed', 1500):
    with tarfile.open(f'{name}.tar', 'w', format=tarfile.PAX_FORMAT) as t:
        t.addfile(tarfile.TarInfo('a/' * levels + 'f'))
os.mkdir('tree')
os.chdir('tree')
for _ in range(1500):
    os.mkdir('a')
    os.chdir('a')
open('f', 'w').close()
END
make_image ext4 disk.img 32M
expect 2 'cannot be converted' fsu tar disk.img -t -f name.zip
expect 2 'cannot be converted' fsu tar disk.img -x -f name.zip
check_image ext4 disk.img
expect 3 'cannot be converted' timeout 60 $RUN makefs -t ext4 -s 16m made.img name.zip
expect 3 'more than 16384 levels' timeout 60 $RUN makefs -t ext4 -s 64m made.img deep.tar
for source in allowed.tar tree; do
	expect 0 '' timeout 120 $RUN makefs -t ext4 made.img $source
	[ "$(fsu find made.img / -name f | wc -c)" = 3003 ] || fail "$source: the file is not there"
	check_image ext4 made.img
done

# not an archive, but a number that no memory is for
fsu put disk.img tree/a /b || fail "put of a deep tree"
seq 5 | fsu write disk.img /five
[ "$(fsu grep disk.img -B 2147483647 5 /five | wc -l)" = 5 ] || fail "grep -B of a huge number"
[ "$(fsu grep disk.img -B 3 5 /five | xargs)" = '2 3 4 5' ] || fail "grep -B 3"
finish
