#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each command has a manual page that names each option of its --help, and nothing that --help
# lacks; the pages have no errors.
# run-as: self
. "$(dirname "$0")/common.bash"
need mandoc
pages=$top/tools/fsu
commands=$(sed -n 's/^FSU_COMMAND(\([a-z0-9]*\),.*/\1/p' "$pages/commands.def")
[ -n "$commands" ] || fail "no commands found"
for c in $commands; do
	page=$pages/fsu_$c.1
	[ -f "$page" ] || page=$(grep -l "^\.Nm fsu_$c\b" "$pages"/*.1 | head -1)
	[ -f "$page" ] || { fail "fsu_$c has no page"; continue; }
	fsu "$c" --help >"$dir/help" || fail "fsu_$c --help"
	mandoc -T ascii "$page" 2>/dev/null | col -b >"$dir/text"
	sed -n '/^Options:/,/^Common options:/p' "$dir/help" | sed -n 's/^  *\(-.*\)/\1/p' |
		grep -oE '^(-[A-Za-z0-9](, )?)?( *--[a-z0-9-]+)?' |
		grep -oE -- '--?[A-Za-z0-9][a-z0-9-]*' |
		sort -u >"$dir/want"
	# the options that are described, not those that are mentioned
	mandoc -T ascii "$page" 2>/dev/null | col -b | sed "1,/^DESCRIPTION/d" | grep -E "^     -" |
		grep -oE -- '(^ *|, )--?[A-Za-z0-9][a-z0-9-]*|, [A-Za-z0-9](,|$| )' |
		sed 's/^[ ,]*//; s/[ ,]*$//; s/^\([A-Za-z0-9]\)$/-\1/' | sort -u >"$dir/have"
	diff "$dir/want" "$dir/have" >"$dir/diff" ||
		fail "fsu_$c: page and --help differ: $(cat "$dir/diff")"
	! mandoc -T lint -W warning "$page" 2>/dev/null | grep -v 'mandoc.db' >"$dir/lint" ||
		fail "fsu_$c.1: $(cat "$dir/lint")"
	grep -q "Xr fsu_$c 1" "$pages/fsu.1" || fail "fsu.1 does not name fsu_$c"
done
finish
