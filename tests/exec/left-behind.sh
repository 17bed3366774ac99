#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Processes that the program leaves behind do not hold the image: it is free when fsu_exec ends,
# with all that they had written; they get errors from then on.  In another mount namespace, too.
# needs: unshare
# alone: yes
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TOP/tests/exec/exec.bash"
own_image disk.img

# left NAME PREFIX...: a child of the program writes /mnt/NAME, keeps it open, and uses it later
left() {
	local name=$1
	shift
	cat >child.sh <<-SH
	exec 3>/mnt/$name
	head -c 3000000 /dev/zero >&3
	: >ready-$name
	while [ ! -e go-$name ]; do sleep 0.05; done
	if cat /dev/fd/3; then echo served; else echo refused; fi >answer-$name
	: >done-$name
	SH
	"$@" sh child.sh >/dev/null 2>&1 &
	while [ ! -e "ready-$name" ]; do sleep 0.05; done
}
export -f left

expect 0 'fsu_exec: processes .* left behind use /mnt' fsu_exec disk.img -w -- bash -c 'left plain'
# free at once
expect 0 '' fsu_exec disk.img -w -- true
equal "size of what the child wrote" 3000000 "$(fsu_stat disk.img -c %s /plain)"
: >go-plain
wait_for done-plain
equal "what the child's open file does" refused "$(cat answer-plain)"
fsck_clean ext4 disk.img

ns="unshare --mount"
as_root || ns="unshare --user --mount"
# this namespace has the mount after ours has lost it; nothing is busy here
expect 0 '' fsu_exec disk.img -w -- bash -c "left other $ns"
expect 0 '' fsu_exec disk.img -w -- true
: >go-other
wait_for done-other
equal "what a child elsewhere gets" refused "$(cat answer-other)"

# a child that does not use the mount is no matter
cat >idle.sh <<'SH'
while [ ! -e go-idle ]; do sleep 0.05; done
: >done-idle
SH
expect 0 '' fsu_exec disk.img -w -- sh -c 'sh idle.sh >/dev/null 2>&1 &'
expect 0 '' fsu_exec disk.img -w -- true
: >go-idle
wait_for done-idle
fsck_clean ext4 disk.img
