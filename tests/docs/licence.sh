#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every source file says its licence in its first lines, and none is longer than 600 lines.
# run-as: self
# needs: git
. "$RUMP_TEST_LIB/common.sh"

cd "$RUMP_TOP" || exit
git rev-parse --git-dir >/dev/null 2>&1 || skip "not a git checkout"
files=$(git ls-files -- '*.c' '*.h' '*.S' '*.sh' '*.py' '*.mk' Makefile 'scripts/*' tests/run)
[ -n "$files" ] || skip "nothing is checked in"
bad=0
for file in $files; do
	[ -f "$file" ] || continue
	head -n 3 "$file" | grep -q 'SPDX-License-Identifier: GPL-2.0-or-later' ||
		{ [ "$file" = scripts/packages ] || { echo "$file: no licence line"; bad=1; }; }
	[ "$(wc -l <"$file")" -le 600 ] || { echo "$file: more than 600 lines"; bad=1; }
done
exit "$bad"
