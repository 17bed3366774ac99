#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The program succeeded, its data did not reach the medium: the exit code and a sentence say so.
# needs: unshare mount
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TOP/tests/exec/exec.bash"
own_image disk.img

if [ -z "${RUMP_TEST_FULL:-}" ]; then
	user=
	as_root || user="--user --map-root-user"
	# shellcheck disable=SC2086
	run env RUMP_TEST_FULL=1 unshare $user --mount --propagation slave "$0" "$@"

	# the server dies under the program
	# shellcheck disable=SC2016
	murder='echo x >/mnt/x; kill -9 $(pgrep -P $(pgrep -P $PPID rump_fs))'
	rc=0
	fsu_exec disk.img -w -- sh -c "$murder" 2>err || rc=$?
	equal "exit code after the server's end" 125 "$rc"
	grep -q 'fsu_exec: the server was ended by signal 9' err || fail "it says: $(cat err)"
	# the program's own code is not replaced
	rc=0
	fsu_exec disk.img -w -- sh -c "$murder; exit 3" 2>err || rc=$?
	equal "the program's exit code" 3 "$rc"
	exit 0
fi

# a medium that is full: a sparse image on a host file system of 8 MiB
mkdir small
mount -t tmpfs -o size=8M none small
cp --sparse=always disk.img small/
rc=0
fsu_exec small/disk.img -w -- dd if=/dev/urandom of=/mnt/big bs=1M count=30 status=none 2>err ||
	rc=$?
cat err
umount small
equal "exit code" 125 "$rc"
grep -q '^fsu_exec: .*small/disk.img' err || fail "it says: $(cat err)"
