#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Erofs images without compression, with lz4 and with lz4hc show what went into them.
# each: lz4
# each-full: none lz4hc ztailpacking
# needs: mkfs.erofs
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/readimage.sh"

made_tree
case $1 in
none) options= ;;
lz4) options=-zlz4 ;;
lz4hc) options=-zlz4hc ;;
ztailpacking) options="-zlz4hc -Eztailpacking" ;;
esac
# shellcheck disable=SC2086
run mkfs.erofs $options image src
shows image src --ignore=holes,root
