#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What mkfs offers: block sizes, old revisions, features on and off, sectors of 4 KiB, byte orders.
# Each variant of a type that can be written takes a tree and gives it back the same, and its
# checker finds nothing, also after a part was removed; each one of the others shows the tree it was
# made of.
# each: ext4 vfat
# each-full: xfs btrfs squashfs bfs cramfs erofs exfat ext2 ext3 f2fs gfs2 iso9660 jfs minix msdos nilfs2 ntfs3 reiserfs romfs udf ufs
# run-as: root
# timeout: 600
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/matrix.sh"

# Variant | options of mkfs, or its whole command | options of the mount | what is not as the table
# has it: size=, sector=, names=, time=, lacks= (as well), check=no (where the checker does not know
# it), refused=PATTERN (where the driver does not)
variants() {
	case $1 in
	bfs) cat <<-'EOF' ;;
		96 inodes	| -N 96			|
		named		| -V vol -F pack	|
		EOF
	btrfs) cat <<-'EOF' ;;
		nodes of 4 KiB	| -n 4096		|
		nodes of 64 KiB	| -n 65536		|
		mixed groups	| -M -n 4096		|
		xxhash		| --csum xxhash		|
		sha256		| --csum sha256		|
		blake2		| --csum blake2		|
		data twice	| -d dup -m dup		|			| size=256M
		metadata once	| -m single		|
		old features	| -O ^no-holes,^skinny-metadata,^extref |
		no space tree	| -R ^free-space-tree	|
		space cache v1	| -R ^free-space-tree	| space_cache=v1
		quota groups	| -R quota		|
		no cow		|			| nodatacow
		zlib		|			| compress-force=zlib
		lzo		|			| compress-force=lzo
		zstd		|			| compress-force=zstd:15
		EOF
	cramfs) cat <<-'EOF' ;;
		named		| -n vol -e 7		|
		boot code	| -p			|
		explicit holes	| -z			|			| check=no
		big endian	| -N big	|	| refused=wrong.endian|endian
		EOF
	erofs) cat <<-'EOF' ;;
		lz4		| -zlz4			|
		lz4hc		| -zlz4hc,12		|
		large clusters	| -zlz4hc -C65536	|
		legacy lz4	| -zlz4 -Elegacy-compress |
		fragments	| -zlz4hc -Efragments,dedupe |
		tails packed	| -zlz4hc -Eztailpacking |
		compact inodes	| -Eforce-inode-compact -T0 |			| time=0
		large inodes	| -Eforce-inode-extended |
		nothing inline	| -Enoinline_data	|
		chunks		| --chunksize=8192	|
		all inline	| -x2			|
		no attributes	| -x-1			|			| lacks=xattr
		EOF
	exfat) cat <<-'EOF' ;;
		512 B clusters	| -c 512		|
		128 KiB clusters| -c 128K		|			| size=128M
		packed bitmap	| --pack-bitmap		|
		aligned		| -b 64K		|
		EOF
	ext2) cat <<-'EOF' ;;
		revision 0	| -r 0			|			| time=1000000000
		1 KiB		| -b 1024		|
		2 KiB		| -b 2048		|
		4 KiB		| -b 4096		|
		small inodes	| -I 128		|			| time=1000000000
		no file types	| -O ^filetype,^dir_index |
		EOF
	ext3) cat <<-'EOF' ;;
		1 KiB		| -b 1024		|
		4 KiB		| -b 4096 -J size=8	|
		small inodes	| -I 128		|			| time=1000000000
		data journal	|			| data=journal
		writeback	|			| data=writeback
		no tree names	| -O ^dir_index		|
		EOF
	ext4) cat <<-'EOF' ;;
		1 KiB		| -b 1024		|
		2 KiB		| -b 2048		|
		4 KiB		| -b 4096		|
		small inodes	| -I 128		|			| time=1000000000
		1 KiB inodes	| -b 4096 -I 1024	|
		clusters	| -O bigalloc -C 16384	|
		inline data	| -O inline_data	|
		block maps	| -O ^extents,^64bit	|
		no checksums	| -O ^metadata_csum,uninit_bg |
		32 bit		| -O ^64bit		|
		metadata groups	| -O meta_bg,^resize_inode |
		no flex groups	| -O ^flex_bg		|
		two superblocks	| -O sparse_super2	|
		large names	| -O large_dir		|
		attribute files	| -O ea_inode		|
		quotas		| -O quota,project -E quotatype=usrquota:grpquota:prjquota |
		seed of sums	| -O metadata_csum_seed |
		orphan file	| -O orphan_file	|
		fast commits	| -O fast_commit	|
		mmp		| -O mmp		|
		stable inodes	| -O stable_inodes	|
		no journal	| -O ^has_journal	|
		data journal	|			| data=journal
		no delay	|			| nodelalloc
		casefold	| -O casefold		|
		encrypt, verity	| -O encrypt,verity	|
		4 KiB sectors	| -b 4096		|			| sector=4096
		EOF
	f2fs) cat <<-'EOF' ;;
		extra attributes| -O extra_attr,inode_checksum,sb_checksum,inode_crtime,\
			flexible_inline_xattr |
		quotas		| -O extra_attr,project_quota,quota |
		large sections	| -s 2			|			| size=256M
		4 KiB sectors	| -w 4096		|			| sector=4096
		casefold	| -O casefold -C utf8	|
		encrypt, verity	| -O encrypt,verity	|
		nothing inline	|	| noinline_data,noinline_dentry,noinline_xattr
		log-structured	|			| mode=lfs
		lzo	| -O extra_attr,compression | compress_algorithm=lzo,compress_extension=*
		lzo-rle		| -O extra_attr,compression \
			| compress_algorithm=lzo-rle,compress_extension=*
		lz4	| -O extra_attr,compression | compress_algorithm=lz4,compress_extension=*
		lz4hc	| -O extra_attr,compression | compress_algorithm=lz4:9,compress_extension=*
		zstd		| -O extra_attr,compression \
			| compress_algorithm=zstd:6,compress_extension=*,compress_chksum
		EOF
	gfs2) cat <<-'EOF' ;;
		1 KiB		| -b 1024		|
		2 KiB		| -b 2048		|
		two journals	| -j 2			|
		data journal	|			| data=writeback
		small groups	| -r 32			|
		EOF
	iso9660) cat <<-'EOF' ;;
		Rock Ridge	| genisoimage -quiet -R -o IMG TREE		|
		rationalized	| genisoimage -quiet -r -o IMG TREE	|	| lacks=mode,owner
		Joliet		| genisoimage -quiet -J -joliet-long -D -o IMG TREE | \
			| lacks=case,mode,owner,symlinks,special,xattr names=60
		level 4		| genisoimage -quiet -iso-level 4 -D -o IMG TREE | map=off \
			| lacks=case,mode,owner,symlinks,special,xattr
		xorriso		| xorriso -as mkisofs -quiet -R -J -o IMG TREE	|
		UDF beside it	| genisoimage -quiet -R -udf -o IMG TREE	|
		makefs		| /usr/sbin/makefs -t cd9660 -o rockridge IMG TREE |
		EOF
	jfs) cat <<-'EOF' ;;
		ignores case	| -O			|			| lacks=case
		log of 2 MiB	| -s 2			|
		no integrity	|			| nointegrity
		EOF
	minix) cat <<-'EOF' ;;
		V1, 14 bytes	| mkfs.minix -1 -n 14 IMG |			| names=14
		V1, 30 bytes	| mkfs.minix -1 -n 30 IMG |			| names=30
		V2, 14 bytes	| mkfs.minix -2 -n 14 IMG |			| names=14
		V2, 30 bytes	| mkfs.minix -2 -n 30 IMG |			| names=30
		V3, inodes	| -i 2000		|
		EOF
	msdos) cat <<-'EOF' ;;
		FAT12		| -F 12			|			| size=6M
		FAT16		| -F 16			|
		FAT32		| -F 32			|			| size=64M
		4 KiB sectors	| -S 4096		|			| size=64M
		EOF
	nilfs2) cat <<-'EOF' ;;
		1 KiB		| -b 1024		|
		2 KiB		| -b 2048		|
		small segments	| -B 256		|
		block count	| -O block_count	|
		strict		|			| order=strict
		EOF
	ntfs3) cat <<-'EOF' ;;
		512 B clusters	| -c 512		|
		1 KiB clusters	| -c 1024		|
		16 KiB clusters	| -c 16384		|
		64 KiB clusters	| -c 65536		|			| size=128M
		1 KiB sectors	| -s 1024 -c 4096	|
		4 KiB sectors	| -s 4096 -c 4096	|
		compressed	| -C			|
		sparse files	|			| sparse
		Windows' names	|			| windows_names
		EOF
	reiserfs) cat <<-'EOF' ;;
		3.5	| --format 3.5	|	| refused=item.entry.count
		1 KiB		| -b 1024		|
		2 KiB		| -b 2048		|
		tea		| -h tea		|
		rupasov		| -h rupasov		|
		small journal	| -s 513		|
		no tails	|			| notail
		data journal	|			| data=journal
		EOF
	romfs) cat <<-'EOF' ;;
		named		| -V vol		|
		aligned		| -a 4096		|
		EOF
	squashfs) cat <<-'EOF' ;;
		gzip, 4 KiB	| -comp gzip -b 4K	|
		gzip, 1 MiB	| -comp gzip -b 1M	|
		lzo		| -comp lzo		|
		lz4		| -comp lz4		|
		lz4hc		| -comp lz4 -Xhc	|
		xz		| -comp xz		|
		xz for x86	| -comp xz -Xbcj x86	|
		zstd		| -comp zstd -Xcompression-level 22 |
		uncompressed	| -noI -noD -noF -noX	|
		no fragments	| -no-fragments		|
		all fragments	| -always-use-fragments	|
		no exports	| -no-exports -no-duplicates |
		no attributes	| -no-xattrs		|			| lacks=xattr
		lzma		| -comp lzma		|			| refused=.
		EOF
	udf) cat <<-'EOF' ;;
		512 B		| -b 512		|			| lacks=symlinks
		1 KiB		| -b 1024		|
		4 KiB		| -b 4096		|
		1.02		| -m hd -r 1.02		|
		1.50		| -m hd -r 1.50		|
		2.00		| -m hd -r 2.00		|
		2.01, long	| --ad=long		|
		2.01, short	| --ad=short		|
		no EFE		| --noefe		|
		table of space	| --space=unalloctable	|
		CD-RW		| -m cdrw		|
		DVD-RAM		| -m dvdram		|
		DVD+RW		| -m dvdrw		|
		strategy 4096	| --strategy=4096	|
		EOF
	ufs) cat <<-'EOF' ;;
		big endian	| -B be			|
		4 KiB blocks	| -o bsize=4096,fsize=1024 |
		32 KiB blocks	| -o bsize=32768,fsize=4096 |
		UFS2		| -o version=2		| ufstype=ufs2 | refused=magic
		EOF
	vfat) cat <<-'EOF' ;;
		FAT12		| -F 12			|			| size=6M
		FAT16		| -F 16			|
		FAT32		| -F 32			|			| size=64M
		4 KiB sectors	| -S 4096		|			| size=64M
		large clusters	| -s 64			|			| size=256M
		one FAT		| -f 1			|
		Atari		| -A			|			| check=no
		short names	|			| shortname=winnt
		Cyrillic	|			| codepage=866,iocharset=koi8-r,utf8=no
		EOF
	xfs) cat <<-'EOF' ;;
		V4		| -m crc=0,reflink=0	|
		V4, 512 B	| -m crc=0,reflink=0 -b size=512 |
		V4, no types	| -m crc=0,reflink=0 -n ftype=0 |
		ignores case	| -m crc=0,reflink=0 -n version=ci |		| lacks=case
		1 KiB		| -b size=1024		|
		2 KiB		| -b size=2048		|
		no reflink	| -m reflink=0		|
		reverse maps	| -m rmapbt=1		|
		32 bit times	| -m bigtime=0,inobtcount=0 |
		no free inodes	| -m finobt=0,inobtcount=0 |
		1 KiB inodes	| -i size=1024		|
		2 KiB inodes	| -i size=2048		|
		dense inodes	| -i sparse=0		|
		64 bit extents	| -i nrext64=1		|
		16 KiB folders	| -n size=16384		|
		4 KiB sectors	| -s size=4096		|			| sector=4096
		stripes		| -d su=64k,sw=4	|			| size=1G
		16 groups	| -d agcount=16		|			| size=2G
		EOF
	esac
}

