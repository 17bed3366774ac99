#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Reading commands never change a byte of the image, also where its journal is dirty.
# each: ext4 vfat ext4-dirty xfs-dirty btrfs-dirty
# each-full: ext2 ext3 xfs btrfs exfat
. "$RUMP_TEST_LIB/common.sh"

type=${1%-dirty}
need_tools "$type"
mkimg "$type" disk.img 512M
mkdir -p tree/folder
seq 100000 >tree/folder/numbers
run fsu_put disk.img tree /tree
if [ "$1" != "$type" ]; then
	"$RUMP_BUILD/tests/bin/acked" write disk.img log >writer.log 2>&1 &
	writer=$!
	wait_until has_lines 21 log
	kill -KILL "$writer" || { cat writer.log; fail "the writer ended by itself"; }
	wait "$writer" 2>/dev/null || true
fi
# An image whose journal would have to be replayed may be refused, by a sentence that names the
# option which reads it as it is.
option=defaults
before=$(sum disk.img)
stamp=$(stat -c '%Y %Z' disk.img)
if ! fsu_ls disk.img / >out.log 2>err.log; then
	case $1 in
	ext4-dirty) option=noload ;;
	xfs-dirty) option=norecovery ;;
	btrfs-dirty) option=rescue=nologreplay ;;
	esac
	equal "lines that refuse it" 1 "$(wc -l <err.log)"
	grep -q "${option#*=}" err.log || fail "no word of $option in: $(cat err.log)"
fi
for command in "fsu_ls -o $option disk.img -laR /" \
	"fsu_cat -o $option disk.img /tree/folder/numbers" \
	"fsu_stat -o $option disk.img /tree" "fsu_df -o $option disk.img" \
	"fsu_get -o $option disk.img /tree out"; do
	# shellcheck disable=SC2086
	if ! timeout "$PATIENCE" $command >out.log 2>err.log; then
		cat err.log
		[ "$(sum disk.img)" = "$before" ] || echo "(and it changed the image)"
		fail "$command"
	fi
	[ "$(sum disk.img)" = "$before" ] || fail "$command changed the image"
done
cmp tree/folder/numbers out/folder/numbers
equal "the image's own times" "$stamp" "$(stat -c '%Y %Z' disk.img)"
chmod 444 disk.img
run fsu_ls -o "$option" disk.img /
