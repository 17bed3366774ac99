#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# fsu_sh runs commands on one mount: words, patterns, lists, redirections, exit codes; a script,
# standard input and a terminal.
. "$(dirname "$0")/common.bash"
need mkfs.ext4 e2fsck python3
img=$dir/disk.img
make_image ext4 "$img" 64M
cd "$dir" || exit 1
export HOME=$dir
is() { [ "$2" = "$3" ] || fail "$1: '$2' instead of '$3'"; }
sh() { fsu sh "$img" "$@"; }

sh -c 'mkdir -p /a/b "/with space"; write /a/one <one.txt' 2>"$dir/err" &&
	fail "a file of the host that is missing"
printf '1\n2\n3\n' >one.txt
is "in and out" "$(sh -c 'write /a/one <one.txt && cat /a/one >two.txt; cat -n a/one')" "     1	1
     2	2
     3	3"
cmp one.txt two.txt || fail "what was written is not what is read"
is "append" "$(sh -c 'pwd >>two.txt; cd a/b; pwd >>two.txt'; tail -n 2 two.txt)" "/
/a/b"
is "ls without a path" "$(sh -c 'cd /a; ls')" "b
one"
is "pipe" "$(sh -c 'find / -name "o*" | tr a-z A-Z | sort')" "/A/ONE"
sh -c 'write "/with space/x" </dev/null; write /a/two <one.txt; write "/a/st*r" </dev/null' ||
	fail "quotes"
is "patterns" "$(sh -c 'ls -d /a/[ot]* a/*r /none*; ls -d "/a/st*r" /with\ space/?' 2>/dev/null)" \
	"/a/one
/a/two
a/st*r
/a/st*r
/with space/x"
is "lists" "$(sh -c 'cat /none && pwd || ls -d /a; cat /a/one || pwd; # pwd' 2>/dev/null)" "/a
1
2
3"
for t in "0 pwd" "1 cat /none" "2 ls --none" "127 none" "3 pwd; exit 3; pwd" "1 cat /none; exit" \
	"0 cat /none; pwd" "5 pwd | (exit 5)" "4 !exit 4" "2 cat '"; do
	sh -c "${t#* }" >/dev/null 2>&1
	is "exit code of ${t#* }" $? "${t%% *}"
done
printf 'cd /a\npwd\ncat none\npwd\n' >script
is "script" "$(sh script 2>/dev/null)" "/a
/a"
is "-e" "$(sh -e script 2>/dev/null)" "/a"
sh -e <script >/dev/null 2>&1; is "-e's code" $? 1
is "-e in a line" \
	"$(sh -e -c 'cat /none || pwd; pwd; cat /none && pwd; pwd; cat /none; ls' 2>/dev/null)" "/
/
/"
is "-e and the host" "$(printf '!false\npwd\n' | sh -e)" ""
sh -c 'cat /none 2>err.txt; cat /nix 2>>err.txt; cat /err2>out.txt' 2>err3.txt
is "standard error" "$(cat err.txt)" "cat: /none: No such file or directory
cat: /nix: No such file or directory"
is "no digit alone" "$(cat err3.txt)" "cat: /err2: No such file or directory"
expect 2 'must be quoted' sh -c 'pwd & pwd'
is "quoted" "$(sh -c 'write "/a & b" </dev/null; ls -d /a*\&*b; rm /a\ \&\ b')" "/a & b"
is "host" "$(printf '!echo $((6 * 7))\nlcd /\n!pwd\n' | sh)" "42
/"
sum=$(sha256sum <"$img"); sh -r -c 'ls -lR; du; tar -c . >x.tar' >/dev/null || fail "reading"
is "the image after reading" "$(sha256sum <"$img")" "$sum"
expect 1 'Read-only' sh -r -c 'mkdir /no'
expect 127 'no such command' sh -c 'exec true'
is "messages name the command" "$(sh -c 'cat /none' 2>&1)" "cat: /none: No such file or directory"
sh -c 'mkdir /c; cd /c; tar -x </dev/null; rm -r /c' >/dev/null 2>&1
is "removed" "$(fsu ls "$img" | grep -c '^c$')" 0

# a terminal: a command, completion of a name and of a path
python3 - "$RUN" "$img" >"$dir/out" <<'END' || { fail "on a terminal"; tail -5 "$dir/out"; }
import os, pty, select, sys, time
pid, fd = pty.fork()
if not pid:
    os.environ["TERM"] = "dumb"
    os.execv(sys.argv[1], [sys.argv[1], "fsu_sh", sys.argv[2]])
seen = b""
def until(what):
    global seen
    end = time.time() + 240
    while what not in seen:
        if not select.select([fd], [], [], max(0, end - time.time()))[0]:
            sys.exit(f"no {what!r} in {seen!r}")
        seen += os.read(fd, 4096)
    seen = seen[seen.index(what) + len(what):]
until(b"disk.img:/> ")
for typed, shown in ((b"cat /a/o\t\n", b"3\r\n"), (b"cd /a\n", b"disk.img:/a> "),
                     (b"realp\t one\n", b"/a/one\r\n")):
    os.write(fd, typed)
    until(shown)
os.write(fd, b"exit 7\n")
sys.exit(0 if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7 else "exit code")
END
grep -q '/a/one' "$dir/.fsu_history" || fail "no history"
check_image ext4 "$img"
finish
