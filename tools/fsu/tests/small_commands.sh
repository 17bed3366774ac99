#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cat, write, mkdir, rm and ecp do what their pages say.
. "$(dirname "$0")/common.bash"
need mkfs.ext4 e2fsck cmp cc
img=$dir/disk.img
make_image ext4 "$img" 128M
umask 022
mode() { fsu stat "$img" -c %a "$1"; }
is() { [ "$2" = "$3" ] || fail "$1: '$2' instead of '$3'"; }

# write: created, replaced, appended to, in place
head -c 3333333 /dev/urandom >"$dir/data"
fsu write "$img" /f <"$dir/data" || fail "write"
fsu cat "$img" /f | cmp - "$dir/data" || fail "what was written is not what is read"
is "mode of a new file" "$(mode /f)" 644
echo short | fsu write "$img" /f
is "replaced" "$(fsu cat "$img" /f)" short
echo more | fsu write "$img" -a f
is "appended" "$(fsu cat -u "$img" f)" "short
more"
printf HO | fsu write "$img" --offset=1 /f
is "in place" "$(fsu cat "$img" /f)" "sHOrt
more"
printf x | fsu write "$img" --offset=100 /gap
is "behind a gap" "$(fsu stat "$img" -c %s /gap)" 101
fsu write "$img" -m 4751 /m </dev/null
is "mode" "$(mode /m)" 4751
fsu write "$img" -m u=rw,go= /m </dev/null
is "symbolic mode" "$(mode /m)" 600
(umask 077; echo x | fsu write "$img" /private)
is "mode by umask" "$(mode /private)" 600
(echo one; sleep 0.2; echo two) | fsu write "$img" /pipe
is "from a slow pipe" "$(fsu cat "$img" /pipe /pipe)" "one
two
one
two"
expect 1 'missing' fsu cat "$img" /pipe /missing /f
is "the other files are written" "$(wc -l <"$dir/out")" 4
expect 1 'cannot write to standard output' bash -c "$RUN fsu_cat $img /f >/dev/full"
expect 1 'cannot write to standard output' bash -c "$RUN fsu_df $img >/dev/full"
expect 2 'cannot write to standard output' bash -c "$RUN fsu_ls $img -l >/dev/full"

# mkdir
fsu mkdir "$img" /d || fail mkdir
is "mkdir's mode" "$(mode /d)" 755
fsu mkdir "$img" -m 1777 /d/t || fail "mkdir -m"
is "mkdir -m" "$(mode /d/t)" 1777
is "mkdir -pv" "$(fsu mkdir "$img" -pv d/a/b/ d/a/c)" "fsu_mkdir: created directory 'd/a'
fsu_mkdir: created directory 'd/a/b'
fsu_mkdir: created directory 'd/a/c'"
fsu mkdir "$img" -p -m 700 /p/q && is "parents' mode" "$(mode /p) $(mode /p/q)" "755 700"

# ecp
echo host >"$dir/h"; chmod 640 "$dir/h"; touch -d 2001-02-03 "$dir/h"
fsu ecp "$img" "$dir/h" :/d/h || fail "ecp in"
is "ecp in" "$(fsu cat "$img" /d/h) $(mode /d/h)" "host 640"
fsu ecp "$img" -p "$dir/h" :/d/hp && is "ecp -p keeps the time" "$(fsu stat "$img" -c %Y /d/hp)" \
	"$(stat -c %Y "$dir/h")"
fsu ecp "$img" :/d/h "$dir/back" && cmp "$dir/h" "$dir/back" || fail "ecp out"
fsu ecp "$img" :/f :/d/copy && is "ecp inside" "$(fsu cat "$img" /d/copy)" "$(fsu cat "$img" /f)"
fsu ecp -R "$img" :/d :/e || fail "ecp -R"
is "ecp -R" "$(fsu ls "$img" -R /e | sed 's|/e|/d|')" "$(fsu ls "$img" -R /d)"
mkdir "$dir/into"
# shellcheck disable=SC2012  # the names are the test's own
fsu ecp "$img" :f :gap :/d/h "$dir/into" && is "several sources" \
	"$(ls "$dir/into" | tr '\n' ' ')" "f gap h "
ln -s h "$dir/hl"; fsu ecp "$img" "$dir/hl" :/followed && is "links are followed" \
	"$(fsu stat "$img" -c %F /followed)" "regular file"
