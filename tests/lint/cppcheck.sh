#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cppcheck finds nothing in the host-side C files; a comment in the code says where it is wrong.
# run-as: self
# tier: full
# needs: cppcheck git
. "$RUMP_TEST_LIB/common.sh"

cd "$RUMP_TOP"
git rev-parse --git-dir >/dev/null 2>&1 || skip "not a git checkout"
mapfile -t files < <(git ls-files -- 'bench/*.c' 'libp2k/*.c' 'libukfs/*.c' 'librump/entry/*.c' \
	'librump/rumpuser/*.c' 'tests/*.c' 'tools/*.c')
[ ${#files[@]} -gt 100 ] || fail "only ${#files[@]} files"
# openfiles.c, direct.c: TRUE(p) ends the program, which cppcheck does not see; vfs.c: it is called
# by libp2k alone, not by the tests that call librump with NULL
cppcheck --quiet --error-exitcode=1 --enable=warning,portability --inline-suppr --std=c11 \
	--template='{file}:{line}: {severity}: {message} [{id}]' --library=tests/lint/cppcheck.cfg \
	--suppress=uninitdata:tests/vfs/openfiles.c --suppress=uninitdata:tests/vfs/direct.c \
	--suppress=ctunullpointer:tests/fuzz/lib/vfs.c -Iinclude -D__x86_64__ -D_GNU_SOURCE \
	-DRUMP_VERSION='""' -DRUMP_MODDIR='""' -DRUMP_KERNEL='""' "${files[@]}" 2>&1 ||
	fail "cppcheck has found something"
echo "${#files[@]} files"
