#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# fsu_ls prints what coreutils' ls prints in a mount of the same image by the host's kernel, byte
# for byte and with the same exit code, for several hundred combinations of options.
# Needs root and the host's ext4 for the comparison; the argument is the type.
# run-as: root
# timeout: 900
# each: ext4
# each-full: xfs btrfs
# shellcheck disable=SC2086  # options and operands are lists of words
set -u
. "$(dirname "$0")/sample.bash"
top=$(cd "$(dirname "$0")/../../.." && pwd)
: "${RUN=$top/run}"
type=${1:-ext4}
[ "$(id -u)" = 0 ] || { echo "needs root to mount for the comparison"; exit 77; }
if [ -z "${FSU_TEST_UNSHARED:-}" ]; then
	unshare -m true 2>/dev/null || { echo "needs a mount name space"; exit 77; }
	FSU_TEST_UNSHARED=1 exec unshare -m --propagation slave "$0" "$@"
fi
# shellcheck disable=SC2010  # no file's name is looked for
ls --version 2>/dev/null | grep -q 'GNU coreutils' || { echo "needs GNU ls"; exit 77; }
command -v cc >/dev/null || { echo "needs a C compiler"; exit 77; }
dir=$(mktemp -d)
trap 'umount "$dir/m" 2>/dev/null || umount -l "$dir/m" 2>/dev/null; rm -rf "$dir"' EXIT
export LC_ALL=C TZ=Europe/Prague
export TERM=xterm
unset COLORTERM LS_COLORS COLUMNS TIME_STYLE QUOTING_STYLE BLOCK_SIZE LS_BLOCK_SIZE
img=$dir/disk.img
# the host's ls, with its libraries loaded and the time zone read, goes into the image's root
cat >"$dir/inside.c" <<'END'
#include <time.h>
#include <unistd.h>
static void __attribute__((constructor)) inside(void)
{
	tzset();
	if (chroot("."))
		_exit(99);
}
END
cc -shared -fPIC -o "$dir/inside.so" "$dir/inside.c" || exit 1
mkdir "$dir/m"
truncate -s 96M "$img"
case $type in
ext4) mkfs.ext4 -q "$img" ;;
xfs) truncate -s 320M "$img"; mkfs.xfs -q "$img" ;;
btrfs) truncate -s 256M "$img"; mkfs.btrfs -q "$img" ;;
esac || exit 1
mount -o loop "$img" "$dir/m" 2>/dev/null || { echo "the host cannot mount $type"; exit 77; }

(
	cd "$dir/m" || exit 1
	mkdir etc; cp /etc/passwd /etc/group etc
	mkdir -p d/sub/deeper empty 'with space' perm many big
	echo hello >file; echo x >.hidden; : >zero; echo x >backup~
	printf '#!/bin/sh\n' >run.sh; chmod 755 run.sh
	echo a >d/a.tar.gz; echo b >d/b.c; echo c >d/sub/c.h; ln -s ../file d/sub/up
	ln -s file link; ln -s d dlink; ln -s /file abs; ln -s nowhere dangling; ln -s . d/sub/self
	ln file hard; mkfifo fifo; mknod null c 1 3; mknod disk b 259 262143
	mknod white c 0 0
	python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("sock")'
	for n in 'it'"'"'s' 'a"b' 'do$lar' 'back\slash' 'semi;colon' 'sp ace' '#hash' 'x#y' '~til' \
		'{' 'b{r' '=eq' 'st*r' 'q?m' 'br[ack' $'new\nline' $'tab\there' $'esc\033x' \
		$'bell\a' $'hi\377bit' 'it'"'"'s $5' 'co:lon' 'pi|pe' 'at@' 'pct%' 'plus+' \
		$'\nlead' $'trail\n' "$(printf 'u\303\251')"; do
		echo "$n" >"with space/$n"
	done
	for i in 1 2 3 10 9 1.0 1.10 1.9 1~rc1 1.0.tar.gz 01 a1 a10 a9 .h1 .h10; do
		: >"many/v$i"; : >"many/$i"
	done
	for i in $(seq 1 150); do
		: >"many/$(printf 'f%.*s%d' $((i % 17)) abcdefghijklmnopq $i)"
	done
	chmod 4755 perm
	for m in 0000 4644 4755 2644 2755 1755 1644 7777 0421; do
		: >perm/f$m; chmod $m perm/f$m
	done
	for m in 1777 0777 1755 2775 0700; do mkdir perm/d$m; chmod $m perm/d$m; done
	truncate -s 5G big/sparse; head -c 3000000 /dev/zero >big/3m
	head -c 1023 /dev/zero >big/1023
	head -c 1024 /dev/zero >big/1024; head -c 1025 /dev/zero >big/1025
	head -c 10239 /dev/zero >big/10239
	head -c 999 /dev/zero >big/999; truncate -s 1048575 big/1m-1; truncate -s 10188 big/10188
	touch -d '2001-02-03 04:05:06.123456789' d/b.c; touch -d '1 month ago' run.sh
	touch -d '5 years' zero; touch -d '2 hours' d/a.tar.gz; touch -ad '2010-01-01' file
	touch -d '1965-01-01 00:00:00' hard; touch -d '7 months ago' big/999
	touch -hd '2015-07-01 12:34:56.5' link
	chown 1:2 d/a.tar.gz; chown 12345:54321 d/b.c; chown 4000000000:33 zero
	command -v setfacl >/dev/null && setfacl -m u:1:rw d/sub/c.h && setfacl -dm g:3:rx empty
	command -v setcap >/dev/null && setcap cap_net_raw+ep run.sh
	true
) || exit 1
# fsu_ls reads the file, the host its loop device: what is dirty must be out, and atimes must stay
sync -f "$dir/m"
umount "$dir/m"
mount -o loop,ro,noatime "$img" "$dir/m" ||
	{ echo "FAIL: the host does not mount the image again"; exit 1; }

