#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# git on a mount: a repository of some thousand files and several commits is made, cloned, checked
# out, repacked and verified; so it is after a remount and for another reader of the image.
# each: ext4
# each-full: xfs btrfs
# needs: git
# timeout: 900
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/programs.sh"

export GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a \
	GIT_COMMITTER_EMAIL=a
verified() {
	run git -C "$1" fsck --full --strict
	[ -z "$(git -C "$1" status --porcelain)" ] || fail "$1 has changes that nobody made"
}
commit() {
	cp -r "$2" "$1/"
	run git -C "$1" add -A
	run git -C "$1" commit -q -m "$2"
}

new_image "$1" 2G
mount_image "$1"
run git init -q mnt/top/one
folders=(include/linux fs/ext4 fs/xfs)
[ -z "$QUICK" ] || folders=(include/net fs/ext4 fs/xfs)
[ "$QUICK" ] || folders+=(include/net fs/btrfs include/uapi)
for folder in "${folders[@]}"; do
	commit mnt/top/one "$KERNEL_TREE/$folder"
done
run git -C mnt/top/one mv "${folders[0]##*/}" moved
run git -C mnt/top/one commit -q -m moved
run git clone -q --no-hardlinks mnt/top/one mnt/top/two
run git clone -q mnt/top/one mnt/top/linked
verified mnt/top/two
run git -C mnt/top/two checkout -q HEAD~3
run git -C mnt/top/two checkout -q -
run git -C mnt/top/one gc -q --prune=now
run git -C mnt/top/two repack -q -a -d
verified mnt/top/one
unmount_and_compare "$1"
mount_image "$1"
verified mnt/top/one
verified mnt/top/two
verified mnt/top/linked
unmount_image "$1"
