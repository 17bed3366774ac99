#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# fsu_cp does and says what cp of coreutils does.
# run-as: root
# timeout: 600
# each: ext4
# each-full: xfs btrfs
. "$(dirname "$0")/changes.bash"

populate() {
	mkdir -p src/sub/deep src/empty dst old set
	for f in one two "it's" 'sp ace' sub/x sub/deep/y .hidden; do
		echo "content of $f" >"src/$f"
	done
	: >src/zero; ln -s one src/link; ln -s sub src/dlink; ln -s nowhere src/dangling
	ln -s ../sub src/sub/loop; mkfifo src/fifo; ln src/one src/hard; mknod src/null c 1 3
	chmod 4755 src/two; chmod 600 src/zero; chmod 3770 src/empty; chmod 711 src/sub
	chown 5:6 src/sub/x; chown -h 7:8 src/link; chown 9:10 src/two; chmod 4755 src/two
	setfattr -n user.color -v blue src/two; setfattr -n user.dir -v yes src/sub
	setfattr -n trusted.t -v x src/zero
	setfacl -m u:1:rw,g:2:r src/sub/x; setfacl -dm u:3:rwx src/empty
	head -c 300000 /dev/urandom >src/big; truncate -s 20M src/sparse
	printf data | dd of=src/sparse bs=1 seek=10000000 conv=notrunc status=none
	head -c 2000000 /dev/zero >src/zeros
	dd if=/dev/urandom of=src/mixed bs=64k count=1 status=none
	head -c 1000000 /dev/zero >>src/mixed
	for f in one two three; do echo "old $f" >old/$f; done; mkdir old/sub; chmod 640 old/one
	ln -s one old/link; ln -s gone old/dangling; ln old/two old/two2
	touch -d '2001-02-03 04:05:06.123456789' src/one; touch -d 2002-02-02 src/sub
	touch -hd 2003-03-03 src/link
	touch -d 2000-01-01 old/one; touch -d 2100-01-01 old/three
	mkdir -m 2775 sgid; chown 0:50 sgid
}
begin

try cp src/one dst/a
try cp -v src/one dst/b
try cp -v src/two src/zero "src/it's" 'src/sp ace' dst
try cp src/sub dst
try cp src/one src/sub src/two dst
try cp src/missing dst/x
try cp src/one src/two dst/nodir
try cp src/one dst/none/x
try cp src/link dst/l1
try cp -P src/link dst/l2
try cp -d src/link dst/l3
try cp -d src/one src/hard dst
try cp -L src/link dst/l4
try cp -H src/link dst/l5
try cp src/dangling dst/l6
try cp -P src/dangling dst/l6
try cp src/big src/zeros src/mixed src/sparse dst
try cp --reflink=never --sparse=always src/zeros dst/zeros2
try cp --reflink=never --sparse=always src/mixed dst/mixed2
try cp --reflink=never --sparse=never src/sparse dst/sparse2
try cp --reflink=never src/big dst/big2
try cp --reflink=auto src/big dst/big3
[ "$type" = ext4 ] || try cp --reflink=always src/big dst/big4
[ "$type" = ext4 ] || try cp --reflink src/sparse dst/sparse4
# where blocks cannot be shared, cp leaves an empty file behind, fsu_cp none
[ "$type" = ext4 ] && { try cp --reflink=always src/big dst/big4; try rm -f dst/big4; }
same_trees "cp of files"
try cp -r src dst/r1
try cp -rv src/sub dst/r2
try cp -rv src/sub dst/r2
try cp -R src/empty src/dlink src/link sgid
try cp -r src/. dst/r3
try cp -rv src/sub/ dst/r4/
try cp -rT src/sub dst/r5
try cp -rvT src/sub dst/r5
try cp -a src dst/a1
try cp -av src/sub src/link src/one src/hard dst/r5
try cp -dR src dst/d1
try cp -pr src dst/p1
try cp -p src/two src/zero src/sub/x dst/r5
try cp -rL src/sub/deep src/link dst/r3
try cp -rH src/dlink dst/h1
try cp -rP src/dlink dst/h2
try cp --preserve=mode src/two dst/m1
try cp --preserve=ownership src/two dst/m2
try cp --preserve=timestamps src/one dst/m3
try cp --preserve=xattr src/two dst/m4
try cp --preserve=all src/sub/x dst/m5
try cp --preserve src/sub/x dst/m6
try cp -a --no-preserve=ownership src/sub/x dst/m7
try cp -a --no-preserve=mode,timestamps src/two dst/m8
try cp -r --preserve=links src dst/k1
same_trees "cp -r"
try cp src/one src/one
try cp src/one src/hard
try cp -r src src/sub
try cp -r src/sub src/sub/deep/again
# cp notices on its way, fsu_cp before it begins
try rm -rf src/sub/src src/sub/deep/again
try touch -d 2002-02-02 src/sub
try cp src/one old
try cp -v src/one old/link
try cp src/one old/dangling
try cp -v --remove-destination src/one old/dangling
try cp -v --remove-destination src/two old/two
try cp -n src/two old/one
try cp -nv src/two old/one
try cp -u src/two old/three
try cp -uv src/big old/one old/sub
try cp -uv src/big old/sub
try cp -f src/two old/one
try cp -r src/sub old/one
try cp -T src/one old/sub
try cp -i src/two old/one
try -i 'n\n' cp -i src/zero old/one
try -i 'y\n' cp -iv src/zero old/one
try -i 'n\ny\ny\ny\n' cp -rivT src/sub old/sub
try cp -P src/link old/two2
try cp -a src/one old/two2
try cp -l src/one old/l1
try cp -lv src/one old/l1
try cp -l src/two old/l1
try cp -lf src/two old/l1
try cp -rlv src/sub/deep old/ldeep
try cp -s /src/one old/s1
try cp -sv /src/one old/s1b
try cp -s /src/one old/s1
try cp -sf /src/two old/s1
try cp -s src/one old/s2
try cp -s src/one s3
try cp -t old src/zero src/mixed
try cp -rvt old src/empty
try cp --target-directory=none src/one
try cp --parents src/sub/deep/y old
try cp --parents -v src/sub/deep/y set
try cp -r --parents src/sub/deep set
try cp -v src/one old/three set
try cp src/one old/one set
try cp --attributes-only -p src/two old/three
try cp --strip-trailing-slashes -r src/empty/ old/stripped
try cp -x -r src/sub set/x
try cp --archive --verbose src/fifo src/null src/dangling set
try cp -r src/fifo src/null set/x
same_trees "cp, the rest"
end
