#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel is the one that an option or the environment names; two can work on the same image one
# after the other, each says which it is, and refuses the other's modules.  One that is not there is
# an error.
# needs: mkfs.ext4
. "$RUMP_TOP/tests/kernels/older.bash"
unset RUMP_KERNEL
# shellcheck disable=SC2153	# common.sh has it
default=$KERNEL

# kernel_of COMMAND...: the kernel whose log it has
kernel_of() { RUMP_VERBOSE=1 "$@" 2>&1 | grep -o 'Linux version [0-9]*\.[0-9]*' | head -n 1; }

# refused KERNEL FOLDER
refused() {
	local rc=0
	RUMP_MODULE_PATH=$RUMP_BUILD/lib/rump/$2 \
		fsu_ls -o kernel="$1" disk.img / >out 2>err || rc=$?
	equal "a module of $2 in $1: exit code" 1 "$rc"
	grep -q 'was built for .*EPROGMISMATCH' err || fail "a module of $2 in $1: $(cat err)"
}

mkimg ext4 disk.img 32M
equal "by option" "Linux version 6.1" "$(kernel_of fsu_ls -o kernel=6.1 disk.img /)"
equal "by RUMP_KERNEL" "Linux version 6.1" "$(RUMP_KERNEL=6.1 kernel_of fsu_ls disk.img /)"
equal "the option wins" "Linux version $default" \
	"$(RUMP_KERNEL=6.1 kernel_of fsu_ls -o kernel="$default" disk.img /)"
equal "the default" "Linux version $default" "$(kernel_of fsu_ls disk.img /)"

for n in 1 2 3; do
	echo "old $n" | run fsu_write -o kernel=6.1 disk.img "/old$n"
	echo "new $n" | run fsu_write disk.img "/new$n"
done
fsck_clean ext4 disk.img
for kernel in 6.1 "$default"; do
	equal "what $kernel reads" "old 1 new 1 old 2 new 2 old 3 new 3" "$(for n in 1 2 3; do
		fsu_cat -o kernel="$kernel" disk.img "/old$n" "/new$n"
	done | xargs)"
done

refused 6.1 "$default"
refused "$default" 6.1
rc=0
fsu_ls -o kernel=2.6 disk.img / 2>err || rc=$?
equal "no such kernel: exit code" 1 "$rc"
grep -q 'kernel 2.6 is not installed' err || fail "no such kernel: $(cat err)"
