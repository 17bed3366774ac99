#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An image that takes a command over gains little: at the moments when libblkid looks at it, when
# the driver mounts it, reads it, and when the command works on it, what the command does not need
# is refused: programs, processes, sockets, name spaces, and the host's files.  So for an archive
# and a tree that makefs reads, whose helper runs no program of their choice.
# run-as: both
# each: ls get diff sh makefs
# each-full: cat stat write tar put ecp find
. "$RUMP_TEST_LIB/common.sh"

top=$PWD disk=$PWD/disk.img	# an attempt leads elsewhere
mkimg ext4 disk.img 32M
mkdir tree out
echo text >tree/file
run fsu_put disk.img tree /
echo secret >secret
echo mine >x
cp disk.img good.img
tar -cf source.tar tree
moments="probe mount read work"

case $1 in
ls) line="fsu_ls $disk -l /tree" ;;
cat) line="fsu_cat $disk /tree/file" ;;
stat) line="fsu_stat $disk /tree" ;;
write) line="fsu_write $disk /tree/new" ;;
tar) line="fsu_tar $disk -cf $top/out/archive /tree" ;;
get) line="fsu_get $disk /tree $top/out" ;;
put) line="fsu_put $disk $top/tree /" ;;
ecp) line="fsu_ecp $disk -R :/tree $top/out" ;;
find) line="fsu_find $disk /tree -ls" ;;
diff) line="fsu_diff $disk --no-dereference /tree/file host:$top/tree/file" ;;
sh) line="fsu_sh $disk -c 'ls /tree'" ;;
makefs) line="makefs -s 32m $top/out/new.img $top/tree $top/source.tar"
	moments="tree archive mount read work" ;;
esac

# what a command may do: every one, one that uses files of the host, one that runs programs
may="ftruncate recvmsg seccomp prctl-seccomp io_uring-files sendfile copy_file_range"
may+=" ioctl-get setrlimit"
files="stat newfstatat statx access readlink getdents64 chdir fcntl-dup dup fchmod fchown"
files+=" fsetxattr open openat openat2 creat unlink rename mkdir chmod truncate symlink"
drivers="prctl-dumpable landlock_create_ruleset mmap-private-file mmap-file-exec"
pipes="pipe2 memfd_create dup2 sendmsg"

# intrude MOMENT [NAME]
intrude() {
	cp good.img disk.img
	rm -rf out/*
	set -o pipefail
	eval "INTRUDE_AT=$1 INTRUDE=${2-} LD_PRELOAD=$RUMP_BUILD/tests/bin/intruder.so exec $line" \
		<secret 2>&1 | cat >log		# one attempt truncates standard output
}

for moment in $moments; do
	intrude "$moment" || fail "$moment: exit code $?: $(cat log)"
	grep -q "^intruder: done at $moment" log || fail "$moment: the command did not come by"
	grep '^intruder: .*: ' log >attempts
	[ "$(wc -l <attempts)" -gt 70 ] || { cat log; fail "$moment: hardly an attempt"; }
	sed '/: refused$/d; s/^intruder: //' attempts >not
	allowed=$may
	case $moment,$1 in
	# the partition table is read before the driver is known; a shell mounts more images
	read,makefs) ;;
	tree,* | archive,* | probe,* | read,* | *,sh) allowed+=" $drivers" ;;
	esac
	case $1 in
	tar | get | put | ecp | diff | makefs) allowed+=" $files" ;;
	sh) allowed+=" $files $pipes" ;;
	esac
	case $1 in
	diff | makefs) allowed+=" $pipes" ;;
	esac
	for name in $allowed; do
		sed -i "/^$name: /d" not
	done
	# landlock's answer
	sed -i '/: Permission denied$/d' not
	[ ! -s not ] || { cat not; fail "$moment: not refused"; }
	# and files that the command has nothing to do with are as they were
	[ "$1" = sh ] || [ "$(cat x)" = mine ] || fail "$moment: a file was changed"
	[ "$1" = sh ] || ! grep -E '^intruder: (open|openat|creat): succeeded' log ||
		fail "$moment: a file was opened"
done

for name in execve fork unshare ptrace keyctl; do
	for moment in ${moments/read /}; do
		rc=0
		intrude "$moment" "$name" || rc=$?
		[ "$rc" = 159 ] || { cat log; fail "$name at $moment: exit code $rc"; }
	done
done
cp good.img disk.img
case $1 in
makefs)	# its helper outlives it, and leaves nothing
	nothing_left() { [ -z "$(ls -A out)" ]; }
	wait_until nothing_left ;;
esac

# the helper, where there is one, runs what the command asks for: makefs asks for its type's mkfs
export INTRUDE_TOUCH=$top/touched
case $1 in
sh) intrude work helper || fail "a program by the helper: exit code $?: $(cat log)"
	[ -e touched ] || { cat log; fail "the attempt does not reach the helper of fsu_sh"; } ;;
makefs) intrude work helper || fail "a program by the helper: exit code $?: $(cat log)"
	grep -q '^intruder: descriptor .* answers [1-9]' log ||
		{ cat log; fail "the attempt does not reach the helper"; }
	[ ! -e touched ] || fail "the helper of makefs ran another program" ;;
esac

# as the host shows it
eval "INTRUDE_AT=work INTRUDE=stop LD_PRELOAD=$RUMP_BUILD/tests/bin/intruder.so exec $line" \
	>/dev/null 2>log <secret &
pid=$!
stopped() { grep -q '^State:.*stopped' "/proc/$pid/status" || ended "$pid"; }
ended() { ! kill -0 "$1" 2>/dev/null; }
wait_until stopped
each_thread() {
	equal "$1 of all threads" "$2" \
		"$(sed -n "s/^$1:[[:space:]]*//p" "/proc/$pid/task"/*/status | sort -u)"
}
each_thread Seccomp 2
each_thread NoNewPrivs 1
case $1 in
ls | cat | stat | write | find) each_thread CapEff 0000000000000000 ;;
makefs)	# for root: to read others' files, and trusted.*
	kept=0000000000000000
	! as_root || kept=0000000000200004
	each_thread CapEff $kept
	each_thread CapPrm $kept ;;
esac
kill -CONT "$pid"
wait "$pid" || { cat log; fail "it did not go on"; }
