# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Of comparisons that do not depend on each other tier check makes one of eight; SEED chooses it.
turn=0
not_this_time() {
	turn=$((turn + 1))
	[ -n "${RUMP_TEST_QUICK:-}" ] && [ $((turn % 8)) != $((${SEED:-0} % 8)) ]
}
