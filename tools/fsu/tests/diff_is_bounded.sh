#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A file of some kilobytes of a compressed image may be gigabytes long: diff compares lines only
# within its limit, where it does as GNU's, and binary files of two lengths without reading them.
# shellcheck disable=SC2086  # options are lists of words
. "$(dirname "$0")/common.bash"
need mkfs.ext4 diff
cd "$dir" || exit 1
seq 100000 >numbers
sed 's/^99999$/x/' numbers >others
truncate -s 700M zeros
truncate -s 2T binary1
truncate -s 3T binary2
make_image ext4 disk.img 64M
fsu put -q disk.img numbers others zeros binary1 binary2 / || fail "put"
export FSU_TEST_TIMEOUT=60

for options in '' -u -q '-y --suppress-common-lines' -n; do
	diff $options --label a --label b numbers others >want
	expect 1 '' fsu diff disk.img $options --label a --label b /numbers /others
	[ "$options" = -q ] || cmp -s want out || fail "diff $options: $(head -c 300 out)"
done
large='has more than 100K, too much to compare line by line; --text-limit allows more'
expect 2 "/numbers: $large" fsu diff disk.img --text-limit=100K /numbers /others
[ "$(cat out)" = 'Files /numbers and /others differ' ] || fail "beyond the limit: $(cat out)"
expect 2 "/numbers: $large" fsu diff disk.img --text-limit=100K /numbers host:others
expect 2 "-: $large" fsu diff disk.img --text-limit=100K - /others <numbers
expect 1 '' fsu diff disk.img --text-limit=100K -q /numbers /others
expect 0 '' fsu diff disk.img --text-limit=100K /numbers host:numbers
expect 2 'text-limit needs a size' fsu diff disk.img --text-limit=x /numbers /others
expect 2 '/zeros: has more than 128M' fsu diff disk.img -a /zeros /numbers

expect 1 '' fsu diff disk.img /binary1 /binary2
[ "$(cat out)" = 'Binary files /binary1 and /binary2 differ' ] || fail "binary: $(cat out)"
expect 1 '' fsu diff disk.img -q /binary1 /binary2
finish