# field LINE NUMBER
field() { cut -d'|' -f"$2" <<<"$1" | sed 's/^[[:space:]]*//; s/[[:space:]]*$//'; }

# special KEY: what the variant says of it, or else the table
special() {
	local word
	for word in $extra; do
		[ "${word%%=*}" != "$1" ] || { echo "${word#*=}"; return; }
	done
	table "$type" "$1"
}

# make_tree: the folder tree, of what the variant holds, and what is not to be compared
make_tree() {
	local aspect names time lacks
	names=$(special names)
	time=$(special time)
	granularity=${time:-1}
	[ "$granularity" != 0 ] || granularity=1000000000
	lacks=$(table "$type" lacks | tr '\n' ',')
	[[ $extra != *lacks=* ]] || lacks+=$(special lacks),
	[ -n "$writes" ] || lacks+=special,
	ignored=root
	[ -n "$writes" ] || ignored+=,holes,trusted
	for aspect in mode owner xattr links holes; do
		[[ ,$lacks != *,$aspect,* ]] || ignored+=,$aspect
	done
	[ "$made" != "$lacks$names$time" ] || return 0
	rm -rf tree
	"$LIB/plaintree" tree --without "$lacks" --names "${names:-255}" --time "$granularity" \
		--size 100000
	[ "$time" != 0 ] || find tree -exec touch -hd @0 {} +
	made=$lacks$names$time
}

