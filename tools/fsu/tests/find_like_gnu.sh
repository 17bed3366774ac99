#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The commands that look at trees print what GNU's (and Debian's tree) print in a mount of the same
# image by the host's kernel, with the same exit codes.
# run-as: root
# timeout: 900
# each: ext4
# each-full: xfs btrfs
# shellcheck disable=SC2086  # options and operands are lists of words
. "$(dirname "$0")/like_gnu.bash"
need find du tree diff readlink realpath debugfs
like_gnu_begin
(
	cd "$dir/m" || exit 1
	mkdir -p d/sub/deeper empty 'with space' perm a/b/c
	echo hello >file; echo x >.hidden; : >zero; echo y >d/sub/UPPER.C
	echo a >d/a.tar.gz; echo b >d/b.c; echo c >d/sub/c.h; ln -s ../file d/sub/up
	seq 1 5000 >d/sub/deeper/data
	ln -s file link; ln -s d dlink; ln -s nowhere dangling; ln -s . d/sub/self; ln -s b.c d/l.c
	ln file hard; ln d/b.c a/b/c/hard2; mkfifo fifo; mknod null c 1 3; mknod disk b 259 77
	touch 'with space/new
line' 'with space/tab	x' "with space/it's" 'with space/st*r'
	for m in 0000 4644 4755 2644 1755 0421 0777 0640; do : >perm/f$m; chmod $m perm/f$m; done
	chmod 1777 perm
	truncate -s 5G sparse; head -c 3000000 /dev/zero >big; head -c 512 big >s512
	head -c 513 big >s513; head -c 1048577 big >m1
	touch -d '3 days ago' file; touch -d '40 days ago' d/b.c; touch -d '2 years ago' zero
	touch -d '90 minutes ago' big
	touch -ad '2010-01-01' file; touch -d '1965-01-01 00:00:00.25' d/sub/c.h
	touch -hd '2015-07-01 12:34:56.5' link
	chown 1:2 d/a.tar.gz; chown 12345:54321 d/b.c; chown -h 33:33 link
	mkdir t1 t2
	for t in t1 t2; do
		mkdir $t/s; seq 1 40 >$t/same; seq 1 40 >$t/diff; ln -s same $t/l
		echo "$t" >$t/s/f; head -c 5000 /dev/zero >$t/bin
	done
	sed -i 's/^20$/twenty/; 35d' t2/diff; sed -i '3a\
inserted' t2/diff; echo only >t1/only1; mkdir t2/only2; echo in >t2/only2/in
	printf x >>t2/bin; printf 'no newline' >t1/nn; printf 'no newline\n' >t2/nn
	mkdir -p l1/s/t l2/s/t l1/n1/n2/n3; for t in l1 l2; do ln -s . $t/loop; ln -s .. \
		$t/s/up; ln -s x $t/y; ln -s y $t/x; echo $t >$t/s/f; done
	ln -s ../.. l1/s/t/root; ln -s ../../../l2 l2/s/t/root; echo q >l1/n1/n2/n3/f
	ln -s . l1/n1/l; ln -s /l1 l1/abs; ln -s /l2 l2/abs
	ln -sfn other t2/l; mkdir t1/kind; echo kind >t2/kind; : >t1/empty; echo something >t2/empty
) || exit 1
like_gnu_ready

