#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An ordinary user where there are no namespaces, no mounts and no /dev/fuse: makefs and every
# command of fsu work, but exec, which says so in a sentence.  What vfat cannot hold is refused with
# a sentence.
# run-as: user
# each: ext4
# each-full: xfs vfat
# needs: truncate
. "$RUMP_TEST_LIB/common.sh"
type=$1
need_tools "$type"
lacks=" $(table "$type" lacks | tr '\n' ' ')"
[ "$type" != vfat ] || lacks+="flags "	# chattr's
confined() { "$RUMP_BUILD/tests/bin/confined" "$@"; }
rc=0
confined true 2>err || rc=$?
[ $rc != 77 ] || skip "$(cat err)"
equal "confined" "0 " "$rc $(cat err)"
used=

# does OUTPUT COMMAND ARGUMENT...: the image comes behind the command; that it prints, and nothing
# else
does() {
	local want=$1 name=$2 rc=0
	shift 2
	used+="$name "
	confined "fsu_$name" disk.img "$@" >out 2>err </dev/null || rc=$?
	[ $rc = 0 ] && [ ! -s err ] || fail "fsu_$name $*: exit code $rc: $(cat err)"
	[ "$want" = ... ] || equal "fsu_$name $*" "$want" "$(cat out)"
}

# if_has FEATURE OUTPUT COMMAND...: the same where the type can hold it, else a sentence
if_has() {
	local feature=$1 rc=0
	shift
	[[ $lacks == *" $feature "* ]] || { does "$@"; return; }
	used+="$2 "
	confined "fsu_$2" disk.img "${@:3}" >out 2>err </dev/null || rc=$?
	[ $rc = 1 ] && [ "$(wc -l <err)" = 1 ] && grep -q "^fsu_$2: " err ||
		fail "without $feature: fsu_$2 ${*:3}: exit code $rc: $(cat err)"
}

mkdir -p tree/dir
seq 1 1000 >tree/numbers
echo hello >tree/dir/file
install -m 755 tree/dir/file hostfile	# vfat's files look so
run confined makefs -t "$type" -s "$(table "$type" size)" disk.img tree

does $'dir\nnumbers' ls -I lost+found
does hello cat /dir/file
does '' write /written
does '' put --ignore=owners,modes hostfile /put
does '' get /put got
cmp hostfile got
does '' ecp hostfile :/ecp
does '' cp -p /numbers /copy
does '' mv /ecp /moved
if_has links '' ln /copy /hard
if_has symlinks '' ln -s numbers /soft
does '' mkdir -p /a/b/c
does '' rmdir /a/b/c
does '' rm -r /a /put
if_has special '' mkfifo /fifo
if_has special '' mknod /null c 1 3
does '' touch -d 2001-02-03T04:05:06Z /copy
does '' truncate -s 100 /copy
does '' chmod 444 /copy
if_has owner '' chown 5:6 /copy
if_has owner '' chgrp 7 /copy
if_has flags '' chattr +i /moved
if_has flags ... lsattr /moved
[ "$type" = vfat ] || grep -q -- '-i-.* /moved$' out || fail "lsattr: $(cat out)"
if_has flags '' chflags noschg /moved
if_has xattr '' setfattr -n user.a -v b /moved
does ... getfattr -d moved
[[ $lacks == *" xattr "* ]] || grep -qx 'user.a="b"' out || fail "getfattr: $(cat out)"
if_has xattr '' setfacl -m u:5:r /moved
does ... getfacl moved
does '' sync
does '' fstrim /
does 100 stat -c %s /copy
does ... df -h
does $'1\t/dir/file' du -k --apparent-size -a /dir/file
does ... tree /dir
grep -q ' file$' out || fail "tree: $(cat out)"
does '' diff -r /dir host:tree/dir
does '' tar -c -f archive.tar dir/file
equal "the archive" dir/file "$(tar -tf archive.tar)"
does hello sh -c 'cd /dir; cat file'
does /dir/file readlink -f dir/../dir/file
does /dir/file realpath dir/../dir/file
does /dir/file find / -name file
does 1:hello grep -n hello /dir/file
does 1 head -n 1 /numbers
does 1000 tail -n 1 /numbers
does $'1000 /numbers' wc -l /numbers
does '' cmp /dir/file host:hostfile
for sum in md5 sha1 sha224 sha256 sha384 sha512; do
	does "$("${sum}sum" <hostfile | cut -d' ' -f1)  /dir/file" ${sum}sum /dir/file
done
confined fsu_types >out
grep -qx "$type" out || fail "fsu_types: $(cat out)"
run confined makefs -t "$type" -p gpt disk2.img tree
confined fsu_parts disk2.img >out || fail "fsu_parts: $?"
equal "partitions" 1 "$(grep -c "$type" out)"

rc=0
confined fsu_exec disk.img -- touch ran 2>err || rc=$?
equal "fsu_exec's exit code" 125 "$rc"
equal "lines of fsu_exec's message" 1 "$(wc -l <err)"
grep -q '^fsu_exec: cannot make a user namespace: .*fsu_get and fsu_put need none' err ||
	fail "fsu_exec: $(cat err)"
[ ! -e ran ] || fail "a program was run without its mount"

# none was forgotten
sed -n 's/^FSU_COMMAND(\([a-z0-9]*\),.*/\1/p' "$RUMP_TOP/tools/fsu/commands.def" | sort >commands
for name in $used exec parts types; do echo "$name"; done | sort -u >tried
diff commands tried || fail "commands that were not tried"
fsck_clean "$type" disk.img
echo "$(wc -l <tried) commands"
