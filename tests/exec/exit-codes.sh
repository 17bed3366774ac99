#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The exit code is the program's, or says what is wrong, with one sentence; read-only is the
# default.
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TOP/tests/exec/exec.bash"
own_image disk.img
export PATH=$RUMP_BUILD/bin:/usr/sbin:/usr/bin:/sbin:/bin

expect 0 '' fsu_exec disk.img -- true
expect 7 '' fsu_exec disk.img sh -c 'exit 7'
expect 255 '' fsu_exec disk.img -- sh -c 'exit 255'
expect 137 '' fsu_exec disk.img -- sh -c 'kill -9 $$'
expect 143 '' fsu_exec disk.img -w -- sh -c 'kill -TERM $$'
expect 127 'fsu_exec: cannot run no-such-program: No such file' \
	fsu_exec disk.img -- no-such-program
: >plain
expect 126 'fsu_exec: cannot run ./plain: Permission denied' fsu_exec disk.img -- ./plain
expect 2 '' sh -c 'fsu_exec disk.img 2>/dev/null'
expect 125 'fsu_exec: .*missing.img.*No such file' fsu_exec missing.img -- touch ran
expect 125 "fsu_exec: cannot mount on nowhere: No such file" \
	fsu_exec disk.img -m nowhere -- touch ran
expect 125 'fsu_exec: .*plain is not a directory' fsu_exec disk.img -m plain -- touch ran
expect 125 'fsu_exec: .*type nonsense' fsu_exec -t nonsense disk.img -- touch ran
expect 125 'fsu_exec: .*plain' fsu_exec plain -- touch ran
[ ! -e ran ] || fail "a program was run without its mount"

before=$(sum disk.img)
expect 1 'touch: .*Read-only file system' fsu_exec disk.img -- touch /mnt/x
# options behind the program's name are the program's
expect 0 '' fsu_exec disk.img ls -d -w 80 /mnt
equal "the image, only read" "$before" "$(sum disk.img)"
expect 0 '' fsu_exec -o snapshot disk.img -w -- sh -c 'echo gone >/mnt/x && cat /mnt/x'
equal "what was written to the snapshot" gone "$(cat out)"
equal "the image below a snapshot" "$before" "$(sum disk.img)"

# in use: by a program that writes, and free as soon as that has ended
mkfifo go
fsu_exec disk.img -w -- sh -c ': >ready; cat go; echo last >/mnt/last' &
pid=$!
wait_for ready
expect 125 'fsu_exec: .*disk.img: in use' fsu_exec disk.img -- touch ran
expect 125 'fsu_exec: .*disk.img: in use' fsu_exec disk.img -w -- touch ran
echo >go
wait "$pid" || fail "exit code $?"
equal "the last write" last "$(fsu_cat disk.img /last)"
fsck_clean ext4 disk.img
