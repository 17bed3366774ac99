#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Images of the types that are only read: from a directory, and from an archive, whose owners and
# devices they keep also where an ordinary user makes them.
# each: squashfs erofs iso9660 cramfs romfs
# timeout: 300
. "$(dirname "$0")/common.bash"
need_tools "$1"
case $1 in
iso9660) tool=xorrisofs ;;
cramfs) tool=mkfs.cramfs ;;
romfs) tool=genromfs ;;
*) tool=true ;;
esac
command -v $tool >/dev/null || skip "not installed: $tool"
command -v fakeroot >/dev/null || skip "not installed: fakeroot"

make_tree tree
run makefs -t "$1" image tree
case $1 in
cramfs) run fsck.cramfs image ;;
romfs) [ "$(head -c 8 image)" = -rom1fs- ] || fail "this is no romfs image" ;;
*)
	run fsu_get image /. back
	# times in seconds; iso9660 has no holes, and its root is xorriso's
	"$LIB/cmptree" --ignore=owner,root,holes,links --granularity=1000000000 tree back ||
		fail "the image holds another tree"
	tar -C tree --owner=1234 --group=4321 --numeric-owner -cf archive .
	run makefs -t "$1" -p gpt image - <archive
	equal "owner" 1234:4321 "$(fsu_stat -c %u:%g image /many)"
	equal "partitions" 1 "$(sfdisk -J image | grep -c '"node"')"
	;;
esac
