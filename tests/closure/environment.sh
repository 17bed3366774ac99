#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The libraries do not read the environment of a program with set-user-ID or file capabilities:
# it is another user's, and would choose code (RUMP_MODULE_PATH) and files (RUMP_TMPDIR).
# run-as: self
# needs: nm
. "$RUMP_TEST_LIB/common.sh"

for library in librumpuser librump libukfs libp2k; do
	nm -D --undefined-only "$RUMP_BUILD/lib/$library.so" | sed 's/.* //; s/@.*//' >needed
	! grep -qx getenv needed || fail "$library calls getenv, not secure_getenv"
done
grep -q . needed || fail "nm shows nothing"