try find; try find .; try find / -maxdepth 1; try find d; try find d/; try find d// -name d
try find file d missing; try find missing
for e in "-type f" "-type d" "-type l" "-type f,l" "-type p" "-type b" "-type c" "-xtype f" \
	"-xtype d" "-xtype l" "-name *.c" "-iname *.c" "-name d" "-name .*" \
	"-name [fd]*" "-path ./d/*" "-ipath ./D/*" "-wholename ./d/sub/*" "-lname f*" "-ilname F*" \
	"-regex .*/[a-c].*" "-iregex .*\.c" \
	"-regextype posix-extended -regex .*(c|h)$" "-regextype egrep -regex .*/[a-z]+" "-empty" \
	"-size 1" "-size -2" "-size +1" "-size +1M" "-size -1M" "-size 2b" \
	"-size 1k" "-size +4G" "-size 513c" "-size 257w" "-size -513c" "-perm 644" "-perm -644" \
	"-perm /111" "-perm -4000" "-perm /6000" "-perm u=rw,g=r,o=r" \
	"-perm -u+x" "-perm /u+s,g+s" "-perm -0" "-perm /0" "-mtime 3" "-mtime -3" "-mtime +3" \
	"-mtime +30 -mtime -50" "-mmin +60" "-mmin -60" "-mmin +80 -mmin -100" "-atime +1000" \
	"-ctime 0" "-daystart -mtime -1" "-mtime 0" "-newer file" "-anewer file" "-cnewer zero" \
	"-newer missing" "-links 2" "-links +2" "-links -2" "-uid 0" "-uid +0" "-gid 2" \
	"-user root" "-user 12345" "-group 33" "-group www-data" "-nouser" "-nogroup" \
	"-samefile file" "-samefile d/b.c" "-samefile link" "-maxdepth 0" "-maxdepth 1" \
	"-maxdepth 2 -type d" \
	"-mindepth 2" "-mindepth 1 -maxdepth 1" "-depth" "-depth -maxdepth 1" "-xdev" \
	"-mount -type f" "-name sub -prune" "-name sub -prune -o -print" \
	"-type d -name d -prune -o -type f -print" \
	"-not -type d" "! -type d" "( -name a* -o -name b* ) -type f" "-name a* -o -name b*" \
	"-name a* , -name b*" "-type f -a -name f*" "-true" "-false" "-false -o -print" "-quit" \
	"-name file -quit -o -print" "-print" "-print0" "-print -print" \
	"-type f -print -o -type d" "-name x -o" "-nosuch" "-name" "( -name x" "-name x )" \
	"-type q" "-size x" "-size 1q" "-perm x9" \
	"-maxdepth x" "-links x" "-exec" "-exec true" "-ls" "-type f -ls" "-type l -ls" \
	"-noleaf -type d" "-prune" "-follow -type f" "-regextype nosuch -name x" \
	"-size +1 -name *.c" "-perm -u+x -type d ! -name d" "-not -size 0 -mtime -3 -name f*" \
	"-links 1 -path ./d/* -print -size 1" "-inum 2" "-ilname *" "-mindepth 3 -print0" \
	"-depth -prune" "-ignore_readdir_race -type d" "-user nosuchuser"; do
	set -f
	try find . $e
	case $e in -type*|-name*|-m*|-depth*|-ls)
		try find d file $e; try find -L d dlink $e; try find -H dlink $e ;;
	esac
	set +f
done
for f in '%p\n' '%f|%h|%P|%H\n' '%s %b %k %m %M\n' '%u %g %U %G %i %n %d\n' '%y %Y %l\n' '%t\n' \
	'%c|%T@ %TY-%Tm-%Td %TH:%TM:%TS %T+\n' '%A@ %AY\n' '%C+\n' '%S\n' '%%%z\n' \
	'%10s|%-10f|%5m\n' '%05s %-5n|\n' '\t\a\b\f\v\r\\\101\n' '%p\c never\n' \
	'%Ta %Tb %Tj %Tp %TX\n' 'x\q\n' '%#m\n' '%.3f|%8.3f|\n' '%TB %TI %Tk %TT %Tx %TZ\n'; do
	try find . -printf "$f"; try find d dlink/ file / -maxdepth 1 ! -path '/[els]*' \
		-printf "$f"; try find -L d -printf "$f"
done
TZ=UTC try find . -ls; TZ=America/St_Johns try find . -printf '%t %T+ %p\n'

