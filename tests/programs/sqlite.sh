#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# SQLite in WAL mode on a mount: four processes write and read one database at the same time, none
# sees a sum that no transaction left, all that was committed is there, the integrity check is
# clean, and so it is for the sqlite3 program after a remount and for another reader of the image.
# each: btrfs vfat
# each-full: ext4 xfs
# needs: sqlite3
# weight: 2
# timeout: 900
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/programs.sh"

each=$([ "$QUICK" ] && echo 50 || echo 250)
new_image "$1" 512M
mount_image "$1"
run "$LIB/bank" mnt/top/bank.db 4 "$each"
run "$LIB/bank" mnt/top/bank.db check $((4 * each))
unmount_and_compare "$1"
mount_image "$1"
equal "integrity check after a remount" ok "$(sqlite3 mnt/top/bank.db 'PRAGMA integrity_check')"
run "$LIB/bank" mnt/top/bank.db check $((4 * each))
unmount_image "$1"
