#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Images of very different trees are large enough at once, and not much larger: what is free in the
# end is at most 5 % of what is used, and some fixed room.
# each: ext4 vfat
# each-full: xfs btrfs bfs exfat ext2 ext3 f2fs gfs2 hfs jfs minix msdos nilfs2 ntfs3 reiserfs udf
# run-as: self
# timeout: 300
. "$(dirname "$0")/common.bash"
need_tools "$1"
type=$1
# the smallest image that makefs makes
smallest=$("$RUMP_TOP/scripts/fs-table" makefs |
	sed -n "s/.*\.name = \"$type\".* \.min = \([0-9]*\).*/\1/p")

# What is free in the end and no file of the tree could have had.
case $type in
xfs) fixed=48 ;;	# reserved for metadata
btrfs) fixed=24 ;;	# chunks of metadata
nilfs2) fixed=40 ;;	# segments of 8 MiB that are not cleaned yet
gfs2) fixed=10 ;;	# reservations of links in memory
reiserfs) fixed=14 ;;	# a small file has a block until its transaction is over
ntfs3) fixed=3 ;;	# the table of files grows by 1 MiB, its zone is not for data
f2fs) fixed=4 ;;	# segments
*) fixed=2 ;;
esac

# made WHAT [OPTION...]: sets size, used and free
made() {
	local what=$1
	shift
	run makefs -v -Z -t "$type" --ignore=owners,modes,names,links,devices,xattrs "$@" image \
		"$what"
	! grep "filled again" run.log || fail "$what: the size was too small at first"
	size=$(stat -c %s image)
	read -r _ _ used free _ < <(fsu_df -B1 -t "$type" image | tail -1)
	[ -z "$(table "$type" check)" ] || fsck_clean "$type" image
	echo "$what $*: $size bytes, $used used, $free free"
}

# The trees, of what the format holds: one big file and files of many sizes, long names, ...
mapfile -t trees < <(python3 - "$(table "$type" names)" \
	"$(table "$type" lacks | tr '\n' ' ')" "$smallest" <<'END'
import os, sys
longest, lacks = int(sys.argv[1] or 255), sys.argv[2].split()
few = "dirs" in lacks		# and then not many names either
os.mkdir("empty")

def name(n, length):
    return f"{n:06}".ljust(min(length, longest), "x")

def files(tree, count, length, size):
    for n in range(count // 5 if few else count):
        folder = tree if few else f"{tree}/folder{n % 3}"
        os.makedirs(folder, exist_ok=True)
        with open(f"{folder}/{name(n, length)}", "wb") as f:
            f.write(b"x" * size(n))

def links():
    os.mkdir("links")
    with open("links/file", "w") as f:
        f.write("x" * 3000)
    for n in range(200):
        os.link("links/file", f"links/{name(n, 30)}")
    if "symlinks" not in lacks:
        for n in range(200, 700):
            os.symlink("x" * (n % 250 + 1), f"links/{name(n, 30)}")

def folders():
    for n in range(700):
        os.makedirs(f"folders/{n // 100}/{n // 10 % 10}/{n % 10}")
    os.makedirs("folders/" + "deep/" * 40)

def xattrs():
    files("xattrs", 600, 10, lambda n: n % 3000)
    for n, (folder, _, entries) in ((n, w) for n, w in enumerate(os.walk("xattrs"))):
        for i, entry in enumerate(entries):
            os.setxattr(f"{folder}/{entry}", "user.some", b"x" * (i % 4 * 30))
            if i % 3 == n % 3:
                os.setxattr(f"{folder}/{entry}", "user.more", b"x" * (i * 7 % 1500))

def holes():
    os.mkdir("holes")
    for n in range(5):
        with open(f"holes/{n}", "wb") as f:
            for piece in range(300):
                f.seek(piece << 16)
                f.write(b"x" * 4096)

files("big", 1, 8, lambda n: max(24 << 20, int(sys.argv[3]) * 5 // 2))
files("tiny", 2000, 12, lambda n: n % 7)
files("small", 1500, 8, lambda n: n * n * 7 % 4000)
files("mixed", 600, 20, lambda n: n * n * 37 % 60000)
files("names", 1500, 200, lambda n: 0)
for lacked, tree in (("", links), ("dirs", folders), ("xattr", xattrs), ("holes", holes)):
    if lacked not in lacks:
        tree()
print("\n".join(entry for entry in sorted(os.listdir(".")) if os.path.isdir(entry)))
END
)
for tree in "${trees[@]}"; do
	made "$tree"
	[ "$size" -le "$smallest" ] || [ "$free" -le $((used / 20 + (fixed << 20))) ] ||
		fail "$tree: $free bytes are free of $size"
done
case $type in
ext*)
	made big -b 20%
	[ "$free" -ge $((size / 6)) ] || fail "-b 20%: only $free of $size bytes are free"
	made mixed -f 5000
	inodes=$(fsu_df -i image | tail -1 | awk '{ print $4 }')
	[ "$inodes" -ge 5000 ] || fail "-f 5000: only $inodes inodes are free"
	;;
esac
