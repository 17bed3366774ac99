#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ISO images made by genisoimage and xorriso: Rock Ridge, Joliet, compressed (zisofs), several
# sessions: each shows what went into it.
# each: rockridge joliet zisofs
# each-full: plain xorriso
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/readimage.sh"

need() { command -v "$1" >/dev/null || skip "not installed: $1"; }

# Names of level 1 and of Joliet are not the tree's own, so a small tree that fits is used.
small_tree() {
	mkdir -p src/folder/inner
	head -c 100000 /dev/urandom >"src/folder/inner/$1"
	printf 'hello\n' >"src/folder/$2"
	: >src/empty.txt
}

case $1 in
rockridge | xorriso | zisofs)
	mkdir src
	"$LIB/oddtree" src/odd links modes
	cp -r --preserve=mode,timestamps,links "$KERNEL_TREE/include/linux" src/linux
	head -c 3000001 /dev/urandom >src/random
	seq 300000 >src/text
	rm -f src/odd/links/{bytes,long}	# xorriso writes no targets that long
	;;
esac
lost=holes,root,xattr
case $1 in
rockridge)
	need genisoimage
	run genisoimage -quiet -R -cache-inodes -o image src
	lost=$lost,links
	;;
xorriso)
	need xorriso
	run xorriso -as mkisofs -quiet -R -o image src
	lost=$lost,links
	;;
zisofs)
	need xorriso
	run xorriso -outdev image -zisofs level=6 -map src / -set_filter_r --zisofs / -- -commit
	lost=$lost,links
	;;
joliet)
	need genisoimage
	small_tree "A name with blanks.data" "Schöne Grüße.txt"
	run genisoimage -quiet -J -input-charset utf-8 -o image src
	lost=$lost,links,mode,owner
	;;
plain)
	need genisoimage
	small_tree data.bin hello.txt
	run genisoimage -quiet -o image src
	lost=$lost,links,mode,owner
	;;
esac
shows image src --granularity=1000000000 --ignore="$lost"
