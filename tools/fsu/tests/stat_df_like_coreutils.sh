#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# fsu_stat and fsu_df print what coreutils' stat and df print of a mount of the same image by the
# host's kernel.  Needs root and the host's ext4.
# run-as: root
if [ -z "${FSU_TEST_UNSHARED:-}" ]; then
	unshare -m true 2>/dev/null || { echo "skipped: needs a mount name space"; exit 77; }
	FSU_TEST_UNSHARED=1 exec unshare -m --propagation slave "$0" "$@"
fi
. "$(dirname "$0")/common.bash"
need mkfs.ext4 stat df python3
stat --version | grep -q 'GNU coreutils' || skip "needs GNU stat"
trap 'umount -l "$dir/m" 2>/dev/null; rm -rf "$dir"' EXIT
export TZ=America/St_Johns
img=$dir/disk.img
mkdir "$dir/m"
make_image ext4 "$img" 64M
mount -o loop "$img" "$dir/m" 2>/dev/null || skip "the host cannot mount"
(
	cd "$dir/m" || exit 1
	mkdir d; echo hello >file; : >empty; ln -s file link; ln -s 'no where' 'odd link'
	mkfifo fifo
	mknod disk b 259 77; mknod null c 1 3; ln file hard; chmod 4711 empty; chown 12345:33 empty
	touch -d '2001-02-03 04:05:06.123456789' file; touch -hd '1960-01-01 00:00:00.5' link
	truncate -s 1G sparse; touch "it's"; chmod 1777 d
) || exit 1
umount "$dir/m"
mount -o loop,ro "$img" "$dir/m" || exit 1
compared=0
files=(d file empty link 'odd link' fifo disk null hard sparse "it's" .)
# the device of the file system and the preferred size of I/O are the system's own
same() {
	! not_this_time || return 0
	(cd "$dir/m" && stat "$@" "${files[@]}") >"$dir/want" 2>/dev/null
	fsu stat "$img" "$@" "${files[@]}" >"$dir/got" 2>/dev/null
	compared=$((compared + 1))
	cmp -s "$dir/want" "$dir/got" || { fail "stat $*"; diff "$dir/want" "$dir/got" | head -6; }
}
for f in %n %N %s %b %B %f %F %u %U %g %G %a %A %i %h %t %T %x %y %z %w %X %Y %Z %W %o %r %R %Hr \
	%Lr %.3X %.9Y %.Y %.0Z \
	%10s '%-10s|' '%010s' '%5.3A|' '%-12U|' '%+i' '%#a' '%#x' %% '%s %n %%d' '%.12Y' '%20.3X|' \
	'%-20y|' '%04a'; do
	same -c "$f"
	same -L -c "$f"
done
same --printf='%n\t%s\n'
same --printf='\101\\%n\e[m'
normal() { sed -E 's/^Device: [^\t]*/Device: -/' "$1"; }
(cd "$dir/m" && stat "${files[@]}") >"$dir/want"
fsu stat "$img" "${files[@]}" >"$dir/got"
compared=$((compared + 1))
diff <(normal "$dir/want") <(normal "$dir/got") >"$dir/diff" ||
	{ fail "stat"; head -20 "$dir/diff"; }
fsu stat --json "$img" "${files[@]}" >"$dir/json" || fail "stat --json"
python3 - "$dir/json" "$dir/m" <<'END' || fail "stat --json says something else than the host"
import json, os, sys
for o in json.load(open(sys.argv[1])):
    st = os.lstat(os.path.join(sys.argv[2], o["path"]))
    assert (o["size"], o["uid"], o["gid"], o["inode"], o["links"], o["blocks"]) == \
        (st.st_size, st.st_uid, st.st_gid, st.st_ino, st.st_nlink, st.st_blocks), o
    assert int(o["mode"], 8) == st.st_mode & 0o7777, o
    assert o["mtime"]["sec"] * 10**9 + o["mtime"]["nsec"] == st.st_mtime_ns, o
    assert "target" not in o or \
        o["target"] == os.readlink(os.path.join(sys.argv[2], o["path"]))
END
# df: all but the names in the first and last column, and the width of the first
fields() { sed -E 's/^[^ ]+( +ext4)? +/\1 /; s/ [^ ]+$//; s/ +/ /g' "$1"; }
for o in '' -h -H -i -ih -k -P -T -hT -PT -BM -B1 -B512 -Ph; do
	df $o "$dir/m" >"$dir/want"
	fsu df "$img" $o >"$dir/got" || fail "df $o"
	compared=$((compared + 1))
	diff <(fields "$dir/want") <(fields "$dir/got") >"$dir/diff" ||
		{ fail "df $o"; cat "$dir/diff"; }
done
narrow() { sed -E "$1; s/Filesystem +//; s/ +Mounted on//; s/ +/ /g" "$2"; }
for o in '' =size =used,avail =pcent,ipcent =itotal,iused,iavail =fstype,size =avail,file; do
	for u in '' -h -BM -k; do
		! not_this_time || continue
		df $u --output$o "$dir/m" >"$dir/want"
		fsu df "$img" $u --output$o >"$dir/got" || fail "df --output$o"
		compared=$((compared + 1))
		# the names of the file system, the file and the folder are others, and so wide may
		# be their columns
		diff <(narrow "s|^/dev/[^ ]+ +||; s| +$dir/m||g" "$dir/want") \
			<(narrow "s|^$img +||; s| +/\$||; s/ +-\$//" "$dir/got") >"$dir/diff" ||
			{ fail "df $u --output$o"; cat "$dir/diff"; }
	done
done
expect 1 'does not know .nope' fsu df "$img" --output=nope
expect 1 'twice' fsu df "$img" --output=size,size
expect 1 'exclude each other' fsu df "$img" -i --output
echo "$compared invocations compared"
finish
