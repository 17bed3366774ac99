#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The parsers of the host side under libFuzzer, ASan and UBSan find nothing: first on the inputs of
# tests/fuzz/NAME.inputs and of the program NAME.seeds, then on what libFuzzer makes of them.
# SEED=N repeats a run of tier full, as far as addresses do not count.
# each: archive disk flash mtree options p2k report
# run-as: user
# needs: python3
. "$RUMP_TEST_LIB/common.sh"

here=$RUMP_TOP/tests/fuzz
fuzzer=$RUMP_BUILD/fuzz/tests/fuzz/$1
[ -e "$RUMP_BUILD/fuzz/built" ] || {
	command -v clang >/dev/null || skip "not installed: clang, which builds the fuzzers"
	skip "there are no fuzzers: make check-fuzz"
}
[ -x "$fuzzer" ] || fail "$fuzzer is missing, though make check-fuzz has run"
equal "the fuzzers that this test has instances for" \
	"$(cd "$here" && for f in *.c; do printf '%s ' "${f%.c}"; done)" \
	"$(sed -n 's/^# each: //p' "$0" | tr ' ' '\n' | sort | tr '\n' ' ')"

# inputs FILE DIRECTORY: a file for each input
inputs() {
	local line input='' n=0
	while IFS= read -r line; do
		case $line in
		'#'*|'') continue ;;
		$'\t'*) input+=${line#$'\t'}; continue ;;
		esac
		[ -z "$input" ] || printf %b "$input" >"$2/$n"
		n=$((n + 1))
		input=$line
	done <"$1"
	[ -z "$input" ] || printf %b "$input" >"$2/$n"
}

# again FILE: how to run the fuzzer on it once more, and how to keep it
again() {
	printf '\nRun it again:\nbase64 -d >input <<END\n'
	base64 "$1"
	printf 'END\n%s input\n\nFor %s.inputs:\n' "$fuzzer" "$2"
	od -An -v -tx1 "$1" | sed 's/ /\\x/g; 2,$s/^/\t/'
}

mkdir -p corpus found empty
[ ! -e "$here/$1.inputs" ] || inputs "$here/$1.inputs" corpus
[ ! -e "$here/$1.seeds" ] || (cd corpus && "$here/$1.seeds")
[ "$(ls corpus)" ] || fail "no input to begin with for $1"
seed=${SEED:-$RANDOM} limit=-max_total_time=60
[ -z "$QUICK" ] || seed=1 limit=-runs=1000
cd empty
rc=0
"$fuzzer" -seed="$seed" -timeout=60 -rss_limit_mb=2048 -artifact_prefix="$OLDPWD/found/" "$limit" \
	../corpus >../log 2>&1 </dev/null || rc=$?
if [ "$rc" = 0 ]; then
	tail -n 2 ../log
else
	grep -av '^#' ../log | tail -n 60
fi
for input in ../found/*; do
	[ ! -e "$input" ] || again "$(realpath "$input")" "$1"
done
[ "$rc" = 0 ] || fail "exit code $rc of $fuzzer with seed $seed"
