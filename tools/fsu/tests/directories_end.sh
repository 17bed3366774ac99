#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A damaged directory whose last readable name the driver repeats for ever is an error of every
# command that reads directories, with the driver's reason, and costs no memory.
. "$(dirname "$0")/common.bash"
need mkudffs python3
cd "$dir" || exit 1
mkdir -p tree/sub host
for n in {100..299}; do echo "$n" >"tree/sub/file-$n"; done
truncate -s 8M disk.img
mkudffs disk.img >/dev/null || exit 1
mv tree/sub/file-250 .
fsu put -q --ignore=all disk.img tree/. / || fail "put"
fsu put -q --ignore=all disk.img file-250 /sub || fail "put"	# the last entry
# the tag of one entry's descriptor, which is 38 bytes before its name
python3 - <<'END'
with open('disk.img', 'r+b') as f:
    image = bytearray(f.read())
    at = image.index(b'\x08file-250') - 38
    assert image[at] == 1 and image[at + 1] == 1
    image[at] = 0
    f.seek(0)
    f.write(image)
END

ulimit -d 600000	# KiB
export FSU_TEST_TIMEOUT=60
error='sub: the directory does not end \(.*incorrect tag'
expect 1 "^fsu_ls: cannot read directory /$error" fsu ls disk.img /sub
[ "$(grep -c 'file-1' out)" -ge 100 ] || fail "ls: names before the error: $(wc -l <out)"
expect 1 "$error" fsu ls disk.img -lR /
expect 1 "$error" fsu find disk.img /
expect 1 "$error" fsu du disk.img /
expect 2 "$error" fsu tree disk.img /
expect 1 "$error" fsu lsattr disk.img /sub
expect 2 "$error" fsu grep disk.img -r 123 /
expect 2 "$error" fsu tar disk.img -c -f copy.tar /
expect 1 "$error" fsu get -q disk.img /sub host
files=$(find host/sub -type f | wc -l)
[ "$files" -ge 100 ] || fail "get: $files files"
expect 2 "$error" fsu diff disk.img -r /sub host:host/sub
expect 1 "$error" fsu chmod -o snapshot disk.img -R u+x /
expect 1 "$error" fsu rm -o snapshot disk.img -rf /sub
expect 1 "$error" fsu cp -o snapshot disk.img -r /sub /new

# the raw records of libukfs
# shellcheck disable=SC2086  # RUN is words
$RUN timeout 60 python3 - <<'END' || fail "ukfs_getdents"
import ctypes
import errno

lib = ctypes.CDLL("libukfs.so", use_errno=True)
lib.ukfs_mount.restype = ctypes.c_void_p
lib.ukfs_getdents.restype = ctypes.c_ssize_t
lib.ukfs_errmsg.restype = ctypes.c_char_p
handle = ctypes.c_void_p(lib.ukfs_mount(None, b"disk.img", None, 1, None, ctypes.c_size_t(0)))
offset, buffer = ctypes.c_int64(0), ctypes.create_string_buffer(4096)
for call in range(100):
    n = lib.ukfs_getdents(handle, b"/sub", ctypes.byref(offset), buffer, ctypes.c_size_t(4096))
    if n <= 0:
        break
assert n == -1 and ctypes.get_errno() == errno.EUCLEAN, (call, n)
assert b"the directory does not end" in lib.ukfs_errmsg(), lib.ukfs_errmsg()
END
finish
