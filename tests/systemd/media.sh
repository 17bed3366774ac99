#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# rump-media, as rump-media@.service runs it: a medium is mounted under its label, another of the
# same label beside it; stop unmounts, also what is in use, and clean removes the directory.
# run-as: root
# needs: losetup mkfs.ext4 blkid findmnt unshare
. "$RUMP_TEST_LIB/common.sh"

[ -x "$RUMP_BUILD/bin/rump_fs" ] || skip "there is no rump_fs yet"
if [ -z "${RUMP_TEST_NAMESPACE:-}" ]; then
	unshare --mount --propagation slave true || skip "no mount namespaces here"
	exec env RUMP_TEST_NAMESPACE=1 unshare --mount --propagation slave "$0" "$@"
fi

sed "s|@BINDIR@|$RUMP_BUILD/bin|g" "$RUMP_TOP/tools/mount.rump/systemd/rump-media.in" >rump-media
chmod +x rump-media
mkdir runtime
export RUNTIME_DIRECTORY=$PWD/runtime
devices=()
trap '[ "${#devices[@]}" = 0 ] || losetup -d "${devices[@]}"' EXIT
mount -t tmpfs tmpfs /run

# medium LABEL: its device's name in $device
medium() {
	mkimg ext4 "disk${#devices[@]}.img" 16M -L "$1"
	device=$(losetup --find --show "disk${#devices[@]}.img")
	devices+=("$device")
	device=${device#/dev/}
}

start() {
	./rump-media start "$1" nosuid,nodev >start.log 2>&1 &
	server=$!
	wait_until findmnt -no TARGET -S "/dev/$1"
}

stop() {
	run ./rump-media stop "$1"
	wait "$server" || fail "the server ends with $?"
	run ./rump-media clean "$1"
}

medium 'holiday 2026/5'
start "$device"
equal "directory" '/run/media/rump/holiday 2026_5' "$(findmnt -lno TARGET -S "/dev/$device")"
findmnt -nO nosuid,nodev -S "/dev/$device" >/dev/null || fail "not nosuid,nodev"
run ./rump-media stop nothing || true
wait "$server" || fail "the server ends with $?"
run ./rump-media clean "$device"
equal "directories left" "" "$(ls /run/media/rump)"

mkdir -p /run/media/rump/same
medium same
start "$device"
equal "a label that is taken" "/run/media/rump/same-$device" \
	"$(findmnt -lno TARGET -S "/dev/$device")"
exec 5<"/run/media/rump/same-$device"
./rump-media stop "$device" 2>/dev/null || fail "stop while it is in use"
equal "still there" "" "$(findmnt -lno TARGET -S "/dev/$device")"
exec 5<&-
wait "$server" || fail "the server ends with $?"
run ./rump-media clean "$device"
run ./rump-media stop "$device"

medium ''
start "$device"
equal "no label" "/run/media/rump/$(blkid -p -s UUID -o value "/dev/$device")" \
	"$(findmnt -lno TARGET -S "/dev/$device")"
stop "$device"
