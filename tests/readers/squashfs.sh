#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Squashfs images of every compressor that mksquashfs has show, file by file, what went into them.
# each: gzip zstd
# each-full: xz lzo lz4 lzma
# needs: mksquashfs
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/readimage.sh"

made_tree
if ! mksquashfs src image -quiet -no-progress -comp "$1" >mk.log 2>&1; then
	cat mk.log
	fail "mksquashfs -comp $1"
fi
if [ "$1" = lzma ]; then
	# The format's first compressor: the kernel never had it, and says so.
	! fsu_ls image / >out 2>&1 || fail "an lzma image was mounted"
	grep -qi lzma out || fail "the sentence does not name the compressor: $(cat out)"
	exit 0
fi
shows image src --granularity=1000000000 --ignore=holes,root
