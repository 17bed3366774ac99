#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The unit tests that need no kernel side, under ASan and UBSan: the hypercalls of both back ends,
# and the inside of libukfs.
# run-as: user
. "$(dirname "$0")/common.bash"

tests=$RUMP_TOP/librump/rumpuser/tests
sanitized ukfs_unit "$B/tests/ukfs_unit"
for program in "$B"/tests/rumpuser_*; do
	instances "${program##*/}" "$program" "$tests/${program##*/}.c"
done
export LD_LIBRARY_PATH=$B/tests/posix/glibc:$LD_LIBRARY_PATH
for program in "$B"/tests/posix/glibc/rumpuser_*; do
	instances "posix ${program##*/}" "$program" "$tests/${program##*/}.c"
done
sanitized_end
