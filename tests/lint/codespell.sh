#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# codespell finds no common misspelling; .codespellrc has the words that are right.
# run-as: self
# needs: codespell git
. "$RUMP_TEST_LIB/common.sh"

cd "$RUMP_TOP"
git rev-parse --git-dir >/dev/null 2>&1 || skip "not a git checkout"
mapfile -t files < <(git ls-files -- ':!COPYING')
[ ${#files[@]} -gt 500 ] || fail "only ${#files[@]} files"
codespell "${files[@]}" || fail "codespell has found something"
echo "${#files[@]} files"
