#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every source file says its licence in its first lines, and none is longer than 600 lines.
# run-as: self
# needs: git
. "$RUMP_TEST_LIB/common.sh"

cd "$RUMP_TOP" || exit
git rev-parse --git-dir >/dev/null 2>&1 || skip "not a git checkout"
mapfile -t files < <(git ls-files -- '*.c' '*.h' '*.S' '*.sh' '*.py' '*.mk' Makefile 'scripts/*' \
	tests/run | while read -r file; do [ ! -f "$file" ] || echo "$file"; done)
[ ${#files[@]} != 0 ] || skip "nothing is checked in"
awk '
	FNR <= 3 && /SPDX-License-Identifier: GPL-2.0-or-later/ { licence[FILENAME] = 1 }
	{ lines[FILENAME] = FNR }
	END {
		for (i = 1; i < ARGC; i++) {
			file = ARGV[i]
			if (!licence[file] && file != "scripts/packages") {
				print file ": no licence line"
				bad = 1
			}
			if (lines[file] > 600) {
				print file ": more than 600 lines"
				bad = 1
			}
		}
		exit bad
	}' "${files[@]}"
