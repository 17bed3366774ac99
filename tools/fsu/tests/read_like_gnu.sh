#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The commands that read files print what the GNU commands of those names print in a mount of the
# same image by the host's kernel, with the same exit codes.
# run-as: root
# timeout: 900
# each: ext4
# each-full: xfs btrfs
# shellcheck disable=SC2086  # options and operands are lists of words
. "$(dirname "$0")/like_gnu.bash"
for c in head tail cat wc cmp grep md5sum; do
	$c --version 2>/dev/null | grep -q GNU || skip "needs GNU $c"
done
like_gnu_begin
(
	cd "$dir/m" || exit 1
	mkdir -p d/sub src/lib src/doc
	seq 1 200 >nums; seq 1 3 199 >odd; printf 'no newline' >short; : >empty
	printf '\n\n\n' >blank
	printf 'a\tb\r\nc\001\177\200\377\n\n\n\nd\\\r\n' >odd.txt; printf 'bin\0ary\nneedle\n' >bin
	head -c 300000 /dev/urandom >random; cp random random2
	printf X | dd of=random2 bs=1 seek=123456 conv=notrunc 2>/dev/null
	cp nums nums2; head -c 500 nums >numsp; yes 'the quick brown fox' | head -n 20000 >long
	printf 'one\0two\0three' >zeros; ln -s nums link; ln -s nowhere dangling
	truncate -s 3M sparse; printf end >>sparse
	printf '%s\n' 'Hello World' 'hello world' 'foo_bar foo bar' foobar '  indented' 'x.y*z' \
		'[brackets]' '' '(parens)' 'end$' >text
	printf '\303\244\303\266 utf\nbad \377 byte\n' >utf8
	for i in 1 2 3; do
		echo "int f$i(void) { return needle; }" >src/f$i.c; echo "int f$i(void);" >src/f$i.h
	done
	echo needle >src/lib/l.c; echo 'a needle here' >src/doc/read.me; echo no >src/doc/other
	ln -s ../lib src/doc/lib
	printf 'needle\0bin' >src/lib/obj; echo one >"with space"; echo two >$'new\nline'
	echo three >'back\slash'
	md5sum nums odd empty short >sums.md5; sha256sum nums odd link >sums.sha256
	(cat sums.md5; echo garbage; echo 'd41d8cd98f00b204e9800998ecf8427e  missing'
		echo '00000000000000000000000000000000 *odd') >bad.md5
	md5sum --tag nums odd "with space" $'new\nline' >tag.md5; sha512sum nums >sums.sha512
	sha1sum $'new\nline' 'back\slash' nums >sums.sha1
) || exit 1
like_gnu_ready

files="nums short empty blank odd.txt zeros long"
for o in "" "-n 3" "-n3" "-5" "-c 7" "-c 2k" "-n 0" "-c 0" "-n -3" "-n -0" "-c -20" "-c -1M" "-q" \
	"-v" "-z" "-n 1K" "--lines=2" \
	"--bytes=-100" "-zn 2" "-c 1b" "-n 200" "-n -199" "-n -201"; do
	try head $o nums
	try head $o $files
done
for o in "" "-n 3" "-5" "-c 7" "-c 2k" "-n 0" "-c 0" "-n +3" "-n +0" "-n +1" "-c +20" "-c +1M" \
	"-q" "-v" "-z" "-n 19999" "-n 20001" \
	"--lines=+199" "-zn 2" "-zn +2" "-c +0" "-n -4"; do
	try tail $o nums
	[ "$o" = -5 ] || try tail $o $files
done
try head missing nums d; try tail d nums missing
input=$dir/m/long
for o in "-n 2" "-c 9" "-n -19998" "-c -399990"; do try head $o; try head $o - nums; done
for o in "-n 2" "-c 9" "-n +19998" "-c +399990"; do try tail $o; try tail $o - nums; done
input=/dev/null

for o in "" -A -b -e -E -n -s -t -T -v -u -nb -ns -bs -As -vE -sn -nE -bE -etn; do
	try cat $o $files utf8 bin
	try cat $o text missing blank blank short nums
done
input=$dir/m/text; try cat -n -; try cat - nums; try cat nums - ; input=/dev/null

for o in "" -l -w -c -m -L -lw -cL -lwc -mL -lwmcL; do
	try wc $o nums
	try wc $o $files utf8 random
	try wc $o nums missing d short
	try wc $o sparse
done
LC_ALL=C.UTF-8; try wc -mwL utf8 text odd.txt random; try wc -m utf8; LC_ALL=C

for o in "" -s -l -b -bl -lb "-n 100" "-i 10" "-i 4:0" "-ln 100" "-bi 100" "-i 1K" "-sn 10"; do
	try cmp $o nums nums2
	try cmp $o nums numsp
	try cmp $o nums odd
	try cmp $o random random2
	try cmp $o empty odd.txt
done
try cmp nums missing; try cmp nums odd 5 5; try cmp nums odd 100; try cmp -s nums missing
try cmp numsp nums

for h in md5 sha1 sha224 sha256 sha384 sha512; do
	try ${h}sum nums empty random "with space" $'new\nline' 'back\slash' missing d
	try ${h}sum -b nums odd; try ${h}sum --tag nums $'new\nline'
	try ${h}sum -z nums $'new\nline'
	try ${h}sum --check nums
