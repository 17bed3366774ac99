#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The monitor of root's mount has the capabilities to unmount, to send signals and to read, and a
# filter of system calls: processes, programs, streams, signals to others than its server and what
# else it does not need are refused.  With these it ends what its server leaves.
# run-as: root
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TEST_LIB/mounted.sh"

need_fuse
mkdir mnt
mkimg ext4 disk.img 32M

# begin [OPTION...]: the monitor's id is MONITOR
begin() {
	INTRUDE_AT=${AT-} INTRUDE=${NAMES-} LD_PRELOAD=$RUMP_BUILD/tests/bin/intruder.so \
		rump_ext4 -f "$@" disk.img mnt 2>log &
	MONITOR=$!
	wait_until settled
}
settled() { grep -q '^Seccomp:[[:space:]]*2' "/proc/$MONITOR/status" || ended "$MONITOR"; }

# status NAME: of the monitor
status() { sed -n "s/^$1:[[:space:]]*//p" "/proc/$MONITOR/status"; }

# end CODE: the monitor ends with that, and its mount with it
end() {
	local rc=0
	wait "$MONITOR" || rc=$?
	equal "exit code" "$1" "$rc"
	! mountpoint -q mnt || fail "the mount is still there"
	! grep -q "$PWD/mnt" /run/mount/utab 2>/dev/null || fail "its entry in utab is still there"
}

# SYS_ADMIN, KILL, DAC_READ_SEARCH; for a pid file DAC_OVERRIDE
for options in "-o rw 0000000000200024" "-o pid-file=$PWD/pid 0000000000200026"; do
	read -r flag option caps <<<"$options"
	begin "$flag" "$option"
	equal "NoNewPrivs" 1 "$(status NoNewPrivs)"
	equal "Seccomp" 2 "$(status Seccomp)"
	for set in CapEff CapPrm CapBnd; do
		equal "$set with $option" "$caps" "$(status $set)"
	done
	kill "$MONITOR"
	end 0
	[ ! -e pid ] || fail "the pid file is still there"
done

# a server that is killed
begin
kill -9 "$(pgrep -P "$MONITOR")"
end 4
grep -q 'ended by signal 9' log || fail "no line about the server's end: $(cat log)"

# what an intruder would try; what the end itself needs is not refused
AT=end begin
rump_umount mnt
end 0
grep '^intruder: .*: ' log >attempts
[ "$(wc -l <attempts)" -gt 70 ] || { cat log; fail "hardly an attempt"; }
sed '/: refused$/d; /: Operation not permitted$/d; s/^intruder: //' attempts >not
for name in open openat stat newfstatat statx access unlink rename readlink fchmod fchown connect \
	ioctl-get; do
	sed -i "/^$name: /d" not
done
[ ! -s not ] || { cat not; fail "not refused"; }

# and what ends a server
names=$(sed -n 's/^KILL(\([a-z_0-9]*\),.*/\1/p' "$RUMP_TOP/libhost/serve.def" | grep -vx umount2)
AT=end NAMES=$(paste -sd, <<<"$names") begin
rump_umount mnt
end 0
equal "attempts" "$(wc -l <<<"$names")" "$(grep -c '^intruder: .*: refused$' log)"
