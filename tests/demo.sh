#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# demo.sh BUILD: the demonstration: build what it shows, make an image, fill it, list it, check it,
# without mounting anything and without being root.  Run by `make demo`; works in a directory that
# is removed afterwards.
set -eu -o pipefail
cd "$(dirname "$0")/.."
b=$1

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
show() { printf '  $ %s\n' "$*"; "$@" | sed 's/^/    /'; }

say "1. What is needed to build (Debian packages; skipped where all are there)"
make -s deps
scripts/install-packages e2fsprogs
say "2. Build: the kernel's own ext4 driver as a library (the first time takes minutes)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
built=("$b"/lib/rump/*/rump-modules)
if ! grep -qs '^fs-ext4 ' "${built[0]}"; then	# where there is more, all of it stays
	built=(TYPES=ext4)
else
	built=()
fi
make "-j$(nproc)" B="$b" "${built[@]}" demo-programs >"$work/log" 2>&1 || {
	tail -n 40 "$work/log"
	exit 1
}

PATH=$PATH:/usr/sbin:/sbin
image=$work/disk.img
run=$PWD/run
export B=$b

say "3. An empty ext4 image of 256 MiB, made by mke2fs"
truncate -s 256M "$image"
show mkfs.ext4 -q -F "$image"

say "4. This project's doc folder goes into the image; the kernel's ext4 driver writes it, here"
show "$run" fsu_put "$image" doc /doc
echo "hello from $(id -un)" | "$run" fsu_write "$image" /hello.txt

say "5. What the driver sees"
show "$run" fsu_ls "$image" -l /
show "$run" fsu_ls "$image" -l /doc
show "$run" fsu_cat "$image" /hello.txt
show "$run" fsu_df "$image"

say "6. The file comes back the same"
"$run" fsu_get "$image" /doc "$work/back"
diff -r doc "$work/back"
echo "    diff -r doc back: no difference"

say "7. The format's own checker"
show e2fsck -fn "$image"

say "How long it takes to look into the image, from nothing"
time "$run" fsu_ls "$image" / >/dev/null

say "Nothing was mounted, no loop device was used, user: $(id -un)."
echo "\`make\` adds the other file systems, makefs, the mount servers and the manual pages;"
echo "\`make check-deps check\` tests them."
