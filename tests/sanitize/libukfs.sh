#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The tests of libukfs under ASan and UBSan, on the ordinary build's kernel side.
# tier: full
# run-as: user
# timeout: 1800
. "$(dirname "$0")/common.bash"
# One that confines itself cannot make a file.
export ASAN_OPTIONS=${ASAN_OPTIONS/log_path=$work\/report/log_path=stderr}

for program in "$B"/tests/ukfs_*; do
	[ "$program" != "$B/tests/ukfs_unit" ] || continue	# unit.sh
	instances "${program##*/}" "$program" "$RUMP_TOP/libukfs/tests/${program##*/}.c"
done
sanitized_end
