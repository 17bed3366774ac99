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
stopped=0 rounds=8
[ -z "${RUMP_TEST_QUICK:-}" ] || rounds=3
for ((round = 1; round <= rounds; round++)); do
	img=$dir/i.img
	rm -rf "$img" "$dir/back"
	make_image ext4 "$img" 512M
	sig=INT code=130
	[ $((round % 2)) = 1 ] || { sig=TERM; code=143; }
	# The signal goes to the tool itself; a background job's SIGINT is ignored unless reset.  It
	# comes when a part of the tree has reached the image, at first before anything has.
	python3 - "$sig" "$round" $RUN fsu_put "$img" "$dir/tree" / 2>"$dir/err" <<'END'
import os, signal, subprocess, sys, time
p = subprocess.Popen(sys.argv[3:], start_new_session=True,
                     preexec_fn=lambda: [signal.signal(s, signal.SIG_DFL)
                                         for s in (signal.SIGINT, signal.SIGTERM)])
image, empty = sys.argv[-3], os.stat(sys.argv[-3]).st_blocks
while p.poll() is None and os.stat(image).st_blocks < empty + (int(sys.argv[2]) - 1) * 20000:
    time.sleep(0.002)
if p.poll() is None:
    os.killpg(p.pid, getattr(signal, "SIG" + sys.argv[1]))
code = p.wait(240)
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
