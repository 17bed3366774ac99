#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --no-special of get, ecp, put and tar -x leaves out set-user-ID and set-group-ID bits, device
# nodes, capabilities and trusted.*, also where they are hard links, and keeps everything else.
# run-as: root
. "$(dirname "$0")/common.bash"
need mkfs.ext4 setfattr getfattr setcap getcap
img=$dir/disk.img
make_image ext4 "$img" 32M
src=$dir/src
mkdir "$src"; chmod 3755 "$src"
for f in suid sgid cap plain; do echo "$f" >"$src/$f"; done
chmod 4755 "$src/suid"; chmod 2755 "$src/sgid"
setcap cap_net_raw+ep "$src/cap" && setfattr -n trusted.t -v 1 "$src/plain" &&
	setfattr -n user.u -v 2 "$src/plain" || skip "this directory cannot hold attributes"
mknod "$src/null" c 1 3 && ln "$src/null" "$src/null2" && mknod "$src/disk" b 7 0 ||
	skip "device nodes cannot be made here"
mkfifo "$src/fifo"
fsu put "$img" "$src" /src || fail "put"

# harmless WHAT DIRECTORY
harmless() {
	[ -z "$(find "$2" -perm /6000 -o -type b -o -type c)" ] ||
		fail "$1: $(find "$2" -perm /6000 -o -type b -o -type c)"
	[ -z "$(getcap -r "$2")$(getfattr -R -m '^(trusted|security.capa)' "$2")" ] ||
		fail "$1 kept attributes"
	[ "$(find "$2" -type f | wc -l)" = 4 ] && [ -p "$2/fifo" ] &&
		[ "$(stat -c %a "$2" "$2/suid" | xargs)" = '1755 755' ] &&
		getfattr -n user.u "$2/plain" >/dev/null 2>&1 || fail "$1 left out too much"
}

expect 0 '--no-special left out 8 ' fsu get --no-special "$img" /src "$dir/get"
harmless get "$dir/get"
expect 0 '--no-special left out' fsu ecp -a --no-special "$img" :/src "$dir/ecp"
harmless ecp "$dir/ecp"
expect 0 '--no-special left out' fsu put --no-special "$img" "$src" /put
fsu get "$img" /put "$dir/put" && harmless put "$dir/put"
fsu tar "$img" -c -f "$dir/src.tar" -C /src . && fsu mkdir "$img" /tar
expect 0 '' fsu tar "$img" -x --no-special -f "$dir/src.tar" -C /tar
fsu get "$img" /tar "$dir/tar" && harmless tar "$dir/tar"
# without the option all of it arrives
expect 0 '' fsu get "$img" /src "$dir/all"
[ "$(find "$dir/all" -perm /6000 -o -type b -o -type c | wc -l)" = 6 ] || fail "get without it"
finish
