#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A file system library that was built for another kernel, or is none, or is missing, is refused
# with a sentence; nothing of it runs.
# run-as: user
# needs: mkfs.ext4 gcc
. "$RUMP_TEST_LIB/common.sh"

mkimg ext4 disk.img 16M
target=modules/librumpfs_ext4.so
cp -r "$RUMP_BUILD/lib/rump/$KERNEL" modules
chmod -R u+w modules
export RUMP_MODULE_PATH=$PWD/modules
run fsu_ls disk.img /

# refused PATTERN WHAT
refused() {
	local rc=0
	fsu_ls disk.img / >out 2>err || rc=$?
	equal "$2: exit code" 1 "$rc"
	grep -qiE "$1" err || fail "$2: no /$1/ in: $(cat err)"
	[ ! -s out ] || fail "$2: something was listed"
}

# the note of the library, which says what it was built for, with another version in it
python3 - "$target" <<'PY'
import re, subprocess, sys
path = sys.argv[1]
rows = subprocess.run(["readelf", "-SW", path], capture_output=True, text=True, check=True).stdout
notes = [(int(m[2], 16), int(m[3], 16)) for m in re.finditer(
    r"(\.note\S*)\s+NOTE\s+\S+\s+(\S+)\s+(\S+)", rows)]
data = bytearray(open(path, "rb").read())
for offset, size in notes:
    note = bytes(data[offset:offset + size])
    if b"rump\0" in note:
        m = re.search(rb"\d+\.\d+", note)
        data[offset + m.start():offset + m.start() + 1] = b"9"
        open(path, "wb").write(data)
        sys.exit()
sys.exit("the library has no rump note")
PY
refused 'built for|mismatch|version' "built for another kernel"

printf 'int rump_module; __attribute__((constructor)) static void c(void) { __builtin_trap(); }\n' \
	>x.c
run gcc -shared -fPIC -o "$target" x.c
refused 'module|library' "a library that is no module"

printf 'text\n' >"$target"
refused 'module|library' "not a library"

rm "$target"
refused 'module|library|ext4' "no library"
