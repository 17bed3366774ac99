#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# clang-tidy finds nothing in the host-side C files, by the checks of .clang-tidy.
# run-as: user
# needs: clang-tidy make python3
# tier: full
# timeout: 1800
# weight: 2
. "$RUMP_TEST_LIB/common.sh"

run "$LIB/hostsources" -f
cp run.log list
cd "$RUMP_TOP"
# of many files only the findings are shown
xargs -a "$OLDPWD/list" -d '\n' -n 1 -P 2 bash -c '
	IFS=$'"'\x01'"' read -ra words <<<"$1"
	clang-tidy --quiet "${words[0]}" -- "${words[@]:1}" 2>&1 |
		{ ! grep -vE "warnings? (generated|treated)|^Suppressed|^Use -header"; }' - ||
	fail "clang-tidy has found something"
echo "$(wc -l <"$OLDPWD/list") files"
