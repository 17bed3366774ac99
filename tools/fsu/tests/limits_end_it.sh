#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --max-cpu and --max-time end a command with one message and exit code 71: while a driver runs in
# circles as it mounts, while a file of zeros is read, while standard input does not come.  Without
# them nothing ends it, and what is done in time is done.
# shellcheck disable=SC2086  # RUN is words
. "$(dirname "$0")/common.bash"
need mkfs.ext4 python3
cd "$dir" || exit 1
mkdir tree
echo text >tree/file
"$top/tests/formats/make/mkimage" vxfs endless.img tree || fail "mkimage"
# a record of the object location table with no length
python3 - <<'END'
import struct

image = bytearray(open('endless.img', 'rb').read())
at = image.index(struct.pack('<II', 0xA504FCF5, 56)) + 56
image[at:at + 8] = struct.pack('<II', 1, 0)
open('endless.img', 'wb').write(image)
END
make_image ext4 disk.img 16M
truncate -s 1T zeros
fsu put -q disk.img zeros /zeros || fail "put"
mkfifo never
exec 3<>never

# over OPTION MESSAGE COMMAND...
over() {
	expect 71 "^(cat|fsu_[a-z0-9]*): [a-z]*\.img: ended after $2 \($1\)$" "${@:3}"
	[ "$(wc -l <err)" = 1 ] || fail "not one line: ${*:3}: $(head -c 1000 err)"
}
over --max-cpu '1 s of processor time' fsu ls --max-cpu=1 endless.img /
over --max-time '1 s' fsu ls --max-time=1 endless.img /
over --max-cpu '1 s of processor time' fsu cat --max-cpu=1 disk.img /zeros
over --max-cpu '1 s of processor time' fsu sha256sum disk.img --max-cpu 1 /zeros
over --max-cpu '1 s of processor time' fsu sh --max-cpu=1 -c 'ls; cat /zeros' disk.img
over --max-time '1 s' fsu write --max-time=1 --max-cpu=100 disk.img /new <never
expect 124 '' timeout 3 $RUN fsu_ls endless.img /
expect 0 '' fsu ls --max-cpu=100 --max-time=100 disk.img /
expect 2 '--max-cpu needs a number of seconds' fsu ls --max-cpu=0 disk.img /
expect 2 "--max-time needs a number of seconds.*'1d'" fsu ls --max-time=1d disk.img /
expect 2 'max-cpu does not hold' fsu exec --max-cpu=1 disk.img true
finish
