#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The units are what systemd accepts, they make no mount namespace (the mount would be seen in it
# alone), and the udev rule wants rump-media@.service for removable media and for nothing else.
# run-as: root
# needs: systemd-analyze udevadm losetup mkfs.ext4 unshare
. "$RUMP_TEST_LIB/common.sh"

if [ -z "${RUMP_TEST_NAMESPACE:-}" ]; then
	unshare --mount --propagation slave true || skip "no mount namespaces here"
	exec env RUMP_TEST_NAMESPACE=1 unshare --mount --propagation slave "$0" "$@"
fi

source=$RUMP_TOP/tools/mount.rump/systemd
mkdir -p units bin
for unit in rump-mount@ rump-media@; do
	sed "s|@BINDIR@|$PWD/bin|g; s|@UNITDIR@|$PWD/bin|g" "$source/$unit.service.in" \
		>"units/$unit.service"
done
for program in rump_fs rump_umount rump-media; do
	ln -s /bin/true "bin/$program"
done
for unit in rump-mount@disk rump-media@sdb1; do
	unset LD_LIBRARY_PATH
	systemd-analyze verify --man=no "units/${unit%@*}@.service" >verify.log 2>&1 ||
		{ cat verify.log; fail "systemd-analyze verify $unit"; }
	! grep -F "${unit%@*}@" verify.log || fail "systemd-analyze verify $unit complains"
	grep -qE '^MemoryMax=[0-9]+[%MG]$' "units/${unit%@*}@.service" ||
		fail "$unit: no limit of memory"
done
! grep -E -e '^(Protect(System|Home|Kernel|Control|Hostname|Proc)|Private|ReadOnly|ReadWrite)' \
	-e '^(Inaccessible|Bind(ReadOnly)?Paths|Temporary|Root|DynamicUser|MountFlags)' \
	units/*.service || fail "a unit makes a mount namespace"

# udevadm test on a loop device: what the medium would be, a rule of the test's own says
truncate -s 8M disk.img
run mkfs.ext4 -q disk.img
device=$(losetup --find --show disk.img)
trap 'losetup -d "$device"' EXIT
name=${device#/dev/}
mount -t tmpfs tmpfs /run
mkdir -p /run/udev/rules.d
cp "$source/90-rump-media.rules" /run/udev/rules.d

# wants PROPERTIES...: the units that the device wants, if it has these properties
wants() {
	printf '%s, ' "$@" >/run/udev/rules.d/80-test.rules
	echo 'ENV{TEST}="1"' >>/run/udev/rules.d/80-test.rules
	udevadm test "/sys/class/block/$name" >udev.log 2>&1 ||
		{ cat udev.log; fail "udevadm test"; }
	! grep -E '90-rump-media.rules:[0-9]+ .*(nvalid|nknown|gnor)' udev.log ||
		fail "the rule is not accepted"
	sed -n 's/^SYSTEMD_WANTS=//p' udev.log
}

fs='ENV{ID_FS_USAGE}="filesystem"'
removable='ENV{RUMP_MEDIA}="1"'
equal "a removable ext4" "rump-media@$name.service" \
	"$(wants "$fs" 'ENV{ID_FS_TYPE}="ext4"' "$removable")"
grep -q '^UDISKS_IGNORE=1' udev.log || fail "udisks would mount it, too"
equal "a fixed ext4" "" "$(wants "$fs" 'ENV{ID_FS_TYPE}="ext4"')"
equal "a removable ntfs" "" "$(wants "$fs" 'ENV{ID_FS_TYPE}="ntfs"' "$removable")"
equal "a removable LUKS" "" \
	"$(wants 'ENV{ID_FS_USAGE}="crypto"' 'ENV{ID_FS_TYPE}="ext4"' "$removable")"
