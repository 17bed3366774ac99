#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Memory that the page cache took goes back to the host when the image is released.
# run-as: user
. "$RUMP_TEST_LIB/common.sh"

need_tools ext4
mkimg ext4 disk.img 1G
RUMP_MEMLIMIT=512M "$RUMP_BUILD/tests/bin/giveback" disk.img 400
