#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The program is the caller: user, capabilities, working directory, environment, standard files; its
# new files too.  Nobody else sees the mount.
# run-as: both
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TOP/tests/exec/exec.bash"
own_image disk.img
mkdir -p dir/sub
echo below >dir/file

caps() { grep -E '^Cap(Inh|Prm|Eff|Amb)' /proc/self/status; }
equal "capabilities" "$(caps)" \
	"$(fsu_exec disk.img grep -E '^Cap(Inh|Prm|Eff|Amb)' /proc/self/status)"
equal "user and group" "$(id -u):$(id -g)" "$(fsu_exec disk.img id -u):$(fsu_exec disk.img id -g)"
equal "working directory" "$PWD" "$(fsu_exec disk.img pwd -P)"
equal "environment" "$(env | grep -v '^_=' | sort)" \
	"$(fsu_exec disk.img env | grep -v '^_=' | sort)"
equal "descriptors" "$(sh -c 'cd /proc/self/fd && echo *')" \
	"$(fsu_exec disk.img sh -c 'cd /proc/self/fd && echo *')"
equal "standard input" hello "$(echo hello | fsu_exec disk.img cat)"
equal "ignored and blocked signals" "$(grep -E '^Sig(Blk|Ign)' /proc/self/status)" \
	"$(fsu_exec disk.img grep -E '^Sig(Blk|Ign)' /proc/self/status)"

expect 0 '' fsu_exec disk.img -w -m dir -- sh -c 'umask 022; echo new >dir/new; mkdir dir/d'
equal "owners on the image" "$(id -u):$(id -g) $(id -u):$(id -g)" \
	"$(fsu_stat disk.img -c %u:%g /new /d | tr '\n' ' ' | sed 's/ $//')"

# root's image
mkimg ext4 root.img 64M
expect 0 '' fsu_exec root.img -r -w -- touch /mnt/roots
equal "owner with -r" 0:0 "$(fsu_stat root.img -c %u:%g /roots)"
equal "user with -r" 0 "$(fsu_exec root.img -r -- id -u)"
if ! as_root; then
	expect 1 'Permission denied' fsu_exec root.img -w -- touch /mnt/roots
	expect 1 'Permission denied' fsu_exec root.img -r -- touch /etc/hostname
fi

# private: the directory is as it was for us, during and after
mkfifo go
fsu_exec disk.img -m dir -- sh -c 'ls dir >seen; : >ready; cat go' &
pid=$!
wait_for ready
equal "what the program sees" "d lost+found new" "$(tr '\n' ' ' <seen | sed 's/ $//')"
# shellcheck disable=SC2012  # the names are the test's own
equal "what we see" "file sub" "$(ls dir | tr '\n' ' ' | sed 's/ $//')"
! grep -qF " $PWD/dir " /proc/self/mountinfo || fail "the mount is in our namespace"
! grep -qsF "TARGET=$PWD/dir " /run/mount/utab || fail "the mount is in the host's utab"
echo >go
wait "$pid" || fail "exit code $?"
! grep -qF " $PWD/dir " /proc/self/mountinfo || fail "the mount is left"
equal "what we see afterwards" below "$(cat dir/file)"
