#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The commands that read, on a tree of odd things: names of any byte, paths beyond PATH_MAX, holes,
# devices, links that lead nowhere or round in circles, times far away, a folder of many files.
# Output and exit code are those of the GNU commands in a mount of the same image by the host's
# kernel.
# run-as: root
# timeout: 600
# each: ext4
# shellcheck disable=SC2086  # options and operands are lists of words
. "$(dirname "$0")/like_gnu.bash"
need find tree python3
many=${MANY:-5000}

like_gnu_begin
(
	cd "$dir/m" || exit 1
	"$top/tests/lib/oddtree" odd names deep holes links special times modes || exit 1
	mkdir dash names many loops times xattr
	for n in -rf -- - -la --help -; do echo "dash $n" >"./dash/$n"; done
	ln -s -- -rf dash/-link; mkdir -- dash/-dir; : >dash/-dir/-file
	for n in $'new\nline' $'tab\there' $'bell\a' 'tra ling ' ' lead' "it's" 'a"b' "both'\"" \
		'back\slash' '$HOME' '*' '~' '#x' $'\033[31mred' $'\n' \
		$'\377\376' $'utf\303\244' '=' 'a=b' '{}' '%s' '%' '[' ']'; do
		echo "$n" >"names/$n"
	done
	printf '%255s' '' | tr ' ' L >name; echo long >"names/$(cat name)"
	mkdir "names/$(tr L D <name)"; echo below >"names/$(tr L D <name)/$(cat name)"
	python3 - "$many" <<'END'
import os, socket, sys
for n in range(int(sys.argv[1])):
    os.close(os.open("many/entry-%06d" % n, os.O_CREAT | os.O_WRONLY))
os.chdir("loops")
for target, name in (("b", "a"), ("a", "b"), ("self", "self"), ("../loops", "up"),
                     ("nowhere", "dangling"), ("up/up/up/a", "far"), ("new\nline", "odd\nname"),
                     ("dir/", "slash"), ("../../../../loops/dir", "above"),
                     ("file/below", "under")):
    os.symlink(target, name)
os.mkdir("dir"); open("file", "w").write("text\n"); open("dir/inner", "w").write("inner\n")
os.link("file", "dir/hard"); os.symlink("../dir", "dir/again")
s = socket.socket(socket.AF_UNIX); s.bind("socket"); s.close(); os.mkfifo("fifo")
os.chdir("../times")
for n, sec in enumerate((-2**31, -2**31 + 1, -1, 0, 1, 2**31 - 1, 2**31, 2**32, 2**33,
                         -86400 * 365, 951782400, 1698541200)):
    for nsec in (0, 1, 500000000, 999999999):
        name = "t%d.%d" % (n, nsec)
        open(name, "w").close()
        os.utime(name, ns=(sec * 10**9 + nsec, sec * 10**9 + nsec))
os.chdir("..")
os.open("sparse", os.O_CREAT | os.O_WRONLY); os.truncate("sparse", 300 << 30)
os.open("huge", os.O_CREAT | os.O_WRONLY); os.truncate("huge", (4 << 30) + 7)
END
	printf end >>huge
	rm name
) || exit 1
like_gnu_ready

for d in dash names loops times odd/links odd/special; do
	for o in "" -la -bi -Q -sF -CpT0 -x -tr --full-time -L -lL -lu --zero \
		--quoting-style=locale --quoting-style=shell-always --quoting-style=c-maybe \
		"--color=always -l" "-lG --time-style=+%s.%N" -lZ; do
		try ls $o $d
	done
done
LC_ALL=C.UTF-8; for o in --quoting-style=locale --quoting-style=clocale --quoting-style=c-maybe \
	-q -N -b; do try ls $o names; try ls -C $o names; done; LC_ALL=C
# deeper than PATH_MAX GNU ls stops, fsu_ls does not
for o in -R -laR -iRF; do try ls $o names dash odd/[lhmst]* loops times; done
try ls -lah odd/modes; try ls -ls odd/holes huge sparse; try ls -U many; try ls -C -w 100 many
try ls -lRL loops
try ls dash/-rf dash/--; try ls -- dash/-rf
try ls loops/a loops/self loops/dangling loops/up loops/far loops/under
try ls -l loops/a/ loops/slash loops/slash/
try ls -L loops/dangling; try ls -H loops/up; try ls -ld loops/up/ loops/up/.; try ls -d '' .
try ls loops/file/; try ls 'names/*'

