#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Headers choose who runs a test and in which tier; tier check has few rounds, tier full all.
# run-as: both
# timeout: 60
# shellcheck disable=SC2016	# the commands are for the shells of the tests
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TOP/tests/runner/tree.bash"

test_of() { # NAME HEADER...
	printf '#!/bin/sh\n' >"top/tests/it/$1.sh"
	printf '# %s\n' "${@:2}" >>"top/tests/it/$1.sh"
	printf 'exit 0\n' >>"top/tests/it/$1.sh"
	chmod +x "top/tests/it/$1.sh"
}
test_of both 'run-as: both'
test_of full 'run-as: self' 'tier: full'
test_of instances 'run-as: self' 'each: a b' 'each-full: b c'
test_of plain 'no header'
test_of root 'run-as: root'
test_of root-first 'run-as: root-first'
test_of user-first 'run-as: user-first'
first=user
! as_root || first=root

# listed TIER-OPTION NAME...: what the tier has, whole
listed() {
	equal "the list${1:+ $1}" "$(printf 'it/%s\n' "${@:2}" | sort)" \
		"$(top/tests/run -b build -l ${1:+"$1"} | sort)"
}
check=('both as root' 'both as user' 'instances[a]' 'instances[b]' 'plain as user' 'root as root'
	"root-first as $first" 'user-first as user')
listed '' "${check[@]}"
listed --full 'both as root' 'both as user' full 'instances[a]' 'instances[b]' 'instances[c]' \
	'plain as root' 'plain as user' 'root as root' 'root-first as root' 'root-first as user' \
	'user-first as root' 'user-first as user'

rm top/tests/it/*
make_test check '[ "$RUMP_TEST_QUICK" = 1 ]'
tests_run 0
tests_run 1 --full
counts 0 1 0
make_test full '# tier: full
[ "$RUMP_TEST_QUICK$RUMP_TEST_LONG" = "" ]'
tests_run 0 --full -k it/full
make_test long '# tier: full
[ "$RUMP_TEST_LONG" = 1 ]'
tests_run 0 -L -k it/long

# What -k can only find in tier full is not silently left out.
tests_run 1 -k it/full
has '^1 more match with --full$'
counts 0 0 0
tests_run 0 -k it/
has '^2 more match with --full$'
tests_run 0 --full -k it/full
lacks 'more match'

# A header that means nothing is an error, not a default.
for header in 'run-as: everyone' 'tier: 2' 'weight: two' 'timeout: 1 min' 'alone: sometimes'; do
	make_test wrong "# $header"
	tests_run 1 -l
	has "it/wrong.sh: ${header%%:*}: unknown value"
done
