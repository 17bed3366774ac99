#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Formats that the distribution has no tool for.  make/TYPE.py writes an image of a tree, and reads
# one without a driver.  The kernel's driver shows the tree that went in and does not write where it
# only reads; after it has put, changed and removed files, the next mount and the reader agree on
# what there is, and the reader finds no block, inode or name that does not fit.
# each: adfs affs bcachefs befs efs hfsplus hpfs omfs qnx4 qnx6 sysv v7 vxfs
# timeout: 600
# run-as: root-first
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/mounted.sh"
. "$LIB/matrix.sh"
. "$LIB/journals.sh"

type=$1
mkimage=$RUMP_TOP/tests/formats/make/mkimage
LONG=name_with_fifty-four_characters_more_than_all_but_some

# What a format holds: the length of names, symbolic links; what it does not keep of a tree
# that its own tool has written (loss) and of one that the driver has (put_loss).
writes=$(table "$type" writes)
names=54 links=yes loss=xattr,holes,root put_loss=
case $type in
adfs) names=10 links=no loss=$loss,mode,owner,links ;;
affs) names=30 ;;
hpfs) put_loss=,time ;;			# of symbolic links
omfs) links=no loss=$loss,mode,owner put_loss=,time ;;
qnx4) names=48 ;;
sysv | v7) names=14 ;;
esac
as_root || loss=$loss,owner

# What the driver is known to do wrong (doc/known-issues.md): flavours that it damages when it
# writes, and such that it cannot mount.
only_read() { case $1 in affs:ofs | sysv:sysv4-512 | sysv:xenix) true ;; *) false ;; esac; }
refused() { case $1 in sysv:coherent | vxfs:indirect) true ;; *) false ;; esac; }

# tree FOLDER: files of no block, one and many, a folder of more than one block, links, modes, times
tree() {
	local n
	mkdir -p "$1/folder/deeper" "$1/empty"
	: >"$1/nothing"
	printf 'hello\n' >"$1/hello.txt"
	head -c 100001 /dev/urandom >"$1/big"
	head -c 700 /dev/urandom >"$1/folder/deeper/odd"
	printf 'long\n' >"$1/${LONG:0:names}"
	for n in {1..60}; do printf '%d\n' "$n" >"$1/folder/file.$n"; done
	chmod 640 "$1/hello.txt"
	chmod 755 "$1/folder/file.1"
	chmod 500 "$1/empty"
	if [ "$links" = yes ]; then
		ln -s folder/file.1 "$1/link"
		ln -s "deeper/no such file" "$1/folder/dangling"
	fi
	! as_root || chown -h 1000:1001 "$1/hello.txt" "$1/folder"
	find "$1" -depth -exec touch -h -d '2001-02-03 04:05:06' {} +
}

read_back() {
	local from=$1 wanted=$2 lost=$3
	rm -rf back
	run fsu_get -t "$type" --ignore=xattrs image "$from" back
	rm -f back/.bitmap back/.inodes		# qnx4's own files
	"$LIB/cmptree" --granularity=1000000000 --ignore="$lost" "$wanted" back ||
		fail "$name: the driver shows another tree"
	chmod -R u+rwX back
}

# judged TREE: the reader, which knows no driver
judged() {
	[ "$type" != bcachefs ] || driver_fsck image "$name"
	"$mkimage" --check "$name" image "$1" >said 2>&1 ||
		{ said said; fail "$name: the reader disagrees"; }
}

shows() {
	local before
	before=$(sum image)
	run fsu_ls -t "$type" image -lR /
	read_back / src "$loss"
	equal "$name: the image after reading" "$before" "$(sum image)"
}

# The driver puts a tree, overwrites, extends and removes; all is there on the next mount.
changes() {
	tree put
	chmod 755 put/empty
	cp -a src all
	cp -a put all/put
	run fsu_put -t "$type" --ignore=owners,modes,times image put /put
	read_back /put put "$loss$put_loss"
	judged all
	head -c 150000 /dev/urandom >all/put/big
	run fsu_write -t "$type" image /put/big <all/put/big
	printf 'short\n' >all/folder/deeper/odd
	run fsu_write -t "$type" image /folder/deeper/odd <all/folder/deeper/odd
	run fsu_rm -t "$type" -r image /put/folder
	run fsu_rm -t "$type" image /big
	rm -r all/put/folder all/big
	judged all
	read_back / all "$loss,time"
	chmod -R u+rwX all put
	rm -r all put
}

# The same by a mount server: what programs see, and what they write.
mounted() {
	local before owner=
	case $type in			# whose owners are not the tree's
	affs) owner=,setuid=$(id -u),setgid=$(id -g) ;;
	adfs | omfs) owner=,uid=$(id -u),gid=$(id -g) ;;
	esac
	if [ -z "$writes" ]; then
		before=$(sum image)
		serve "$type" image -o "ro$owner"
		"$LIB/cmptree" --granularity=1000000000 --ignore="$loss" \
			--exclude=.bitmap --exclude=.inodes src mnt ||
			fail "$name: the mount shows another tree"
		unserve
		equal "$name: the image after a mount" "$before" "$(sum image)"
		return
	fi
	serve "$type" image -o "rw$owner"
	cp -a src all
	mkdir all/new mnt/new
	cp src/big all/new/copy
	cp src/big mnt/new/copy
	mv all/new/copy all/new/moved
	mv mnt/new/copy mnt/new/moved
	rm -r all/folder/deeper mnt/folder/deeper
	unserve
	judged all
	read_back / all "$loss,time"
	chmod -R u+rwX all
	rm -r all
}

# bcachefs has a bare superblock: the driver makes the file system, and puts the files there
fill() {
	run fsu_put -t "$type" --ignore=owners image src/. /
	run fsu_rm -t "$type" -r image /lost+found
}

tree src
flavours=$("$mkimage" --flavours "$type")
[ -z "$QUICK" ] || flavours=${flavours%%[[:space:]]*}	# the first
shown=
for flavour in ${flavours:-only}; do
	name=$type
	[ "$flavour" = only ] || name=$type:$flavour
	run "$mkimage" "$name" image src
	[ "$type" != bcachefs ] || fill
	judged src
	! refused "$name" || continue
	shows
	note=
	if [ -n "$writes" ]; then
		if only_read "$name"; then note=" (read only)"; else changes; fi
	fi
	[ "$flavour" = only ] || shown=$shown${shown:+, }$flavour$note
done
served=
if [ -w /dev/fuse ]; then
	name=$type
	run "$mkimage" "$name" image src
	[ "$type" != bcachefs ] || fill
	mounted
	served="the same"
fi
chmod -R u+rwX src
judge="the reader in $type.py"
[ "$type" != bcachefs ] || judge="the driver's fsck"
matrix_row "$type" "$([ -z "$writes" ] && echo ro || echo rw)" "tests/formats/make/$type.py" \
	"$([ -z "$writes" ] && echo "ls, get" || echo "put, write, rm, get")" "$judge" "$served" \
	"written by the tests from the format's documentation${shown:+: $shown}"