# same: what is in the image is the tree
same() {
	rm -rf back
	run fsu_get "${common[@]}" -o "ro${options:+,$options}" disk.img / back
	rm -rf back/lost+found back/.nilfs back/rr_moved back/.rr_moved
	"$LIB/cmptree" --ignore="$ignored" --granularity="$granularity" tree back >differs 2>&1 ||
		fail "$name: another tree came back: $(head -n 20 differs)"
}

check() {
	[[ $extra == *check=no* ]] || [ -z "$(table "$type" check)" ] || fsck_clean "$type" disk.img
}

made_by() {
	case $mkfs in
	*IMG*) truncate -s "$size" disk.img; on_image disk.img "$mkfs" ;;
	*) read -ra words <<<"$mkfs"; mkimg "$type" disk.img "$size" "${words[@]}" ;;
	esac
}

written() {
	local name
	run fsu_put "${common[@]}" ${options:+-o "$options"} disk.img tree/. /
	check
	same
	cp -a tree whole
	for name in s13 s70000 s300000 many d0*; do
		[ ! -e "tree/$name" ] ||
			run fsu_rm "${common[@]}" ${options:+-o "$options"} -r disk.img "/$name"
		rm -rf "tree/$name"
	done
	same
	check
	rm -rf tree
	mv whole tree
}

