#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A crash of the kernel's code prints one line, with the image, the type, the kernel's reason and
# the place, and exits with 70: a BUG while the image is mounted and one while a file is read, a
# panic, a bad address in the kernel's code.  makefs leaves no file then.  A crash of the tool's own
# code is none of these.
# shellcheck disable=SC2086  # RUN is words
. "$(dirname "$0")/common.bash"
need mkfs.ext4 python3 cc
cd "$dir" || exit 1
mkdir tree
printf 'some lines\n' >tree/file
chmod 640 tree/file
"$top/tests/formats/make/mkimage" vxfs good.img tree || fail "mkimage"

# a second fileset header in the object location table; a file whose data is organised in no way
python3 - <<'END'
import struct

good = open('good.img', 'rb').read()
image = bytearray(good)
image[image.index(struct.pack('<II', 0xA504FCF5, 56)) + 72] = 2
open('mount\33[1m.img', 'wb').write(image)
image = bytearray(good)
image[image.index(struct.pack('<II', 0o100640, 1)) + 49] = 9
open('read.img', 'wb').write(image)
END

cat >crash.c <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <rump/ukfs.h>
#include <rump/rumpuser.h>

ssize_t ukfs_pread(struct ukfs *u, int fd, void *buf, size_t size, off_t off)
{
	ssize_t (*next)(struct ukfs *, int, void *, size_t, off_t) = dlsym(RTLD_NEXT, "ukfs_pread");
	const char *how = getenv("CRASH");

	if (strcmp(how, "own") == 0)
		return *(volatile int *)8;
	/* the kernel writes to an address that nothing has */
	return next(u, fd, strcmp(how, "address") ? buf : (void *)8, size, off);
}

int ukfs_statvfs(struct ukfs *u, struct statvfs *st)
{
	(void)u;
	(void)st;
	rumpuser_panic("out of ideas");
}
END
cc -shared -fPIC -I"$top/include" -o crash.so crash.c -Wl,-z,lazy || exit 1

# crash CODE PATTERN COMMAND...: and no other line
crash() {
	expect "$@"
	[ "$(wc -l <err)" = 1 ] || fail "not one line: ${*:3}: $(head -c 1000 err)"
	! grep -q $'\33' err || fail "an escape sequence: ${*:3}"
}
bug="the kernel's vxfs driver crashed: .*BUG: failure at .*fs/freevxfs/vxfs"
img=$(printf 'mount\33[1m.img')
crash 70 "^fsu_ls: mount.033.1m.img: ${bug/vxfs/freevxfs}_olt" fsu ls "$img" /
crash 70 "^fsu_ls: mount.*img: ${bug}_olt" fsu ls -t vxfs "$img" /
crash 70 "^fsu_cat: read.img: ${bug}_bmap" fsu cat read.img /file
crash 70 "^cat: read.img: ${bug}_bmap" fsu sh -c 'ls; cat /file' read.img

make_image ext4 disk.img 16M
echo text | fsu write disk.img /file
at='invalid memory access(, called from| in) librump.*\+0x[0-9a-f]+$'
crash 70 "^fsu_cat: disk.img: the kernel's ext4 driver crashed: $at" \
	env CRASH=address LD_PRELOAD="$dir/crash.so" timeout 60 $RUN fsu_cat disk.img /file
crash 70 "^makefs: made.img: the kernel's ext4 driver crashed: out of ideas$" \
	env LD_PRELOAD="$dir/crash.so" timeout 60 $RUN makefs -t ext4 made.img tree
[ -z "$(find . -name '*made*')" ] || fail "makefs left $(find . -name '*made*')"
expect 139 '' env CRASH=own LD_PRELOAD="$dir/crash.so" sh -c "$RUN fsu_cat disk.img /file"
! grep -q 'the kernel' err || fail "the tool's own crash: $(cat err)"
finish