fsu ecp -R "$img" "$dir/hl" :/notfollowed && is "with -R not" \
	"$(fsu stat "$img" -c %F /notfollowed)" "symbolic link"

# put: where copies go
mkdir -p "$dir/src/sub"; echo 1 >"$dir/src/one"; echo 2 >"$dir/src/sub/two"
fsu put "$img" "$dir/src" /new && fsu put "$img" "$dir/src" /new &&
	fsu put "$img" "$dir/src/." /new || fail put
is "destinations" "$(fsu ls "$img" -R /new)" "/new:
one
src
sub

/new/src:
one
sub

/new/src/sub:
two

/new/sub:
two"
echo changed >"$dir/src/one"
fsu put "$img" "$dir/src/one" /new/one && is "put replaces" "$(fsu cat "$img" /new/one)" changed
expect 1 'cannot replace' fsu put "$img" "$dir/src/sub" /d/h
fsu put "$img" --owner=77:88 "$dir/h" /owned && is "--owner" \
	"$(fsu stat "$img" -c %u:%g /owned)" 77:88
chown 5:6 "$dir/h" 2>/dev/null && { fsu put "$img" --no-owner "$dir/h" /unowned && is "--no-owner" \
	"$(fsu stat "$img" -c %u:%g /unowned)" 0:0; }
(cd "$dir/src" && fsu put "$img" . /dot) && is "put ." \
	"$(fsu ls "$img" /dot | tr '\n' ' ')" "one sub "

# mv --exchange, which coreutils has from 9.5 on
echo one | fsu write "$img" /x1; echo two | fsu write "$img" /x2
is "mv --exchange" "$(fsu mv "$img" --exchange -v /x1 /x2; fsu cat "$img" /x1 /x2)" \
	"exchanged '/x1' <-> '/x2'
two
one"

# a signal stops a command where the image is whole; where it does not come so far, another one ends
# it
cat >"$dir/hangs.c" <<'END'
#include <unistd.h>
int ukfs_release(void *u, int flags)
{
	write(2, "hangs\n", 6);
	for (;;)
		pause();
}
END
cc -shared -fPIC -o "$dir/hangs.so" "$dir/hangs.c" || exit 1
LD_PRELOAD=$dir/hangs.so $RUN fsu_mkdir "$img" /hung 2>"$dir/err" &
pid=$!
until grep -q hangs "$dir/err"; do sleep 0.1; done
kill -STOP $pid		# both are handled at the same moment
kill -TERM $pid
kill -HUP $pid
kill -CONT $pid
sleep 3
kill -0 $pid 2>/dev/null || fail "ended by signals that came together"
kill -TERM $pid
wait $pid
is "the signal that ended it" $? 143

# rm
expect 1 'Is a directory' fsu rm "$img" /new
is "rm -v" "$(fsu rm "$img" -rv /new/src | sort)" "removed '/new/src/one'
removed '/new/src/sub/two'
removed directory '/new/src'
removed directory '/new/src/sub'"
fsu mkdir "$img" /nothing && fsu rm "$img" -d /nothing || fail "rm -d"
expect 1 'not empty' fsu rm "$img" -d /new
echo n | fsu rm "$img" -i /f 2>/dev/null
fsu cat "$img" /f >/dev/null || fail "rm -i removed after no"
echo y | fsu rm "$img" -i /f 2>/dev/null; expect 1 'No such file' fsu cat "$img" /f
expect 1 'refusing' fsu rm "$img" -rf /
expect 1 'refusing' fsu chmod "$img" -R --preserve-root 700 /
fsu mkdir "$img" /perm; fsu chmod "$img" -R --no-preserve-root a+rX / &&
	fsu chown "$img" -R --no-preserve-root +0:+0 / || fail "--no-preserve-root"
is "chown of everything" "$(fsu stat "$img" -c %u:%g /owned)" 0:0
fsu rm "$img" -rf /d /e /new /dot /p /missing || fail "rm -rf"
check_image ext4 "$img"
# commands that read leave the image as it is
sum=$(sha256sum <"$img"); fsu ls "$img" -lR >/dev/null; fsu cat "$img" /gap >/dev/null
fsu df "$img" >/dev/null
is "the image after reading" "$(sha256sum <"$img")" "$sum"
finish
