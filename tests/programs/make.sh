#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A C project is built with make -j on a mount: its objects are those of a build beside it, and make
# finds nothing to do again, also after a remount.
# each: btrfs
# each-full: ext4 xfs
# needs: make gcc objcopy
# weight: 2
# timeout: 900
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/programs.sh"

# Four libraries of the kernel's own tools.
libraries=(api subcmd symbol perf)
sources() {
	mkdir -p "$1/tools"
	cp -r "$KERNEL_TREE"/tools/{lib,include,build,scripts,arch} "$1/tools/"
}
build() {
	local lib
	# the libraries' makefiles would all make it at once
	run make -C "$1/tools/build" CFLAGS= LDFLAGS= fixdep
	for lib in "${libraries[@]}"; do
		run make -C "$1/tools/lib/$lib" -j4
	done
}
# The code of each object: other sections name folders.
objects() {
	local object
	find "$1" -name '*.o' -printf '%P\n' | sort | while read -r object; do
		objcopy -O binary -j .text "$1/$object" code
		echo "$(sum code) $object"
	done
}

new_image "$1" 1G
mount_image "$1"
sources mnt/top/project
build mnt/top/project
sources beside
build beside
objects mnt/top/project >one
objects beside >two
[ -s one ] || fail "nothing was built"
cmp one two || fail "the objects differ"
unmount_and_compare "$1"
mount_image "$1"
touch stamp
build mnt/top/project
[ -z "$(find mnt/top/project -name '*.o' -newer stamp)" ] ||
	fail "make compiled again after a remount"
unmount_image "$1"
