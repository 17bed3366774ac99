# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154  # rules and here are the sourcing script's
# Shared by link-core and link-modules: the symbol rules of the kernel side.
#
# Every symbol of the kernel side gets the prefix rumpns_, defined or not; names that lead out of
# it lose the prefix again: the hypercalls, the public interface, and the linker's own.

set -eu -o pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)

# The tools are those of the architecture that is built for.
for tool in ar gcc ld nm objcopy objdump; do
	eval "$tool() { command ${CROSS_COMPILE:-}$tool \"\$@\"; }"
done

# The public interface is what the public headers declare.
api_symbols() {
	grep -ohE '\brump_[a-z0-9_]+\(' "$top"/include/rump/rump.h "$top"/include/rump/rump_*.h |
		tr -d '(' | sort -u
}

# Arguments of objcopy.
symbol_rules() {
	local s
	for s in memcpy memmove memset memcmp memchr strlen; do
		echo "rumpns_$s rumpuser_$s"
	done
	grep -ohE '\brumpuser_[a-z0-9_]+\(' "$top"/include/rump/rumpuser.h | tr -d "(" | sort -u |
		grep -vE "_(mem[a-z]*py|memmove|memset|memcmp|memchr|strlen)$" |
		sed 's/.*/rumpns_& &/'
	api_symbols | sed 's/.*/rumpns_& &/'
	echo "rumpns__GLOBAL_OFFSET_TABLE_ _GLOBAL_OFFSET_TABLE_"
	echo "rumpns___start___param __start___param"
	echo "rumpns___stop___param __stop___param"
	echo "rumpns_rump_module rump_module"
}

# prefix IN OUT: apply the rules to a relocatable object.
prefix() {
	objcopy --prefix-symbols=rumpns_ --remove-section=.export_symbol \
		--remove-section=.discard.addressable --remove-section=.modinfo "$1" "$2"
	objcopy --redefine-syms="$rules" "$2"
}
