# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Tests of the file systems on librumpuser's POSIX back end, on glibc and on musl: the same kernel
# side and modules, another librumpuser.so.

# use_posix LIBC TYPE: from now on programs run on it.  Those for musl cannot find out the type of
# an image (tests/backend/musl/blkid.c), it is TYPE.
use_posix() {
	local name dir=$RUMP_BUILD/tests/posix/$1 fsu=$RUMP_BUILD/bin/fsu
	[ -e "$dir/opmix" ] || [ "$1" != musl ] || skip "the build found no compiler for musl"
	export LD_LIBRARY_PATH=$dir:$LD_LIBRARY_PATH TEST_TYPE=$2
	# shellcheck disable=SC2034  # the tests' own
	OPMIX=$RUMP_BUILD/tests/bin/opmix
	if [ "$1" = musl ]; then
		LD_LIBRARY_PATH+=:$dir/rump/6.12
		# shellcheck disable=SC2034
		OPMIX=$dir/opmix fsu=$dir/fsu
	fi
	# it has no memory that is shared but by a file with a name, which a confined command
	# cannot make
	mkdir bin
	for name in ls put get; do
		printf '#!/bin/sh\nexec "%s" %s --no-confine "$@"\n' "$fsu" $name \
			>bin/fsu_$name
		chmod +x bin/fsu_$name
	done
	PATH=$PWD/bin:$PATH
}

# is_posix IMAGE: it is that back end, the only one without method mmap, which says so.
is_posix() {
	local said
	! said=$(fsu_ls --method=mmap "$1" / 2>&1) || fail "this is not the POSIX back end"
	[[ $said == *[Nn]ot\ supported* ]] || fail "method mmap: $said"
}
