#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# pyflakes finds nothing in the Python scripts, but for lines that say "noqa".
# run-as: self
# needs: pyflakes3 git
. "$RUMP_TEST_LIB/common.sh"

cd "$RUMP_TOP"
git rev-parse --git-dir >/dev/null 2>&1 || skip "not a git checkout"
mapfile -t files < <({ git ls-files -- '*.py'; git grep -IlE '^#!.*python3'; } | sort -u)
[ ${#files[@]} -gt 50 ] || fail "only ${#files[@]} scripts"
bad=0
while IFS=: read -r file line rest; do
	case $(sed -n "${line}p" "$file") in *noqa*) continue ;; esac
	echo "$file:$line:$rest"
	bad=1
done < <(pyflakes3 "${files[@]}" 2>&1)
echo "${#files[@]} scripts"
exit "$bad"
