#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --max-time and --max-cpu end makefs with exit code 71, while it reads, while it copies, while a
# program of the host works for it, and for a disk's partition; nothing is left of the image.
# run-as: user
# timeout: 120
. "$(dirname "$0")/common.bash"
need_tools ext4
mkdir tree bin
echo text >tree/file
mkfifo never
exec 3<>never

# over MESSAGE ARGUMENTS...
over() {
	refused 71 "^makefs: .*disk\.img[^:]*: ended after $1 \(--max" makefs "${@:2}"
	equal "lines of an error" 1 "$(wc -l <err)"
	equal "what is left after ${*:2}" "" "$(find . -name '*disk.img*' -o -name 'makefs.*')"
}
over '1 s' --max-time=1 -t ext4 disk.img - <never
# each level of a deep path is made from the root on
python3 - <<'END'
import tarfile

with tarfile.open('deep.tar', 'w', format=tarfile.PAX_FORMAT) as t:
    t.addfile(tarfile.TarInfo('a/' * 16000 + 'f'))
END
over '1 s of processor time' --max-cpu=1 -t ext4 -s 128m disk.img deep.tar
cat >bin/mkfs.ext4 <<'END'
#!/bin/sh
exec sleep 50
END
chmod +x bin/mkfs.ext4
PATH=$PWD/bin:$PATH over '2 s' --max-time=2 -t ext4 disk.img tree
! pgrep -u "$(id -u)" -f '^sleep 50' || fail "the program goes on"
echo ': -t ext4 tree' >disk.txt
PATH=$PWD/bin:$PATH over '2 s' --max-time=2 -P disk.txt disk.img
refused 2 'max-time needs a number' makefs --max-time=never disk.img tree
makefs --max-time=300 --max-cpu=300 -t ext4 disk.img bin || fail "in time"