for o in "" -s -h -a -c -k -b -x -0 --apparent-size -l -S -m -H -L -D --si "-d 1" "-d 0" \
	"--max-depth=2" -ah -ab "-ac" "-sh" "-sc" "-B 1M" "--block-size=K" "-a -d1" "-t 1M" \
	"-t -5000" \
	"--exclude=*.c" "-ax --apparent-size -h" "-sb" "-aS" "-al" "-hc --si" "-0a" \
	--inodes "-a --inodes" --time "--time --time-style=full-iso" "--time=atime -a" \
	"--time=ctime --time-style=+%Y" "-ak --apparent-size"; do
	try du $o
	try du $o d file hard missing
	try du $o t1 t2/bin dlink .
done

for o in "" -a -d -f -i -s -h -p -u -g -D -F -Q -N -n -x "-L 1" "-L 2" \
	-r -t --noreport --dirsfirst --filesfirst "-P *.c" "-I *.c" \
	"-I s*|d" "-P *.c -I d" --inodes -pugs -ahD -aF -fi -dr "-sh -D" "-tr -D" -if -Qf; do
	set -f
	try tree $o
	[ "$o" = -A ] || try tree $o d t1
	set +f
done 2>/dev/null
try tree missing; try tree file d

for o in "" -u -q -r -N -rN -ru -rq -ruN -rqs -s -qr -U1 "-U0" "-u -U5" \
	-c -e -n -y -i -w -b -B -rsq "-r --no-dereference" "-rN -x only*" "-urN --exclude=s" \
	-a -ra "--brief -r" "-ur --label a --label b" \
	"-rP" "--strip-trailing-cr -r" "-p" "-rE" "-ruN --suppress-common-lines" "--normal" \
	"-I twenty"; do
	for p in "t1/diff t2/diff" "t1/same t2/same" "t1/nn t2/nn" "t1/bin t2/bin" "t1 t2" \
		"t1/diff t2" "t1 t2/diff" "t1/empty t2/empty" "t1/missing t2/same" \
		"t1/kind t2/kind" "file file"; do
		TZ=UTC try diff $o $p
	done
done
# links that lead round in circles
for o in -r -rN -rq -ru -rs "-r --no-dereference" "" -N; do
	try diff $o l1 l2; try diff $o l2 l1; try diff $o l1 l1/loop; try diff $o l1/s l2
done
for p in link dlink/.. dlink/../d/sub/up/../self dangling d/sub/up file d dlink d/sub/self missing \
	dlink/sub/../b.c ./d//sub/. d/sub/self/self/up missing/x dangling/x file/x / .. d/l.c ""; do
	for o in "" -f -e -m -n -v -z -s -q; do try readlink $o "$p"; done
	for o in "" -e -m -s -q -z -P -L -eL -mL -sL "--relative-to=d" "-m --relative-to=d/sub" \
		"-sm" "-L --relative-to=dlink/.." "--relative-base=d" \
		"--relative-base=d --relative-to=d/sub" "--relative-base=d/sub --relative-to=d" \
		"-m --relative-base=/ --relative-to=x" "-e --relative-to=file"; do
		try realpath $o "$p"
	done
done
try readlink link dlink file; try readlink -n link dlink; try realpath file d missing

# the inode of a name is gone: whoever asks for no attributes does not see it
if [ "$type" = ext4 ]; then
	umount "$dir/m"
	debugfs -w -R "clri /d/sub/c.h" "$img" 2>/dev/null
	mount -o loop,ro "$img" "$dir/m"
	for e in "-name c.h" "-type f -name c.h" "-name c.h -print -type d" "-name c.h -size 1" \
		"-size 1 -name c.h" "-size 1 -name b.c" \
		"-name c.h ! -mtime 1 -print" "-name c.h -printf %f%y%d" "-name c.h -printf %s" \
		"-name c.h -ls"; do try find . $e; done
	try find -L d/sub -name c.h; try find d/sub/c.h
fi

echo "$compared invocations compared ($type), $failures differ"
finish
