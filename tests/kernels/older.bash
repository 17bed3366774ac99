# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the tests of the other kernel share: it runs, whatever test is run with it.
. "$RUMP_TEST_LIB/common.sh"

export RUMP_KERNEL=6.1
[ -d "$RUMP_BUILD/lib/rump/$RUMP_KERNEL" ] || skip "kernel $RUMP_KERNEL is not built (KERNELS)"
rump_fs -V | grep -q "Linux 6\.1\." || fail "another kernel runs: $(rump_fs -V)"
