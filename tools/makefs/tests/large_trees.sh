#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Many small files, a sparse file of 300 GiB: the image is not larger than it must be, and what
# comes back is the same.  With -L a million files.
# each: many sparse
# run-as: self
# needs: mkfs.ext4 e2fsck
# timeout: 300
. "$(dirname "$0")/common.bash"

# makefs, and what it took
measured() {
	run python3 -c 'import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{used.ru_utime + used.ru_stime:.1f} s of CPU, at most {used.ru_maxrss >> 10} MiB")
sys.exit(code)' makefs -q -Z "$@"
	cat run.log
	fsck_clean ext4 image
}

many() {
	local number=${RUMP_TEST_LONG:+1000000} size used
	number=${number:-20000}
	python3 - "$number" <<-'EOF'
	import os, sys
	for n in range(int(sys.argv[1])):
	    if n % 1000 == 0:
	        os.makedirs(f"tree/dir{n // 1000:04}")
	    with open(f"tree/dir{n // 1000:04}/file{n:07}", "w") as f:
	        f.write(f"{n}\n" * (n % 50))
	EOF
	measured image tree
	equal "files" "$number" "$(fsu_find image / -name 'file*' -type f | wc -l)"
	size=$(stat -c %s image)
	used=$(fsu_df -B1 image | awk 'END { print $3 }')
	echo "$number files: $((size >> 20)) MiB, $((used >> 20)) used"
	# tables of inodes and the journal are not counted as used
	[ "$size" -le $((used * 21 / 20 + number * 300 + (40 << 20))) ] ||
		fail "the image is too large"
	if [ -z "$RUMP_TEST_LONG" ]; then
		same_tree ext4 image tree
	else
		for n in 1 500049 999999; do
			cmp "tree/dir$(printf %04d $((n / 1000)))/file$(printf %07d $n)" \
				<(fsu_cat image \
				"/dir$(printf %04d $((n / 1000)))/file$(printf %07d $n)") ||
				fail "file $n is another one"
		done
	fi
}

sparse() {
	mkdir tree
	truncate -s 300G tree/huge 2>/dev/null ||
		skip "the folder's file system has no files of 300 GiB"
	for n in 0 1 70000 307199; do
		echo "piece at $n MiB" | dd of=tree/huge bs=1M seek="$n" conv=notrunc status=none
	done
	measured image tree
	equal "its size" $((300 << 30)) "$(fsu_stat image -c %s /huge)"
	[ "$(fsu_stat image -c %b /huge)" -le 512 ] || fail "its holes are filled in the image"
	[ "$(du -k image | cut -f1)" -le 8192 ] ||
		fail "the image takes $(du -k image | cut -f1) KiB"
	echo "the image takes $(du -k image | cut -f1) KiB"
	same_tree ext4 image tree
	[ "$(du -k back/huge | cut -f1)" -le 4096 ] || fail "the holes are filled in what came back"
}

"$1"
