#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every thread of a sandboxed process has given up its user, groups, capabilities, and the limits
# hold.
# run-as: both
. "$RUMP_TEST_LIB/common.sh"

boxed=$RUMP_BUILD/tests/bin/boxed
mkimg ext4 disk.img 64M
chmod 600 disk.img

# in_box ARGUMENTS...: the program waits in its sandbox, started through `within`; PID is set
within=()
in_box() {
	mkfifo ready.$$ end.$$ 2>/dev/null || true
	"${within[@]}" "$boxed" "$@" disk.img wait <end.$$ >ready.$$ 2>log &
	PID=$!
	exec 7>end.$$ 8<ready.$$
	read -r line <&8 || { cat log; fail "boxed $*: did not start"; }
	equal "boxed $*" ready "$line"
}

out_of_box() {
	exec 7>&- 8<&-
	wait "$PID" || fail "boxed: exit code $?"
}

# each_thread NAME VALUE: what all threads' status say
each_thread() {
	local got
	# threads may end meanwhile
	got=$( (cat "/proc/$PID/task"/*/status 2>/dev/null || true) |
		sed -n "s/^$1:[[:space:]]*//p" | sort -u)
	equal "$1 of all threads" "$2" "$got"
}

# No thread blocks SIGSEGV (bit 10).  For a moment one that makes another does.
crash_open() {
	local mask
	while read -r mask; do
		[ $((0x$mask & 0x400)) = 0 ] || return 1
	done < <(sed -n 's/^SigBlk:[[:space:]]*//p' "/proc/$PID/task"/*/status 2>/dev/null)
}

check_all() {
	local tasks=("/proc/$PID/task"/*)
	[ ${#tasks[@]} -gt 3 ] || fail "hardly a thread: the test shows nothing"
	each_thread Seccomp 2
	each_thread NoNewPrivs 1
	for set in Inh Prm Eff Amb; do
		each_thread "Cap$set" 0000000000000000
	done
	# a handler of SIGSEGV shows where any thread has crashed
	wait_until crash_open
	grep -q '^Max core file size *0 *0 ' "/proc/$PID/limits" || fail "it may write core files"
	files=$(sed -n 's/^Max open files *\([0-9]*\) .*/\1/p' "/proc/$PID/limits")
	[ "$files" -le 16 ] || fail "it may open $files files"
}

if as_root; then	# who has groups to leave
	printf '#!/bin/sh\nexec setpriv --groups 4,24 %s "$@"\n' "$boxed" >grouped
	chmod +x grouped
	boxed=./grouped
fi
in_box
check_all
if as_root; then
	each_thread CapBnd 0000000000000000
	nobody=$(id -u nobody) group=$(id -g nobody)
	each_thread Uid "$(printf '%s\t%s\t%s\t%s' "$nobody" "$nobody" "$nobody" "$nobody")"
	each_thread Gid "$(printf '%s\t%s\t%s\t%s' "$group" "$group" "$group" "$group")"
	each_thread Groups ""
else
	each_thread Uid "$(printf '%s\t%s\t%s\t%s' "$(id -u)" "$(id -u)" "$(id -u)" "$(id -u)")"
	! cat "/proc/$PID/environ" >/dev/null 2>&1 || fail "the user can look into the process"
fi
out_of_box

# memory of its own: as much as it was given, the rest is refused
memory() { "$boxed" "${@:2}" disk.img memory "$1" 2>log; }
equal "500 MiB without a limit" granted "$(memory 500)"
equal "50 MiB of 100" granted "$(memory 50 -l 100000000)"
equal "500 MiB of 100" "Cannot allocate memory" "$(memory 500 -l 100000000)"

# no file grows: the image beyond its size, the memory of the kernel side
"$boxed" -n disk.img grow >grown 2>log
equal "files that grow without a sandbox" grown "$(sort -u grown | grep grown)"
truncate -s 64M disk.img
"$boxed" -F $((64 << 20)) disk.img grow >grown 2>log
! grep grown grown || fail "a file grows in the sandbox"
[ "$(wc -l <grown)" -ge 2 ] || { cat grown; fail "image and memory were not found"; }
equal "the image's size" $((64 << 20)) "$(stat -c %s disk.img)"

# while the type is looked for: no files by name but libraries (where the host has landlock)
"$boxed" -n disk.img files >open 2>log
equal "files without a sandbox" 4 "$(grep -c ': open' open)"
"$boxed" -e disk.img files >open 2>log
landlock=$(python3 -c 'import ctypes; print(ctypes.CDLL(None).syscall(444, None, 0, 1))')
if [ "$landlock" -lt 1 ]; then
	echo "this host has no landlock: files at the probe were not tested"
else
	equal "files at the probe" \
		"other: Permission denied new: Operation not permitted proc: open modules: open" \
		"$(tr '\n' ' ' <open | sed 's/ $//')"
fi

# in a user namespace whose root is this user
if unshare -r true 2>/dev/null && ! as_root; then
	run unshare -r "$boxed" disk.img load 1
fi

as_root || exit 0
# started by root: nobody for any owner of the image, _rump where the host has it, or runas
four() {
	printf '%s\t%s\t%s\t%s' "$1" "$1" "$1" "$1"
}
chown 1234:2345 disk.img
in_box
each_thread Uid "$(four "$(id -u nobody)")"
each_thread Gid "$(four "$(id -g nobody)")"
out_of_box
{ grep -v ^_rump: /etc/passwd; echo _rump:x:4567:5678::/:/bin/false; } >passwd
within=(unshare -m "$BASH" -c 'mount --bind passwd /etc/passwd && exec "$@"' -)
in_box
each_thread Uid "$(four 4567)"
each_thread Gid "$(four 5678)"
out_of_box
within=()
in_box -r daemon
each_thread Uid "$(four 1)"
out_of_box
in_box -r 4321:bin
each_thread Uid "$(four 4321)"
each_thread Gid "$(four 2)"
out_of_box
in_box -r root
check_all
each_thread Uid "$(four 0)"
out_of_box
for runas in nosuchuser 4321 daemon:nosuchgroup 99999999999:1 -1:1; do
	! "$boxed" -r "$runas" disk.img wait </dev/null >out 2>&1 || fail "runas=$runas was taken"
	grep -q '^runas: there is no ' out || { cat out; fail "runas=$runas: no sentence"; }
done
