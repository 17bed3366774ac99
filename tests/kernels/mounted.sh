#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A mount that Linux 6.1 serves, sandbox included, is as mounted/basic expects it.
# each: ext4
# each-full: xfs squashfs
# run-as: self
# timeout: 240
. "$RUMP_TOP/tests/kernels/older.bash"

exec "$RUMP_TOP/tests/mounted/basic.sh" "$1"
