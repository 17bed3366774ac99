#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# fsu_getfattr, setfattr, getfacl and setfacl do and say what those of attr and acl do, fsu_chattr
# and fsu_lsattr what those of e2fsprogs, fsu_sync and fsu_fstrim run.
# run-as: root
# timeout: 600
# each: ext4
# each-full: xfs btrfs
# shellcheck disable=SC2086  # options and operands are lists of words
. "$(dirname "$0")/changes.bash"
need getfattr setfattr getfacl setfacl chattr lsattr

populate() {
	mkdir -p d/sub/deep c/sub x; echo a >d/file; echo b >d/sub/file; echo c >c/one
	echo e >c/sub/two; : >c/.hidden
	ln -s file d/link; ln -s nowhere d/dangling; ln -s sub d/dlink; mkfifo d/fifo
	echo x >'d/sp ace'; echo y >x/run; chmod 755 x/run
	chown 1:2 d/sub/file; chmod 7755 d/sub; chmod 640 d/file
	for f in x/1 x/2 x/3; do echo $f >$f; done
}
begin

# extended attributes
try setfattr -n user.a -v value d/file d/sub
try setfattr -n user.empty d/file
try setfattr -n user.hex -v 0x00ff1080 d/file
try setfattr -n user.base -v 0sAAECAwQF d/file
try setfattr -n user.quoted -v '"a\"b\\c\012d"' d/file
try setfattr -n user.octal -v 'line\012two' d/file
try setfattr -n user.long -v "$(printf '%.0sx' {1..500})" d/file
try setfattr -n trusted.t -v secret d/file
try setfattr -n user.a=b -v equals d/file
try setfattr -h -n trusted.link -v onlink d/link
try setfattr -n user.via -v link d/link
try setfattr -n user.x -v y d/missing
try setfattr -n bad -v y d/file
try setfattr -n user.x -v 0xzz d/file
try setfattr -n user.x -v y d/fifo
for o in '' -d '-d -e hex' '-d -e base64' '-d -e text' '-m -' '-d -m -' '-d -m ^trusted' \
	'-n user.a' '-n user.none' '-n user.hex' '-n user.hex -e text' \
	--only-values '--only-values -n user.long' -h '-d --absolute-names' '-d -m user.[aeh]'; do
	try getfattr $o d/file
	try getfattr $o d/sub d/file d/link
done
try getfattr -dh -m - d/link
try getfattr -d d/missing d/file
try getfattr -R -d d
try getfattr -RP -d -m - d
try getfattr -RL -d d/dlink
try getfattr -d d/dangling
try setfattr -x user.empty d/file
try setfattr -x user.none d/file
try setfattr -h -x trusted.link d/link
restored='# file: d/file\nuser.r1="restored"\nuser.r2=0x6162\n\n'
restored+='# file: d/sub/file\nuser.r3=0sYWJj\nuser.empty=""\n'
try -i "$restored" setfattr --restore=-
same_trees "extended attributes"

# ACLs
try getfacl d/file
for e in u:bin:rw u:12345:rwx,g:daemon:r g:2:x u::rwx,g::r,o::- m::r m:rx user:bin:7 u:bin:rX \
	d:u:bin:rwx default:group:daemon:rx,d:o::0 \
	u:sys:r,u:daemon:w,u:bin:x bin:r o:r g:adm:-; do
	try setfacl -m "$e" d/sub d/sub/deep
	try getfacl d/sub d/sub/deep
done
try setfacl -m u:bin:rwX,g:2:rx d/file x/run d/link
try getfacl d/file x/run d/link 'd/sp ace'
try setfacl -m d:u:bin:r d/file
try setfacl -m u:bin:rw d/file d/missing
try setfacl -m u:bin:8 d/file
try setfacl -m u:nobody-knows:r d/file
try setfacl -m junk d/file
try setfacl -x u:12345 d/sub d/file
try setfacl -x u:nobody,g:daemon d/sub
try setfacl -x m d/sub/deep
try setfacl -x d:u:bin d/sub
try setfacl -n -m u:games:rwx d/sub
try setfacl --mask -m u:games:rwx,m::r d/sub
try setfacl -d -m u:bin:rwx,g::rx c
try setfacl -R -m u:sys:rX c
try setfacl -R -m d:g:sys:rX c
for o in '' -a -d -c -e -E -n -s -p -R -ac -dn -cE '-R -s' '-R -L' '-R -P' -P; do
	try getfacl $o d c x/1
