#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The scheduler of the kernel side (virtual CPUs, tasks, RCU, tick), compiled as ordinary host code
# with stand-ins for the kernel: one holder of a virtual CPU at a time, no wake-up lost, no grace
# period that ends while a reader is inside, no data race in ThreadSanitizer's eyes.
# each: plain thread
# run-as: user
# needs: gcc
# weight: 2
# timeout: 1800
. "$RUMP_TEST_LIB/common.sh"

here=$RUMP_TOP/tests/sched
ed=${RUMP_SCHED_SOURCE:-$RUMP_TOP/librump/rumpkern}
flags=
if [ "$1" = thread ]; then
	printf 'int main(void) { return 0; }\n' >probe.c
	gcc -fsanitize=thread -o probe probe.c 2>/dev/null && ./probe ||
		skip "no ThreadSanitizer here"
	flags="-fsanitize=thread -Wno-tsan"
fi

# Every header of the kernel that the sources name, empty.
asm="$RUMP_TOP/arch/rump/include/asm"
machine=$(gcc -dumpmachine)
host=$RUMP_TOP/arch/rump/host/${machine%%-*}
sed -n 's/^#include <\(\(linux\|kernel\|asm-generic\|asm\)\/.*\)>.*/\1/p' \
	"$ed"/{vcpu,task,rcu,tick}.c "$ed"/sched.h \
	"$asm"/{rump,thread_info,processor,spinlock,spinlock_types,barrier}.h | sort -u |
while read -r name; do
	[ -e "$asm/../$name" ] && [ "$name" != asm/ptrace.h ] && continue
	[ "$name" != asm/host.h ] || continue
	mkdir -p "stub/${name%/*}"
	: >"stub/$name"
done
mkdir -p stub/asm && : >stub/asm/ptrace.h
cflags="-g -O2 $flags -std=gnu11 -D_GNU_SOURCE -Wall -I$RUMP_TOP/include"
# shellcheck disable=SC2086
run gcc $cflags -c -o host.o "$here/host.c"
# shellcheck disable=SC2086
run gcc $cflags -Wno-unused-function -Wno-unused-variable -include "$here/include/kernel.h" \
	-I stub -I "$asm/.." -I "$host" -iquote "$ed" -o races host.o "$here"/{races,kernel}.c \
	"$ed"/{vcpu,task,rcu,tick}.c -pthread

seed=${SEED:-$RANDOM}
threads=(2 3 4 6 8 12 16)
rounds=${QUICK:+12} ms=${QUICK:+200}	# twelve have all kinds of runs on 1, 2 and 4 CPUs
for ((i = 0; i < ${rounds:-24}; i++)); do
	ncpu=$((1 << i % 3))
	n=${threads[i % 7]}
	rc=0
	TSAN_OPTIONS=halt_on_error=1:exitcode=66 timeout 600 \
		./races "$ncpu" "$n" "${ms:-1000}" $((seed + i)) >log 2>&1 || rc=$?
	[ "$rc" = 0 ] ||
		{ head -n 60 log; fail "exit code $rc: races $ncpu $n ${ms:-1000} $((seed + i))"; }
	tail -n 1 log
done
