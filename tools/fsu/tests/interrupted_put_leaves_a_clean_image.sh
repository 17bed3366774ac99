#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# put, stopped by SIGINT or SIGTERM at any moment, ends with 130 or 143; the image's check is clean
# and each file in it is complete.
# timeout: 300
# run-as: self
# shellcheck disable=SC2086  # options and operands are lists of words
. "$(dirname "$0")/common.bash"
need python3 mkfs.ext4 e2fsck setsid
mkdir "$dir/tree"
python3 - "$dir/tree" <<'END'
import os, sys
os.chdir(sys.argv[1])
for d in range(40):
    os.mkdir("d%d" % d)
    for f in range(100):
        with open("d%d/f%d" % (d, f), "wb") as out:
            out.write(os.urandom(2000 + f * 300))
    with open("d%d/big" % d, "wb") as out:
        out.write(os.urandom(4 << 20))
END
stopped=0
for round in 1 2 3 4 5 6 7 8; do
	img=$dir/i.img
	rm -rf "$img" "$dir/back"
	make_image ext4 "$img" 512M
	sig=INT code=130
	[ $((round % 2)) = 1 ] || { sig=TERM; code=143; }
	# the signal goes to the tool itself; a background job's SIGINT is ignored unless reset
	python3 - "$sig" "$round" $RUN fsu_put "$img" "$dir/tree" / 2>"$dir/err" <<'END'
import os, signal, subprocess, sys, time
def reset():
    for s in (signal.SIGINT, signal.SIGTERM):
        signal.signal(s, signal.SIG_DFL)
p = subprocess.Popen(sys.argv[3:], start_new_session=True, preexec_fn=reset)
time.sleep(0.02 * int(sys.argv[2]) ** 1.3)
os.killpg(p.pid, getattr(signal, "SIG" + sys.argv[1]))
code = p.wait(100)
sys.exit(128 - code if code < 0 else code)
END
	got=$?
	case $got in
	"$code") stopped=$((stopped + 1)) ;;
	0) ;;
	*) fail "exit code $got, wanted $code: $(cat "$dir/err")" ;;
	esac
	check_image ext4 "$img"
	[ $got = 0 ] && continue
	if fsu get "$img" /tree "$dir/back" 2>/dev/null; then
		(cd "$dir/back" && find . -type f) >"$dir/list"
		while read -r f; do
			cmp -s "$dir/tree/$f" "$dir/back/$f" ||
				{ fail "$f is in the image, but not complete"; break; }
		done <"$dir/list"
		echo "stopped by SIG$sig with $(wc -l <"$dir/list") files in the image"
	fi
done
[ $stopped -gt 0 ] || fail "no run was stopped before its end"
finish
