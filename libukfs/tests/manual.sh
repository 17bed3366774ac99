#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The manual: its example compiles and works, each function has a page, the header and the library
# name the same functions.
# run-as: self
# needs: cc nm
. "$RUMP_TEST_LIB/common.sh"

header=$RUMP_TOP/include/rump/ukfs.h
page=$RUMP_TOP/man/man3/ukfs.3

# the example of ukfs(3), as a reader would copy it
sed -n '/^\.Sh EXAMPLES/,/^\.Sh ERRORS\|^\.Sh SEE/p' "$page" |
	sed -n '/^\.Bd -literal/,/^\.Ed/p' | sed '/^\./d; s/\\e/\\/g' >hello.c
run cc -Wall -Werror -o hello hello.c -I"$RUMP_TOP/include" -L"$RUMP_BUILD/lib" -lukfs \
	-Wl,-rpath-link,"$RUMP_BUILD/lib"

# the functions of the header, without its comments
sed 's|/\*.*\*/||; /\/\*/,/\*\//d' "$header" | grep -oE '\bukfs_[a-z0-9_]+\(' | tr -d '(' |
	sort -u >declared
nm -D --defined-only "$RUMP_BUILD/lib/libukfs.so" | sed -n 's/.* T \([a-z0-9_]*\).*/\1/p' |
	sort -u >exported
diff declared exported || fail "header and library differ"

while read -r name; do
	if [ ! -e "$RUMP_TOP/man/man3/$name.3" ]; then
		grep -qE "(:|,|[[:space:]])$name(,|[[:space:]]|\$)" "$RUMP_TOP/libukfs/local.mk" ||
			fail "no page: $name"
	fi
	grep -lqE "^\.Fo $name\$" "$RUMP_TOP"/man/man3/*.3 || fail "not in a synopsis: $name"
done <declared

if command -v mandoc >/dev/null; then
	for f in "$RUMP_TOP"/man/man3/*.3; do
		mandoc -T lint -W warning "$f" || fail "mandoc: $f"
	done
fi

command -v mkfs.ext4 >/dev/null || skip "not installed: mkfs.ext4"
mkimg ext4 disk.img 16M
run ./hello disk.img
grep -qx 'lost+found' run.log || fail "the example did not list the directory"
equal "the second run's message" "disk.img: cannot create hello.txt: File exists" \
	"$(./hello disk.img 2>&1 >/dev/null)"
