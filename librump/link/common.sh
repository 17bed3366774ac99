# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the scripts that link the kernel side share.

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
