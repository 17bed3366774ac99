#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Round trips with the drivers of Linux 6.1: roundtrip/odd for what it writes, readers for what it reads.
# each: ext2 ext3 ext4 xfs btrfs vfat exfat iso9660 squashfs erofs
# run-as: self
# timeout: 300
. "$RUMP_TOP/tests/kernels/older.bash"

case $1 in
iso9660) exec "$RUMP_TOP/tests/readers/$1.sh" rockridge ;;
squashfs) exec "$RUMP_TOP/tests/readers/$1.sh" zstd ;;
erofs) exec "$RUMP_TOP/tests/readers/$1.sh" lz4hc ;;
*) exec "$RUMP_TOP/tests/roundtrip/odd.sh" "$1" ;;
esac