# shown: reading changes no byte
shown() {
	local before
	check
	before=$(sum disk.img)
	same
	equal "$name: the image" "$before" "$(sum disk.img)"
}

one() {
	name=$(field "$1" 1) mkfs=$(field "$1" 2) options=$(field "$1" 3) extra=$(field "$1" 4)
	[ -z "$(table "$type" options)" ] || [[ $options == ufstype* ]] ||
		options=$(table "$type" options)${options:+,$options}
	sector=$(special sector)
	common=(-t "$type" ${sector:+"--sector-size=$sector"})
	size=$(special size)
	size=${size:-0}
	make_tree
	rm -f disk.img
	made_by
	if [[ $extra == *refused=* ]]; then
		refuses "$(special refused)" \
			fsu_ls "${common[@]}" ${options:+-o "$options"} disk.img /
	elif [ -n "$writes" ]; then
		written
	else
		shown
	fi
	echo "$name"
	names_seen+=${names_seen:+, }$name
}

type=$1 made=none names_seen=
need_tools "$type"
writes=$(table "$type" mkfs)
[[ $writes != *TREE* ]] || writes=
# a line that ends with a backslash goes on in the next
mapfile -t lines < <(variants "$type" |
	sed -e ':again' -e '/\\$/N; s/\\\n[[:space:]]*//; t again')
[ ${#lines[@]} != 0 ] || fail "no variants of $type"
every=1
[ -z "$QUICK" ] || every=3
for ((n = 0; n < ${#lines[@]}; n += every)); do
	one "${lines[n]}"
done
matrix_row "$type" "$([ -z "$writes" ] && echo ro || echo rw)" \
	"$(table "$type" mkfs | cut -d' ' -f1)" \
	"$([ -z "$writes" ] && echo "get" || echo "put, get, rm")" \
	"$(table "$type" check | cut -d' ' -f1)" "" \
	"variants: $names_seen"
