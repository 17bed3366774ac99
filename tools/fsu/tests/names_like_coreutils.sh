#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# fsu_mkdir, rm, rmdir, mv, ln, mkfifo, mknod, touch and truncate do and say what those of coreutils
# do.
# run-as: root
# timeout: 600
# each: ext4
# each-full: xfs btrfs
NEEDS_PROC=yes
. "$(dirname "$0")/changes.bash"

populate() {
	for d in r m l; do
		mkdir -p $d/sub/deep $d/empty $d/empty2 $d/full
		for f in one two three "it's" 'sp ace' sub/x sub/deep/y full/one full/two \
			.hidden; do
			echo "$d $f" >"$d/$f"
		done
		: >$d/zero; ln -s one $d/link; ln -s sub $d/dlink; ln -s nowhere $d/dangling
		mkfifo $d/fifo; ln $d/one $d/hard; mknod $d/null c 1 3; mknod $d/disk b 259 7
		touch -d '2001-02-03 04:05:06.123456789' $d/two; touch -d 2010-01-01 $d/three
	done
	mkdir -m 2775 sgid; chown 0:50 sgid
	mkdir t; echo reference >t/ref; touch -d '2003-03-03 03:03:03.25' t/ref
	touch -ad '2004-04-04 04:04:04.5' t/ref
	ln -s ref t/link; ln -s made t/tomake; touch -hd 1999-09-09 t/link
	mkdir z; head -c 5000 /dev/urandom >z/data; head -c 100 /dev/urandom >z/small
}
begin

# mkdir and rmdir
try mkdir d1 d2
try mkdir -v d1 d3 'with space'
try mkdir -p d1 d1/a/b/c d4//e/
try mkdir -pv d5/f/g d5/f d5/h/.
try mkdir -p m/one/x
try mkdir missing/x
try mkdir -m 700 d6
try mkdir -m 1777 d7
try mkdir -m u=rwx,go=rx d8
try mkdir -m a-w d9
try mkdir -m ug+w,o=x d10
try mkdir -p -m 750 d11/x/y
try mkdir --parents --verbose --mode=711 d12/x
try mkdir sgid/a sgid/b
try mkdir -m 755 sgid/c
try mkdir -m 00755 sgid/d
try mkdir -m g-s,o= sgid/e
try mkdir -p sgid/p/q
try mkdir -m 4755 d13
(umask 027; try mkdir -v d14; try mkdir -m =rwx d15; try mkdir -pv d16/x/y
	echo "$failures $compared" >"$dir/n")
read -r failures compared <"$dir/n"
same_trees mkdir
try rmdir d1 d2 d3
try rmdir d1/a/b/c
try rmdir -p d5/f/g
try rmdir -pv d4/e/
try rmdir -v 'with space' m/one missing d6/
try rmdir --ignore-fail-on-non-empty m/sub d7
try rmdir -p --ignore-fail-on-non-empty -v d11/x/y m/empty
try rmdir m/dlink
try rmdir --parents --verbose d12/x d16
same_trees rmdir

# rm
try rm r/zero
try rm r/sub
try rm r/missing
try rm -f r/missing r/one/x
try rm -v r/link "r/it's" 'r/sp ace' r/null
try rm -d r/empty
try rm -dv r/full r/empty2
try rm r/dlink/
try rm r/two/
try -i 'n\n' rm -i r/two
try -i 'y\n' rm -i r/two
try -i 'y\nn\ny\ny\n' rm -ri r/full
try -i 'y\nn\ny\ny\ny\ny\ny\n' rm -rvi r/sub
try -i 'n\n' rm -ri r/sub
try -i 'n\n' rm -I r/three r/fifo r/hard r/dangling
try -i 'y\n' rm -Iv r/three r/fifo r/hard r/dangling
try -i 'n\n' rm -rI r/sub
try -i 'n\n' rm --interactive=once -r r/sub
try -i 'n\n' rm --interactive r/one
try rm --interactive=never r/disk
try rm -r r/. r/..
try rm -r /
try rm -rv r/sub/
try rm -R --verbose --one-file-system r
try rm -rf d8 d9 sgid d99
same_trees rm

# mv
try mv m/one m/uno
try mv -v m/uno m/one
try mv m/missing m/x
try mv m/one m/two m/sub
try mv -v m/sub/one m/sub/two m
try mv -v m/three m/empty/
try mv -vt m m/empty/three
try mv -t m/none m/one
try mv -T m/empty m/empty2
try mv -vT m/one m/renamed
try mv -vT m/renamed m/sub
try mv m/sub m/renamed
try mv m/sub m/sub/deep/in
try mv -v m/sub/ m/moved/
try mv m/moved m/sub
try mv m/one m/two m/three m/nodir
try mv -n m/renamed m/two
try mv -nv m/renamed m/two
try mv -uv m/two m/three
try mv -u -v m/zero m/renamed
try mv -f m/renamed m/zero
try mv m/hard m/zero
try mv m/zero m/zero
try mv -v m/zero m/one
try mv m/link m/link2
try mv -v m/dangling m/full
try mv m/dlink/ m/dl
try mv -v m/sub/deep m/full/one m/empty2
try -i 'n\n' mv -i m/one m/two
try -i 'y\n' mv -iv m/one m/two
try mv m/empty2 m/full
try mv m/full/one/ m/x
try mv m/two m/none/
try mv m/null m/disk m/fifo m/full
try mv -v "m/it's" 'm/sp ace' m/.hidden m/full
try mv l/full/two m/full/two m/empty2
try mv --strip-trailing-slashes -v m/full/ m/end
try mv --target-directory=m/end --verbose l/zero
same_trees mv

