#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What reaches over the image's edge: find gives programs copies, and removes; cmp and diff compare
# with the host and with another image; lists of checksums may be the host's.
. "$(dirname "$0")/common.bash"
need mkfs.ext4 e2fsck diff sha256sum
img=$dir/disk.img
make_image ext4 "$img" 64M
cd "$dir" || exit 1
export TMPDIR=$dir/tmp
mkdir -p tmp src/a/b; is() { [ "$2" = "$3" ] || fail "$1: '$2' instead of '$3'"; }
seq 1 10 >src/a/one; echo two >src/a/b/two; echo 'three words here' >"src/a/th ree"; : >src/a/empty
mkdir src/a/none
fsu put "$img" src/. / || fail "put"

is "-exec" "$(fsu find "$img" a -name two -exec cat {} \;)" two
is "times of birth" "$(fsu find "$img" a -newerBt 2020-01-01 -name two
	fsu find "$img" a -newerBt 2100-01-01; fsu find "$img" a/one -newermB a)" a/b/two
is "-exec gives the name" "$(fsu find "$img" a -name 'th*' -exec sh -c 'echo "${1##*/}"' - {} \;)" \
	"th ree"
is "-exec is a test" \
	"$(fsu find "$img" a -type f -exec grep -q e {} \; -print | sort | tr '\n' ' ')" "a/th ree "
is "-exec +" "$(fsu find "$img" a -type f -exec sh -c 'cat "$@" | wc -l' - {} +)" 12
is "-ok no" "$(echo n | fsu find "$img" a -name two -ok cat {} \; 2>/dev/null)" ""
is "-ok yes" "$(echo y | fsu find "$img" a -name two -ok cat {} \; 2>/dev/null)" two
fsu find "$img" a -name two -exec false {} +; is "-exec + fails" $? 1
expect 1 'only regular files' fsu find "$img" a -name b -exec cat {} \;
expect 1 'cannot run' fsu find "$img" a -name two -exec /none/at/all {} \;

# -execdir runs beside the copies, as find does beside the files
as_find() {
	is "$*" "$(fsu find "$img" "$@" | sort; echo "${PIPESTATUS[0]}")" \
		"$(cd src && find "$@" | sort; echo "${PIPESTATUS[0]}")"
}
as_find a -type f -execdir echo {} x{}x \;
as_find a -type f -execdir cat {} \;
as_find a -name two -execdir ls -1 \;
as_find a/b a -name '*e*' -type f -execdir sh -c 'echo "$#"; cat "$@"; pwd | grep -c .' - {} +
as_find a -name two -execdir false \; -o -name two -print
as_find a -name two -execdir false {} +
is "-okdir yes" "$(echo y | fsu find "$img" a -name two -okdir cat {} \; 2>/dev/null)" two
is "-okdir no" "$(echo n | fsu find "$img" a -name two -okdir cat {} \; 2>/dev/null)" ""
PATH=$PATH:. expect 1 'PATH has a directory' fsu find "$img" a -name two -execdir cat {} \;
is "copies are gone" "$(ls tmp)" ""

# files of the host that find prints to
mkdir printed
expr=(a -depth ! -empty "(" -type f -fprint OUT/files -o -fprint0 OUT/others ")" -fprintf OUT/text
	'%p %d %m\n' -name 'th*' -fprintf OUT/text 'again %f\n' -fprint OUT/none -false
	-fprint OUT/never -o -name b -fprint /dev/stdout)
fsu find "$img" "${expr[@]//OUT/printed}" >printed/out || fail "-fprint"
mkdir wanted && (cd src && find "${expr[@]//OUT/../wanted}" >../wanted/out) || fail "find"
for i in files others text none never out; do
	cmp <(tr '\0' '\n' <wanted/$i | sort) <(tr '\0' '\n' <printed/$i | sort) ||
		fail "-fprint: $i"
done
[ -s printed/text ] && ! [ -s printed/never ] || fail "-fprint"
fsu find "$img" a -fls printed/ls && cmp printed/ls <(fsu find "$img" a -ls) || fail "-fls"
expect 1 'cannot write none/file: No such file' fsu find "$img" a -fprint none/file
expect 1 'is the image itself' fsu find "$img" a -fprint disk.img
expect 1 'cannot write /dev/full: No space' fsu find "$img" a -fprint /dev/full
expect 1 "'-fprintf' needs an argument" fsu find "$img" a -fprintf file
[ ! -e file ] || fail "a wrong expression has made a file"
sum=$(sha256sum <"$img")
fsu find "$img" a -exec true {} + 2>/dev/null
is "the image after -exec" "$(sha256sum <"$img")" "$sum"
cp --sparse=always "$img" other.img
fsu find "$img" a -empty -delete || fail "-delete"
is "-delete" "$(fsu find "$img" a | sort | tr '\n' ' ')" "a a/b a/b/two a/one a/th ree "
expect 1 'not empty' fsu find "$img" a -name b -delete
check_image ext4 "$img"

fsu cmp "$img" a/one host:src/a/one || fail "cmp with the host"
fsu cmp "$img" --with=other.img a/one a/one || fail "cmp with another image"
expect 1 '' fsu cmp "$img" a/one host:src/a/b/two
is "diff with the host" "$(fsu diff "$img" -r a host:src/a)" "Only in src/a: empty
Only in src/a: none"
echo 11 >>src/a/one
is "a line" "$(fsu diff "$img" a/one host:src/a/one)" "10a11
> 11"
is "standard input" "$(fsu diff "$img" a/one - <src/a/one)" "10a11
> 11"
is "diff with another image" "$(fsu diff "$img" -rq --with=other.img a a)" "Only in a: empty
Only in a: none"
expect 2 'No such file' fsu diff "$img" a/one host:none
expect 2 '' fsu diff "$img" a/one host:src/a/one --with=none.img

fsu sha256sum "$img" a/one a/b/two >sums
is "a list of the host" "$(fsu sha256sum "$img" -c host:sums)" "a/one: OK
a/b/two: OK"
is "a list from standard input" "$(fsu sha256sum "$img" -c --quiet - <sums)" ""
finish
