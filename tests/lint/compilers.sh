#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every host-side C file compiles without a warning, by gcc and clang, with the build's flags.
# run-as: user
# each: gcc clang
# tier: full
# needs: make python3
# timeout: 900
# weight: 2
. "$RUMP_TEST_LIB/common.sh"

compiler=$1
command -v "$compiler" >/dev/null || skip "not installed: $compiler"
# An array after a header that ends in one without a size is how the host's ioctls are called.
more=-Werror
[ "$compiler" != clang ] || more+=' -Wno-gnu-variable-sized-type-not-at-end'
run "$LIB/hostsources" -f
cp run.log list
cd "$RUMP_TOP"

# compile SOURCE FLAG...: nothing is kept of it; gcc finds some of what it warns of as it optimizes
compile() {
	local source=$1
	shift
	# shellcheck disable=SC2086  # words
	"$WITH" "$@" $FLAGS -c -o "$OUT/$BASHPID.o" "$source"
}
export -f compile
WITH=$compiler FLAGS=$more OUT=$OLDPWD xargs -a "$OLDPWD/list" -d '\n' -n 1 -P 2 bash -c '
	IFS=$'"'\x01'"' read -ra words <<<"$1"
	compile "${words[@]}"' - || fail "$compiler: a warning"
echo "$(wc -l <"$OLDPWD/list") files"