# ln
try ln l/one l/other
try ln l/one l/other
try ln -v l/one l/two l/sub
try ln l/one
try ln -v l/two l/three .
try ln l/sub l/hardsub
try ln l/missing l/x
try ln -s nowhere l/s1
try ln -sv one l/s2
try ln -s one l/s2
try ln -sfv two l/s2
try ln -fv l/two l/other
try ln -f l/two l/other
try ln -f l/two l/two
try ln -s ../one l/sub
try ln -sv /l/one /l/two l/empty
try ln -sT x l/sub
try ln -sT y l/t1
try ln -sfT z l/dlink
try ln -snf sub l/s3
try ln -snf deep l/s3
try ln -sf target l/s3
try ln -sr l/one l/sub/deep/rel
try ln -srv l/sub/deep/rel l/empty/rel
try ln -srv l/sub l/rel2
try ln -srv l l/sub/up
try ln -srv / l/sub/root
try ln -srv l/none/x/../y l/rel3
try ln -srv . l/rel4
try ln -srfv l/dangling l/rel4
try ln -t l/empty2 l/one l/two
try ln -s -t l/empty2 a b c
try ln -st l/empty2 --verbose d
try ln l/link l/hardlink
try ln -P l/link l/hardlink2
try ln -L l/link l/hardlink3
try ln l/dangling l/hardlink4
try ln -L l/dangling l/hardlink5
try ln -v l/one l/two l/none
try -i 'n\n' ln -i l/one l/three
try -i 'y\n' ln -iv l/one l/three
try ln -sf x l/empty
try ln -sfn x l/empty/
try ln l/fifo l/fifo2
try ln --symbolic --force --no-dereference --verbose far l/s3
same_trees ln

# nodes
try mkfifo n1 n2
try mkfifo n1 n3
try mkfifo -m 600 n4
try mkfifo --mode=a=rw n5
try mkfifo -m u=rw,go= n6
try mkfifo none/x
try mknod n7 p
try mknod n8 c 1 3
try mknod n9 b 259 1048575
try mknod -m 660 n10 u 0x10 010
try mknod n8 c 1 3
try mknod none/x p
(umask 077; try mkfifo n11; try mknod n12 c 4 5; try mkfifo -m +w n13
	echo "$failures $compared" >"$dir/n")
read -r failures compared <"$dir/n"
same_trees "mkfifo and mknod"

# touch
try touch t/new t/ref2
try touch t/link
try touch -c t/none
try touch t/none/x
try touch t/tomake
try touch -h t/none2
i=0
for date in '2001-02-03 04:05:06.123456789' 2020-01-01 '@1234567890.5' '@-1.25' '2010-10-10T10:10' \
	'2010-10-10T10:10:10Z' \
	'2010-07-10 10:10:10 +0300' '2010-07-10 10:10 -05:30' '3 Feb 2004' 'Feb 3 2004 10:00' \
	'5/6/1999 7:08pm' '20200229 12:34' \
	'2020-01-31 1 month' '2020-01-31 + 2 days' '2020-03-01 3 hours ago' \
	'2020-03-01 10:00 next week' '1965-05-05 12:00:00' \
	'2099-12-31 23:59:59' '2001-09-09 01:46:40 UTC' 'Sat Nov 21 20:50:06 UTC 2020' \
	'Sun, 22 Nov 2020 03:29:04 +0100' \
	'2011-11-11 11:11:11,5' '2020-01-01 12:00 yesterday' '2016-02-29 1 year ago' \
	'2020-05-05 tomorrow' '12 December 2012 12:12:12 AM' \
	'2020-06-01 -1 day' '2020-06-01 + 90 minutes' '2020-01-01 10:00 - 1 hour' \
	'10:00 +2 hours 2020-02-02' '2020-06-01 12:00 90 minutes' \
	'1970-01-01 00:00:00 UTC 500 seconds'; do
	i=$((i + 1))
	try touch -d "$date" t/date$i
done
try touch -t 202001021304.05 t/s1
try touch -t 01021304 t/s2
try touch -t 6801021304 t/s3
try touch -t 6901021304.59 t/s4
try touch -a -d 2005-05-05 t/s1
try touch -m -d 2006-06-06 t/s1
try touch --time=atime --date=2007-07-07 t/s2
try touch --time=modify --date=2007-07-07 t/s2
try touch -r t/ref t/r1
try touch -r t/link -h t/r2
try touch -r t/ref -h t/link
try touch -h -d 2008-08-08 t/link
try touch -r t/none t/r3
try touch -r t/date2 -d '1 hour ago' t/r4
try touch -r t/date3 -d '+2 days' -m t/r4
try touch -am -f --no-create t/ref t/nonono
try touch -d 2009-09-09 t
same_trees touch

# truncate
for s in 0 100 10K 1M +5 -3 +2K '<50' '>70' '/16' %64 3KB 1KiB -1G '%4096' 50M; do
	try truncate -s "$s" z/data z/new
done
try truncate -s 10 -c z/none
try truncate -c -s +1 z/none z/data
try truncate -r z/small z/like
try truncate -r z/small -s +10 z/like2
try truncate -o -s 2 z/blocks
try truncate -r z/none z/x
try truncate -s 5 z
try truncate -s 5 none/x z/small
try truncate --size=7 --no-create z/small
same_trees truncate
end
