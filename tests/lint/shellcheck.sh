#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every shell script, with or without a suffix, passes shellcheck by .shellcheckrc.
# run-as: self
# tier: full
# needs: shellcheck git
# timeout: 600
# weight: 2
. "$RUMP_TEST_LIB/common.sh"

cd "$RUMP_TOP"
git rev-parse --git-dir >/dev/null 2>&1 || skip "not a git checkout"
mapfile -t files < <({ git ls-files -- '*.sh' '*.bash'
	git grep -IlE '^#!.*(/|env )(ba|da)?sh( |$)'; } | sort -u)
[ ${#files[@]} -gt 100 ] || fail "only ${#files[@]} scripts"
# one by one: a script that seems to source itself would not end
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P 2 timeout 120 shellcheck --format=gcc ||
	fail "shellcheck has found something"
echo "${#files[@]} scripts"