compared=0 failed=0
# the same command inside of the mount and of the image
try() {
	local wcode gcode
	! not_this_time || return 0
	(cd "$dir/m" && LD_PRELOAD=$dir/inside.so exec ls "$@") >"$dir/want" 2>"$dir/want.err"
	wcode=$?
	timeout 280 $RUN fsu_ls -o ro "$img" "$@" >"$dir/got" 2>"$dir/got.err"
	gcode=$?
	compared=$((compared + 1))
	if ! cmp -s "$dir/want" "$dir/got" || [ $wcode != $gcode ]; then
		failed=$((failed + 1))
		printf 'FAIL (exit %s, wanted %s): ls' "$gcode" "$wcode"
		printf ' %q' "$@"
		echo
		[ $failed -le 5 ] && diff <(cat -A "$dir/want") <(cat -A "$dir/got") | head -8
		[ -s "$dir/got.err" ] && head -2 "$dir/got.err"
	fi
}

all="abs big d dangling dlink empty file fifo hard link null disk run.sh sock white zero many perm"
single="-a -A -B -b -C -c -F -f -g -G -h -H -i -k -L -l -m -n -N -o -p -q -Q -r -R -s -S -t -u -U
	-v -x -X -Z -1 --author --file-type --full-time --group-directories-first --si --zero
	--color=always --color --classify=never --format=commas --indicator-style=slash
	--sort=width --sort=size --sort=version --time=atime --time=ctime -w40 -w0 -w1 -w200 -T4 -T0
	--block-size=512 --block-size=1 --block-size=K --block-size=1MB -I*.c --hide=f*
	--quoting-style=shell --quoting-style=shell-escape
	--quoting-style=shell-always --quoting-style=shell-escape-always --quoting-style=c
	--quoting-style=escape --quoting-style=literal --time-style=iso --time-style=long-iso
	--time-style=full-iso --time-style=+%F_%T.%N --show-control-chars"
set -f
for o in $single; do
	for args in . d "with space" many perm big "d empty file" "$all" "d/sub dlink missing"; do
		case $args in
		"with space") try "$o" "$args" ;;
		*) try "$o" $args ;;
		esac
	done
	try -l "$o" .
	try -l "$o" "with space"
	try -C "$o" "with space"
done
for o in -lR -laR -lARt -CR -CFRs -xs -xiF -mis -msF -Cis -lis -lish -lh -lhs -lS -lSr -ltr -ltur \
	-lc -lu -lct \
	-lut -tc -tu -td -ld -ldF -ldL -lHF -dF -dC -RL -lRL -aiR -lnaR -log -lgh -loh -lkh -lhk \
	-lsk -1s -1i -1F -1p -1Q \
	-fl -lf -fs -lU -lX -lv -vr -Xr -lZ -CZ -xZ -mZ -ZR -Sh -lqb -Cb -Cq -CQ -CN -xQ -mQ -mb \
	-Rm -Ri -Rs -RF -RQ -Rb \
	-lLF -CL -iL -sL -SL -tL -lB -lA -lAF -alF -laF; do
	try $o .
	try $o d many
	try $o "with space" perm
	try $o $all
	try $o -w 60 many
	try $o --color=always .
	try $o --quoting-style=shell-escape "with space" d
	try $o --group-directories-first .
done
LS_COLORS='rs=0:di=01;34:ln=01;36:mh=44;37:pi=40;33:so=01;35:bd=40;33;01:cd=40;33;01:or=40;31;01:'
LS_COLORS+='mi=01;05;37;41:su=37;41:sg=30;43:tw=30;42:ow=34;42:st=37;44:ex=01;32:'
LS_COLORS+='*.gz=01;31:*.tar.gz=04;31:*.c=33:'
export LS_COLORS
for o in -l -C -x -m -1 -lR -lF -F -li -w30; do
	for args in . d perm "$all" many; do try $o --color=always $args; done
done
export LS_COLORS='ln=target:or=31:mi=32:ex=01;32:di=01;34:'
for o in -l -C -lF -1; do try $o --color=always . d; done
unset LS_COLORS
for e in COLUMNS=50 COLUMNS=200 TIME_STYLE=long-iso TZ=America/New_York TZ=UTC; do
	export "${e?}"
	try -C many; try -l; try -m many
	case $e in TZ=*) export TZ=Europe/Prague ;; *) unset "${e%%=*}" ;; esac
done
for e in '' dumb vt100 linux nonsense; do
	TERM=$e; try --color=always -l .; try --color=always -CL
done
unset TERM; try --color=always; export TERM=xterm
for l in dlink link dangling d/sub/self "dlink link"; do
	try -l --dereference-command-line-symlink-to-dir $l
	try -l --dereference-command-line $l
done
# usage errors
try --no-such-option; try -w; try --time-style=bad -l; try -w x

# what is listed without a path is the root, and its name is "/"
try -lR /
try -laR / /d
try -l /d/sub/../.. /abs
(cd "$dir/m" && LD_PRELOAD=$dir/inside.so exec ls -lR /) >"$dir/want"
timeout 280 $RUN fsu_ls "$img" -lR >"$dir/got" || failed=$((failed + 1))
compared=$((compared + 1))
cmp "$dir/want" "$dir/got" || failed=$((failed + 1))

echo "$compared invocations compared ($type), $failed differ"
[ $failed = 0 ]
