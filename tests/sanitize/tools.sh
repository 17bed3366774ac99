#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The tests of fsu, makefs and mount.rump under ASan and UBSan, on the ordinary build's kernel side;
# those that run once for each type run for the first of their types.
# tier: full
# run-as: root
# each: fsu makefs mount.rump
# timeout: 3600
. "$(dirname "$0")/common.bash"

export RUMP_TEST_QUICK=1
export LSAN_OPTIONS=suppressions=$RUMP_TOP/tests/sanitize/leaks:print_suppressions=0
for script in "$RUMP_TOP/tools/${1:-fsu}"/tests/*.sh; do
	types=$(header "$script" each-full)
	[ -n "$types" ] || types=$(header "$script" each)
	type=${types%% *}
	sanitized "${script##*/} $type" "$script" ${type:+"$type"}
done
sanitized_end
