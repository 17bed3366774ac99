#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The sandbox adds few instructions to a system call, however many calls its table has: the filter
# is a binary tree.
# run-as: user
. "$RUMP_TEST_LIB/common.sh"

read -r plain conditions most < <("$RUMP_BUILD/tests/bin/boxed" cost)
echo "instructions for a call: $plain, with conditions: $conditions, at most: $most"
[ "$plain" -ge 3 ] || fail "the filter does not look at the call"
[ "$conditions" -gt "$plain" ] || fail "the filter does not look at the arguments"
[ "$most" -le 40 ] || fail "the filter takes up to $most instructions"
