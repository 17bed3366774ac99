#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ThreadSanitizer finds no data race in the hypercalls while many threads use one image.
#
# The kernel side itself is out of its reach: its atomics and locks are in objects that are not
# instrumented, and one of its synchronisation primitives is "holds a virtual CPU".
# each: linux,async linux,mmap posix,sync
# each-full: linux,sync linux,queue posix,async posix,queue
# run-as: user
# timeout: 300
# needs: gcc
# weight: 2
. "$RUMP_TEST_LIB/common.sh"

src=$RUMP_TOP/librump/rumpuser host=${1%,*} method=${1#*,}
printf 'int main(void) { return 0; }\n' >probe.c
gcc -fsanitize=thread -o probe probe.c 2>/dev/null && ./probe || skip "no ThreadSanitizer here"
run gcc -g -O1 -fsanitize=thread -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
	-DRUMP_MODDIR='"modules"' -DRUMP_KERNEL='"test"' -I"$RUMP_TOP/include" -o parallel \
	"$src"/*.c "$src/$host"/*.c "$src"/tests/blktest.c "$src/tests/backend_$host.c" \
	"$src"/tests/rumpuser_parallel.c -luring -lcmocka -pthread
rc=0
TSAN_OPTIONS=halt_on_error=1 ./parallel "$method" >log 2>&1 || rc=$?
! grep -A40 'WARNING: ThreadSanitizer' log || fail "a data race"
[ "$rc" = 0 ] || { tail -n 20 log; fail "the program ends with $rc"; }
