#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# grep takes neither a file of zeros nor one without a newline for one line that memory has to hold,
# and numbers that no file has are no trouble for head, tail and cmp.
# shellcheck disable=SC2086  # options are lists of words
. "$(dirname "$0")/common.bash"
need mkfs.ext4
cd "$dir" || exit 1
seq 1000 >numbers
truncate -s 200M zeros
echo x >>zeros
yes a | head -c 80000 | tr -d '\n' >line
truncate -s 130M line
make_image ext4 disk.img 32M
fsu put -q disk.img numbers zeros line / || fail "put"
export FSU_TEST_TIMEOUT=60

ulimit -S -d 150000	# KiB
expect 0 '' fsu grep disk.img -c x /zeros
[ "$(cat out)" = 1 ] || fail "grep: $(cat out)"
ulimit -S -d unlimited
expect 2 '/line: a line is longer than 128 MiB' fsu grep disk.img x /line
for text in 'a\0b\0\nc\0' '\0\0\n\0a'; do
	for pattern in '^[abc]*$' '[abc]'; do
		printf '%b' "$text" | tee text | fsu write disk.img /text
		[ "$(fsu grep disk.img -c "$pattern" /text)" = "$(grep -c "$pattern" text)" ] ||
			fail "lines of $text: $pattern"
	done
done

huge=9223372036854775807
for options in "-c $huge" "-n -$huge"; do
	[ "$(fsu head disk.img $options /numbers | cksum)" = \
		"$(head $options numbers | cksum)" ] || fail "head $options"
done
for options in "-n $huge" '-c +3893' '-c +3894' '-c +0'; do
	[ "$(fsu tail disk.img $options /numbers | cksum)" = \
		"$(tail $options numbers | cksum)" ] || fail "tail $options"
done
huge=99999999999999999999
for options in "-c $huge" -$huge; do
	fsu head disk.img $options /numbers | cmp -s - numbers || fail "head $options"
	fsu tail disk.img $options /numbers | cmp -s - numbers || fail "tail $options"
done
expect 0 '' fsu tail disk.img -c +$huge /numbers
[ ! -s out ] || fail "tail -c +$huge"
# a length behind the end is none
expect 0 '' fsu cmp disk.img -s -i $huge:9223372036854775807 /numbers /zeros
expect 1 '' fsu cmp disk.img -s -n $huge /numbers /zeros
finish
