#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A copy writes below the destination that the user typed, whatever symbolic and hard links the
# source has: get, ecp, put and cp, two sources in one run and two runs, with and without openat2.
# timeout: 600
# shellcheck disable=SC2086  # options and operands are lists of words
. "$(dirname "$0")/common.bash"
need mkfs.ext4 python3
img=$dir/disk.img
outside=$dir/outside
make_image ext4 "$img" 32M

# Two trees, whose `foo` is a link to $1 in one and a directory in the other.  As `zoo` comes after
# `foo`, its `secret` is another name of a file in a directory that cannot be made.
make_trees() {
	rm -rf "$dir/x" "$dir/y" "$dir/z" "$dir/to" "$outside"
	mkdir -p "$dir/x" "$dir/y/foo" "$dir/y/zoo" "$dir/z/zoo" "$dir/to" "$outside"
	ln -s "$1" "$dir/x/foo"
	echo evil | tee "$dir/y/foo/new" "$dir/y/foo/secret" >"$dir/z/zoo/secret"
	ln "$dir/y/foo/secret" "$dir/y/zoo/secret"
	echo my own >"$outside/secret"
}

# unharmed WHAT: nothing is outside of the destination but what was there
unharmed() {
	[ "$(find "$outside" -type f -printf '%f %n %s')" = 'secret 1 7' ] ||
		fail "$1 wrote outside: $(ls -l "$outside")"
}

to_host() {
	make_trees "$outside"
	fsu rm "$img" -rf /x /y /z
	fsu put "$img" "$dir/x" "$dir/y" "$dir/z" / || fail "put"
	expect 1 'foo: Not a directory' $1 "$img" $2/x/foo $2/y/foo "$dir/to/"
	unharmed "$1, two sources"
	expect 0 '' $1 "$img" $2/x/. "$dir/to"
	expect 1 'foo: Not a directory' $1 "$img" $2/y/. "$dir/to"
	unharmed "$1, two runs"
	[ "$(cat "$dir/to/zoo/secret" 2>/dev/null)" != "my own" ] ||
		fail "$1: the second name is the file outside"
	expect 0 '' $1 "$img" $2/z/. "$dir/to"
	unharmed "$1, three runs"
	[ "$(cat "$dir/to/zoo/secret")" = evil ] || fail "$1: zoo/secret is missing"
	# a link that the user typed is followed
	mkdir "$dir/real" && ln -sfn "$dir/real" "$dir/typed"
	expect 0 '' $1 "$img" $2/z/. "$dir/typed"
	expect 0 '' $1 "$img" $2/y/foo "$dir/typed/"
	[ -e "$dir/real/zoo/secret" ] && [ -e "$dir/real/foo/new" ] || fail "$1: a typed link"
	rm -r "$dir/real" "$dir/typed"
}

# image_unharmed WHAT: the same in the image
image_unharmed() {
	[ "$(fsu find "$img" /outside -type f -printf '%f %n %s')" = 'secret 1 7' ] ||
		fail "$1 wrote outside: $(fsu ls "$img" -l /outside)"
}

# to_image COMMAND PREFIX DESTINATION
to_image() {
	make_trees /outside
	fsu rm "$img" -rf /x /y /z /to /outside
	fsu put "$img" "$outside" "$dir/to" "$dir/x" "$dir/y" "$dir/z" / || fail "put"
	expect 1 'foo: Not a directory' $1 "$img" $2/x/foo $2/y/foo $3
	image_unharmed "$1, two sources"
	expect 0 '' $1 "$img" $2/x/. $3
	expect 1 'foo: Not a directory' $1 "$img" $2/y/. $3
	expect 0 '' $1 "$img" $2/z/. $3
	image_unharmed "$1, three runs"
}

to_host "fsu get" ""
to_host "fsu ecp -a" :
to_image "fsu put" "$dir" /to
to_image "fsu ecp -a" "$dir" :/to
to_image "fsu cp -a" "" /to
# a symbolic link that cp made itself is not followed either, below the operands
make_trees /outside
mkdir -p "$dir/p/d" "$dir/q/d"; ln -s /outside/secret "$dir/p/d/f"; echo evil >"$dir/q/d/f"
fsu rm "$img" -rf /to/d; fsu put "$img" "$dir/p" "$dir/q" /
expect 1 'just-created symlink' fsu cp -a "$img" /p/d /q/d /to
image_unharmed "cp -a through its own link"

# a host whose kernel, or whose filter of system calls, does not have openat2
cat >"$dir/without.py" <<'END'
import ctypes, os, platform, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
OPENAT2 = 437
code = [(0x20, 0, 0, 0), (0x15, 0, 1, OPENAT2),
        (0x06, 0, 0, 0x00050000 | 38), (0x06, 0, 0, 0x7fff0000)]
text = ctypes.create_string_buffer(b''.join(struct.pack('HBBI', *c) for c in code))
prog = ctypes.create_string_buffer(struct.pack('HxxxxxxP', len(code), ctypes.addressof(text)))
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, prog, 0, 0) == 0
os.execvp(sys.argv[1], sys.argv[1:])
END
RUN="python3 $dir/without.py $RUN"
to_host "fsu get" ""
finish
