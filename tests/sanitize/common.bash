# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the tests here share: the sanitized build in place of the ordinary one, and its reports.
# ASan's go to files, as messages of a tool are compared by some of its tests.
. "$RUMP_TEST_LIB/common.sh"

[ -e "$RUMP_BUILD/sanitize/built" ] ||
	skip "there is no sanitized build: make check-sanitize"
ordinary=$RUMP_BUILD
export RUMP_BUILD=$ordinary/sanitize
export B=$RUMP_BUILD LD_LIBRARY_PATH=$RUMP_BUILD/lib
export PATH=$RUMP_BUILD/bin:$PATH
work=$PWD
# Exit code 99 is no tool's own.  Some tests preload a library, which then is before ASan's.
export ASAN_OPTIONS=exitcode=99:log_path=$work/report:detect_leaks=1:verify_asan_link_order=0
export UBSAN_OPTIONS=exitcode=99:print_stacktrace=1

# reports FILE: what the sanitizers found since the last call; succeeds where they found something.
# FILE is what the program printed: UBSan has no log_path in a process with ASan, whose function to
# set it hides UBSan's.  ASan warns of each program that calls swapcontext or longjmp on another
# stack, which is no finding.
reports() {
	local file found=1
	for file in "$1" "$work"/report.*; do
		[ -e "$file" ] || continue
		if grep -qE '^==[0-9]+==ERROR|: runtime error: |LeakSanitizer' "$file"; then
			found=0
			head -n 60 "$file"
		fi
	done
	rm -f "$work"/report.*
	return "$found"
}

# header FILE NAME: what a test says about itself
header() { sed -n "1,25s/^[^[:alnum:]]*$2: *\(.*[^ */]\)[ */]*\$/\1/p" "$1" | head -n 1; }

failed=0 passed=0 skipped=0

# sanitized NAME COMMAND...: run it in a directory of its own; it passes or skips, and nothing is
# found
sanitized() {
	local name=$1 rc=0
	shift
	mkdir -p "$work/dir"
	(cd "$work/dir" && RUMP_TEST_DIR=$PWD TMPDIR=$PWD HOME=$PWD timeout 1200 "$@") \
		>"$work/out" 2>&1 </dev/null || rc=$?
	if reports "$work/out" >"$work/found" || { [ "$rc" != 0 ] && [ "$rc" != 77 ]; }; then
		printf 'FAILED (%s): %s\n' "$rc" "$name"
		tail -n 30 "$work/out"
		cat "$work/found"
		failed=$((failed + 1))
	elif [ "$rc" = 77 ]; then
		printf 'skipped: %s: %s\n' "$name" "$(tail -n 1 "$work/out")"
		skipped=$((skipped + 1))
	else
		passed=$((passed + 1))
	fi
	rm -rf "$work/dir"
}

# instances NAME PROGRAM SOURCE: the program, once for each word of its source's header "each"
instances() {
	local type types
	types=$(header "$3" each)
	[ -n "$types" ] || sanitized "$1" "$2"
	for type in $types; do
		sanitized "$1 $type" "$2" "$type"
	done
}

sanitized_end() {
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ] && [ "$passed" != 0 ]
}