done
try getfacl d/dangling d/missing
try getfacl -P d/link d/file
try setfacl --set u::rw,g::r,o::-,u:bin:r x/1
try setfacl --set u:bin:r x/1
try setfacl -k d/sub c
try setfacl -b d/sub/deep x/run d/file
try setfacl -bR c
try setfacl -m u:bin:r -x u:bin x/2
try setfacl -b -m u:sys:rw x/2
try setfacl -m 'u:bin:r,g:2:w' x/3
try setfacl -P -m u:bin:rw d/link
try -i 'u:bin:rw # a comment\n\ng:daemon:r\n' setfacl -M - x/3
try -i 'u:bin\n' setfacl -X - x/3
try -i 'user::rwx\ngroup::r-x\nother::---\nuser:sys:rw-\nmask::rwx\n' setfacl --set-file=- x/3
restored='# file: x/3\n# owner: bin\n# group: daemon\n# flags: ss-\n'
restored+='user::rwx\ngroup::r-x\nother::r--\n\n# file: d/sub\n# owner: 5\n# group: 6\n'
restored+='user::rwx\nuser:bin:rwx\ngroup::r-x\nmask::rwx\nother::r--\n'
restored+='default:user::rwx\ndefault:group::---\ndefault:other::---\n\n'
try -i "$restored" setfacl --restore=-
try getfacl x/1 x/2 x/3 d/sub
same_trees ACLs

# attributes of chattr; what a type does not know is refused by both
chattr_and_back() {
	try chattr "+$1" d/file x/2
	try lsattr d x
	try chattr "-$1" d/file x/2
}
for f in d A a i S; do chattr_and_back $f; done
try chattr +dA c c/one
try chattr -R +d c
try lsattr -R c
try lsattr -Ra c
try lsattr -a c
try lsattr -d c d/file
try lsattr -l c
try lsattr -ld c d
try lsattr c/one d/link d/fifo
try lsattr d/missing c/one
try lsattr /d
try chattr -RV -d +A c
try chattr -V +d -A c/one
try chattr -d d/missing
try chattr +d d/link
try chattr -f +d d/missing
try chattr =d d/file
try chattr = x/1
[ "$type" = btrfs ] || try lsattr -dp c c/one
try lsattr -R c d
try chattr +i x/3
try rm x/3
try chattr -i x/3
same_trees attributes

# chflags does by its names what the host's chattr does
as_chattr() {
	(cd "$dir/host" && LD_PRELOAD=$dir/inside.so chattr $1) || fail "chattr $1"
	fsu chflags "$dir/ours.img" $2 >"$dir/out" 2>"$dir/err" ||
		fail "chflags $2: $(cat "$dir/err")"
	try lsattr -R c d x
}
as_chattr '+i x/3' 'uchg x/3'
try rm x/3
as_chattr '-i x/3' 'noschange x/3'
as_chattr '-R +ad c' '-R sappnd,nodump c'
as_chattr '-R -a c' '-R nouappend c'
as_chattr '-R -d c' '-R dump c'
try chattr +A x	# which 0 leaves alone
as_chattr '+ia x' '6 x'
as_chattr '-i -a +d x' '1 x'
as_chattr '-d x' '0 x'
as_chattr '+i d/sub' 'schg d/dlink'
as_chattr '-R -i d/sub' '-RH nouimmutable d/dlink'
as_chattr '-R +d d/sub' '-RP nodump d/sub d/dlink'
as_chattr '+d d/file' '-f nodump d/fifo d/missing d/file'
expect 0 '' fsu chflags "$dir/ours.img" -vv uappnd,uchg,nodump d/file x/3
[ "$(cat "$dir/out")" = "d/file: 01 -> 01400001
x/3: 00 -> 01400001" ] || fail "chflags -vv: $(cat "$dir/out")"
expect 0 '' fsu chflags "$dir/ours.img" -Rf dump x/1 x/3
expect 0 '' fsu chflags "$dir/ours.img" 0 d/file x/3
as_chattr '-d d/file' 'dump d/file'
expect 1 'cannot read the flags of d/link: Operation not supported' \
	fsu chflags "$dir/ours.img" -h uchg d/link
expect 1 'cannot follow d/dangling: No such file' fsu chflags "$dir/ours.img" uchg d/dangling
expect 1 'cannot read the flags of d/fifo' fsu chflags "$dir/ours.img" uchg d/fifo
expect 1 "Linux has no attribute for 'noarch'" fsu chflags "$dir/ours.img" noarch d/file
expect 1 "Linux has no attribute for '20'" fsu chflags "$dir/ours.img" 20 d/file
expect 1 "there is no flag 'immutable'" fsu chflags "$dir/ours.img" uchg,immutable d/file
expect 1 'both sets and clears' fsu chflags "$dir/ours.img" uchg,noschg d/file
same_trees "attributes by chflags"
try sync
try sync c/one d
try sync -f d
try sync -d c/one
try sync c/missing
fsu fstrim "$dir/ours.img" -v >"$dir/out" || fail fstrim
grep -qE '^/: [0-9.]+ ([KMG]iB|B) \([0-9]+ bytes\) trimmed$' "$dir/out" ||
	fail "fstrim -v: $(cat "$dir/out")"
expect 1 'Not a directory' fsu fstrim "$dir/ours.img" c/one
end