done
for o in "" --quiet --status --strict -w --ignore-missing "--ignore-missing --quiet"; do
	try md5sum -c $o sums.md5; try md5sum -c $o bad.md5; try md5sum -c $o tag.md5
	try md5sum -c $o sums.md5 bad.md5
done
try sha256sum -c sums.sha256; try sha512sum -c sums.sha512; try sha1sum -c sums.sha1
try sha1sum -c sums.sha256; try sha1sum -c missing
input=$dir/m/sums.md5; try md5sum -c; input=/dev/null

for o in "" -i -v -n -l -L -c -o -w -x -q -s -H -h -b -a -Z -A1 -B1 -C1 -1 "-A1 -n" -m1 "-m2 -A2" \
	-nb -on -ob -ci -vc -vn -wo -io "-c -m3" \
	-E -F -z -lZ -lv -Lv -sq --no-group-separator "--group-separator=== -C1" \
	-I --text --binary-files=text; do
	try grep $o hello text
	try grep $o 1 nums odd short
	try grep $o foo text nums missing
	try grep $o -r needle src
done
for p in '^' '$' '^$' 'o*' '.' 'o\{2\}' '[[:upper:]]' '\(foo\)_bar' '\(.\)\1' 'foo\|hello' \
	'\bfoo\b' '\<w' 'd\>' '\w*' '[]]' 'x.y' 'x\.y\*' 'a**' '*' \
	'end$' '(p' 'foo bar' '[^a-z]' 'l\+' 'lo\?' 'H.*d' '\W' '[' '\(' 'a\{1' $'foo\nhello' \
	$'\n'; do
	try grep -n -e "$p" text
	try grep -o -e "$p" text
	try grep -E -c -e "$p" text
	try grep -F -n -e "$p" text
	try grep -wn -e "$p" text
	try grep -xn -e "$p" text
	try grep -vci -e "$p" text
done
for p in '(foo|hello)' 'o{2}' 'l+' 'lo?' '^(.)\1' '()' 'a|' '(a' 'a{1,2}{2}' '[0-9]+$' '\$$' \
	'^[^ ]+ [^ ]+$' 'a{,3}'; do
	try grep -En -e "$p" text; try grep -Eo -e "$p" text; try grep -Ew -e "$p" text nums
done
for o in --include=*.c --include=*.h --exclude=*.c "--exclude=f1* --include=*.c" \
	"--include=*.c --exclude=f1*" --exclude-dir=lib --exclude-dir=src \
	"--exclude-dir=d*" --exclude=obj "-h --include=*.c" "-l --include=f[12].*" "-c" "-L" "-R" \
	"-Rl" "-RnH" "-rh"; do
	try grep -r $o needle src
	try grep -r $o needle src d nums
	try grep -r $o needle
	try grep $o needle src/f1.c src/f2.h
done
try grep -r needle src/doc/lib; try grep -R needle src/doc; try grep needle d
try grep -s needle d missing; try grep -q needle src/f1.c missing
try grep needle link dangling; try grep -e needle -e int src/f1.h src/lib/l.c
try grep -c '' nums empty; try grep -v '' nums
try grep '' short blank; try grep -c x; try grep -L needle nums src/f1.c
try grep -A2 -B3 -n '[05]0$' nums; try grep -C1 -c 5 nums; try grep -nA1 9 odd nums
input=$dir/m/text; try grep -n hello; try grep -H hello; try grep --label=x -H hello - nums
try grep -c o -; input=/dev/null
for o in "" -n -c -l -o -Hnb -v -vn "-C1 -n" "-v -A1" -L -h -Z -z "-o -b -n" -w -i -P -Pv -x; do
	try grep --color=always $o foo text; try grep --color=always $o -r needle src
	try grep --colour=always $o '' text; try grep --color=always $o -e hello -e o text
done
try grep --color=never foo text; try grep --color foo text; try grep --color=auto -n foo text
GREP_COLORS='ms=04;32:mc=07:fn=1:ln=33:bn=34:se=35:ne' try grep --color=always -nHb -C1 foo text
GREP_COLORS='mt=01;34:fn=:x=y:ms' try grep --color=always -vnH -C1 foo text
for p in 'foo(?=bar)' '(?<=foo)bar' '\bfoo\b' '^\S+ \S+$' '\d' '(?i)HELLO' 'l+?' '' '$' '^' '(a' \
	'[[:upper:]]' '\w+' 'foo\Kbar' '(.)\1' 'x\.y\*z' '[' $'a\nb'; do
	for o in "" -o -n -c -v -w -x -i -on; do try grep -P $o -e "$p" text nums; done
done
try grep -i --no-ignore-case foo text; try grep --no-ignore-case -i foo text
try grep -P -E foo text; try grep -E -P foo text; try grep -Pr needle src
try grep -P -e foo -e bar text; try grep -Pz 'foo\nx' text; try grep -Po '.' utf8
LC_ALL=C.UTF-8
for p in 'ä' '\w+' '.' '^.' '[^a-z]' '\xe4' 'Ä'; do
	try grep -P "$p" utf8; try grep -Po "$p" utf8; try grep -Pi "$p" utf8
done
for p in ä '^..' '.' '\w*' bad; do
	try grep -o "$p" utf8; try grep -ni "$p" utf8 text; try grep -w "$p" utf8
done
LC_ALL=C

echo "$compared invocations compared ($type), $failures differ"
finish
