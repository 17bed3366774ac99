#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a server that has been taken over would try fails, in threads old and new: with EPERM, or
# with the end of the process where the table of calls says KILL.  Outside the sandbox it does not.
# timeout: 300
# run-as: root-first
. "$RUMP_TEST_LIB/common.sh"

table=${RUMP_TEST_LIB%/tests/lib}/libhost/serve.def
boxed=$RUMP_BUILD/tests/bin/boxed
mkimg ext4 disk.img 16M
chmod 600 disk.img

# the shell would say of each that it was ended
try() { ("$boxed" "${@:2}" disk.img try "$1" >out 2>log; exit $?) 2>/dev/null || rc=$?; }

n=0
for name in $("$boxed" list); do
	rc=0
	try "$name"
	if grep -q "^KILL($name," "$table"; then
		[ "$rc" = 159 ] ||
			{ cat out log; fail "$name: exit code $rc, not the end by SIGSYS"; }
	elif [ "$rc" != 0 ] || [ "$(cat out)" != "$name: refused" ]; then
		cat out
		fail "$name: not refused (exit code $rc)"
	fi
	n=$((n + 1))
done
[ "$n" -gt 100 ] || fail "only $n attempts"

# every call that ends the process was tried
"$boxed" list >names
while read -r name; do
	grep -qx "$name" names || fail "no attempt is made at $name"
done < <(sed -n 's/^KILL(\([a-z_0-9]*\),.*/\1/p' "$table")

# and those that only an intruder would make are among them
for name in execve execveat fork ptrace process_vm_writev mount setresuid; do
	grep -q "^KILL($name," "$table" || fail "$name does not end the process"
done

for name in openat socket memfd_create mmap-exec eventfd2; do
	rc=0
	try "$name" -n
	grep -q "^$name: succeeded" out ||
		{ cat out; fail "$name is refused without a sandbox too"; }
done
