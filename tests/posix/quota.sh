#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Quotas of users, groups and projects hold on a mount server's mount: hard limits to the block and
# the file, soft ones when their grace time is over; as on the host kernel's mount, where that has
# quotas.  What the image says is in use afterwards is what its files take, and the checker is
# content.
# each: xfs,project
# each-full: ext4,user ext4,group ext4,project xfs,user xfs,group
# needs: chattr
# timeout: 300
# run-as: root-first
# shellcheck disable=SC2086  # options and operands are lists of words
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TOP/tests/posix/posix.sh"

type=${1%,*} kind=${1#*,}
need_tools "$type"
need_fuse
imagequota=$RUMP_BUILD/tests/bin/imagequota
id=4001		# user alice, her group, and a project
if ! as_root; then
	case $kind in
	user) id=$(id -u) ;;
	group) id=$(id -g) ;;
	esac
fi
case $kind in
user) option=usrquota ;;
group) option=grpquota ;;
project) option=prjquota ;;
esac

# quota_image IMAGE hard|soft: 1 MiB and 10 files
quota_image() {
	case $type in
	ext4) mkimg ext4 "$1" 256M -b 4096 -O quota,project \
		-E quotatype=usrquota:grpquota:prjquota ;;
	xfs) mkimg xfs "$1" 300M ;;
	esac
	run "$imagequota" "$type" "$1" "$kind" "$id" 1048576 10 "$2" 2
}

# has_host IMAGE: the host's kernel has quotas for this type
has_host() {
	can_host_mount "$type" || return 1
	mkdir -p try
	mount -t "$type" -o "loop,$option" "$1" try 2>/dev/null || return 1
	umount try
}

# leave_files DIR: which count, of several shapes
leave_files() {
	local as=()
	mkdir -m 777 "$1"
	[ "$kind" != project ] || run chattr -p "$id" +P "$1"
	! as_root || as=(setpriv --reuid "$id" --regid "$id" --clear-groups)
	"${as[@]}" bash -eu -c 'cd "$1"
		mkdir inner
		head -c 5000 /dev/zero >inner/small
		head -c 300001 /dev/zero >large
		truncate -s 10M sparse
		printf x | dd of=sparse bs=1 seek=7M conv=notrunc status=none
		for n in {1..40}; do printf "%03000d" 1 >>grown; sync grown; done
		ln grown inner/linked' - "$1"
}

# taken DIR: bytes and files that count there
taken() {
	local which=()
	[ "$kind" = project ] || which=("-$kind" "$id")
	find "$1/left" "${which[@]}" -printf '%i %b\n' | sort -u |
		awk '{ blocks += $2; files++ } END { print blocks * 512, files }'
}

# judge KERNEL PART: in an image of its own, so that nothing of another part counts
judge() {
	cp --sparse=always "${2%-*}.img" "$1.img"
	mount_with "$1" "$type" "$1.img" "$1" $option
	suite "$1" part -q "$kind" -k "quota/$2"
	cat part >>"quota.$1"
	unmount "$1"
	fsck_clean "$type" "$1.img"
}

# count KERNEL: what the image says is in use is what its files take
count() {
	local expected
	cp --sparse=always hard.img "$1.img"
	mount_with "$1" "$type" "$1.img" "$1" $option
	leave_files "$1/left"
	unmount "$1"
	fsck_clean "$type" "$1.img"
	mount_with "$1" "$type" "$1.img" "$1" ro
	expected=$(taken "$1")
	unmount "$1"
	equal "bytes and files in use" "$expected" "$("$imagequota" "$type" "$1.img" "$kind" "$id")"
}

quota_image hard.img hard
quota_image soft.img soft
kernels=rump
! has_host hard.img || kernels="host rump"
for kernel in $kernels; do
	for part in hard-blocks hard-files hard-others hard-given soft-blocks soft-files; do
		judge $kernel $part
	done
	passes quota.$kernel
	count $kernel
done
if [ "$kernels" = rump ]; then
	echo "the host's kernel has no quotas for $type: nothing was compared"
else
	same quota.host quota.rump
fi