for p in . names loops dash times odd/links; do
	for e in "" -ls "-printf %p|%f|%h|%P|%H|%d|%s|%b|%k|%n|%i|%m|%M|%y|%Y|%l\n" \
		"-printf %t|%T@|%TY-%Tm-%Td|%T+|%A@|%S|%C%%\n" "-type l,p,s,b,c -print0" \
		"-size +4G" \
		"-xtype l" "-name -*" "-newermt 2030-01-01" "! -newermt 1970-01-01" \
		"-samefile loops/file" "-newer times/t5.0" "-newermm times/t5.1" \
		"-newermc times/t8.0" "-newerca times"; do
		try find $p $e
	done
done
for e in "-newerxx a" "-newermt nonsense" "-newerat @0" "-neweraa missing"; do
	try find times $e
done
for e in "many -empty" "many -name *9 -print0" "-L loops" "-H loops/up" "loops -follow -type l" \
	"loops/ -name a" "./dash --" "-- dash" "missing loops/a" "-P loops/up/" \
	"-L loops/self" "-H loops/self" "-L loops -xtype l" "odd -depth -size 0" \
	"odd -perm -4000 -o -perm /222 -links +1" "-- -name"; do try find $e; done

for p in names odd loops dash many odd/holes . loops/up; do
	for o in "" -ab --inodes -S -D "--time --time-style=+%s" "-sb --inodes"; do
		try du $o $p
	done
done
# not loops/up/up/up..., of which both stop at the first
for p in loops odd/links dash; do try du -L $p; try du -aL $p; done
try du loops/a loops/dangling loops/file loops/dir/hard; try du -L loops/a loops/self
try du sparse huge -b; try du -a missing dash/--

mapfile -d '' -t all < <(cd "$dir/m" && find names dash loops odd/links odd/special times -print0)
for f in '%n %s %b %f %F %h %a %A %t %T' %N '%x %y %Y %.Y %.3X' '%i %u:%g'; do
	try stat -c "$f" -- "${all[@]}"
done
try stat --printf '%n\0%s\0' -- "${all[@]}"; try stat -t -c %s sparse huge
try stat -L -c %N loops/a loops/dangling loops/up loops/self loops/root
try stat -c %n dash/-rf loops/file/ loops/under loops/slash/

mapfile -d '' -t files < <(cd "$dir/m" && find names dash loops odd/names -type f -print0)
for c in "cat -A" "head -n1" "tail -n1" wc md5sum "md5sum --tag" "md5sum -z" "grep -c ." \
	"grep -lZ s" "grep -nH a" "grep -L a"; do
	# shellcheck disable=SC2086
	try $c -- "${files[@]}"
done
for c in cat head tail wc md5sum "grep x"; do
	# shellcheck disable=SC2086
	try $c loops/a loops/self loops/dangling loops/up loops/file loops/under loops/slash \
		loops/above/inner missing loops/file/
done
try grep -r . names; try grep -R . loops/dir loops/slash loops/self; try grep -rc . dash
try grep -rl inner .  --include=inner; try tail -c 5 huge; try head -c 10 sparse
try grep -r bottom odd/deep00*; try cmp dash/-rf dash/--; try cmp loops/file loops/dir/hard
try wc -c sparse huge; try tail -c +4294967300 huge; try cmp -n 100 sparse huge

for o in "" -f -e -m "-f -z" -v; do
	try readlink $o loops/a loops/self loops/dangling loops/up loops/far $'loops/odd\nname' \
		loops/slash loops/above loops/under loops/file missing missing/x
done
for o in "" -e -m "-m -s" "--relative-to=loops/dir" "-m --relative-to=/loops"; do
	try realpath $o loops/a loops/self loops/dangling loops/up loops/far loops/slash \
		loops/above loops/under loops/file loops/../names missing missing/x .. /
done
for o in "" -afpugDs "-d -i" -F -Q -N "-L 1 -h" --inodes -tr --dirsfirst "-P *a*" "-I *a*"; do
	for p in loops dash names odd/links; do try tree $o $p; done
done
for o in "" -r -rq -rs "-r --no-dereference" "-rq --no-dereference" -ra "-ry -W60"; do
	for p in "names dash" "dash names" "loops odd/links" "loops loops" "times dash" \
		"odd/special odd/modes"; do
		# GNU goes round in circles first
		[ "$o:$p" != "-ry -W60:loops loops" ] || continue
		# shellcheck disable=SC2086
		try diff $o -- $p
	done
done
try diff dash/-rf dash/--; try diff -u -- dash/-rf dash/-la; try diff loops/file loops
try diff loops/a loops/b; try diff sparse loops
echo "$compared invocations compared ($type), $failures differ"
finish
