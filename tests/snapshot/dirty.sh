#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A snapshot of an image with a dirty journal shows what a replay would leave, to reading commands
# too, and the image stays as it is.
# each: ext4 xfs btrfs
# each-full: ext3
# run-as: user
. "$RUMP_TEST_LIB/common.sh"

need_tools "$1"
mkimg "$1" disk.img 320M
"$RUMP_BUILD/tests/bin/acked" write disk.img log >writer.log 2>&1 &
writer=$!
wait_until has_lines 51 log
kill -KILL "$writer" || { cat writer.log; fail "the writer ended by itself"; }
wait "$writer" 2>/dev/null || true
before=$(sum disk.img)
mkdir tmp
export RUMP_TMPDIR=$PWD/tmp

fsu_ls -o snapshot disk.img -lR / >seen 2>err.log || fail "$(cat err.log)"
[ ! -s err.log ] || fail "a journal that can be replayed was passed over: $(cat err.log)"
run fsu_get -o snapshot disk.img / out
echo data >data
run fsu_put -o snapshot disk.img data /data
[ "$(sum disk.img)" = "$before" ] || fail "the image was changed"
equal "left in the temporary folder" "" "$(ls -A tmp)"

run fsu_ls -o rw disk.img /		# replays
[ "$(sum disk.img)" != "$before" ] || fail "the journal was not dirty"
fsu_ls disk.img -lR / >replayed
cmp seen replayed || fail "the snapshot shows something else than the replay"
run "$RUMP_BUILD/tests/bin/acked" verify disk.img log
