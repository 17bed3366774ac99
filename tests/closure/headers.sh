#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the public headers declare, the libraries define; and each header compiles alone, as C11 and
# as C++.
# run-as: self
# needs: gcc g++ nm
. "$RUMP_TEST_LIB/common.sh"

declared() {
	gcc -E -P -I"$RUMP_TOP/include" -include rump/"$1" -x c /dev/null |
		grep -oE "\b$2[a-z0-9_]+ ?\(" | tr -d ' (' | sort -u
}
defined() { nm -D --defined-only "$@" | awk 'NF == 3 { print $3 }' | sed 's/@.*//' | sort -u; }

check() {
	local missing
	missing=$(comm -23 <(declared "$1" "$2") <(defined "$3"))
	[ -z "$missing" ] ||
		fail "$1 declares what $3 does not define: $(echo "$missing" | tr '\n' ' ')"
}

for header in "$RUMP_TOP"/include/rump/*.h; do
	run gcc -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -fsyntax-only -x c "$header"
	run g++ -Wall -Werror -fsyntax-only -x c++ "$header"
done
check rump.h 'rump_' "$RUMP_BUILD/lib/librump.so"
check rump_syscalls.h 'rump_sys_' "$RUMP_BUILD/lib/librump.so"
check rump_vfs.h 'rump_vfs_' "$RUMP_BUILD/lib/librump.so"
check p2k.h 'p2k_' "$RUMP_BUILD/lib/libp2k.so"
check ukfs.h 'ukfs_' "$RUMP_BUILD/lib/libukfs.so"
check rumpuser.h 'rumpuser_' "$RUMP_BUILD/lib/librumpuser.so"
