#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every command: --help and --version answer on standard output with 0; a wrong command line is told
# apart from a failure by exit code 2 and names where to read more.
# run-as: user
. "$RUMP_TEST_LIB/common.sh"

for path in "$RUMP_BUILD"/bin/fsu_*; do
	name=$(basename "$path")
	"$name" --help >out 2>err || fail "$name --help: exit code $?"
	grep -q "^Usage: $name" out || fail "$name --help: no usage line"
	[ ! -s err ] || fail "$name --help writes to standard error: $(cat err)"
	"$name" --version | grep -qE '[0-9]+\.[0-9]+' || fail "$name --version: no version"
	rc=0
	"$name" --no-such-option >out 2>err || rc=$?
	case $rc in	# as the tool known by that name: tools/fsu/tests/bad_arguments
	1|2|125) ;;
	*) fail "$name --no-such-option: exit code $rc" ;;
	esac
	grep -q -- "$name --help" err || fail "$name: does not say where to read more"
done
