#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Bad input: one clear sentence with the reason, exit code 1, the image unharmed.
# needs: mkfs.ext4 mkfs.xfs mkfs.vfat sfdisk flock
# run-as: both
. "$RUMP_TEST_LIB/common.sh"

bad=0
complain() { printf '%s\n' "$*"; bad=$((bad + 1)); }

# refused WHAT PATTERN IMAGE COMMAND...: exit code $code (1), nothing on standard output, at most
# $lines lines (1) on standard error, each of which begins with the command's name, the first of
# which matches PATTERN (a regular expression); IMAGE (- for none) keeps its bytes.
code=1 lines=1
refused() {
	local what=$1 pattern=$2 image=$3 before=- rc=0
	shift 3
	[ "$image" = - ] || before=$(sum "$image")
	timeout "$PATIENCE" "$@" >out 2>err </dev/null || rc=$?
	[ "$rc" = "$code" ] || complain "$what: exit code $rc, not $code: $(head -c 300 err)"
	[ "$(wc -l <err)" -le "$lines" ] ||
		complain "$what: $(wc -l <err) lines: $(head -c 500 err)"
	! grep -v "^$1: " err >other ||
		complain "$what: a line does not begin with '$1: ': $(head -c 300 other)"
	head -n 1 err | grep -qiE "$pattern" ||
		complain "$what: no /$pattern/ in the first line: $(head -c 500 err)"
	[ ! -s out ] || complain "$what: standard output has: $(head -c 200 out)"
	[ "$image" = - ] || [ "$before" = "$(sum "$image")" ] ||
		complain "$what: the image was changed"
}

mkimg ext4 good.img 32M
mkimg xfs xfs.img 320M
mkimg vfat fat.img 32M
printf 'just some text\n' >text
head -c 1M /dev/urandom >noise.img
: >empty.img
mkdir folder
truncate -s 20M cut.img
dd if=good.img of=cut.img bs=1M count=20 conv=notrunc status=none
head -c 5000 good.img >stub.img
dd if=xfs.img of=cutxfs.img bs=1M count=100 status=none
cp good.img broken.img
# group descriptors
dd if=/dev/urandom of=broken.img bs=1024 seek=2 count=1 conv=notrunc status=none
printf 'data\n' >data

#       what                      the sentence has                 image       command
refused "no such file"            'nothere.img.*no such file'      -           fsu_ls nothere.img /
refused "a text file"             'text.*(no file system|file system)' text    fsu_ls text /
refused "noise"                   'noise.img.*file system'         noise.img   fsu_ls noise.img /
refused "an empty file"           'empty.img'                      empty.img   fsu_ls empty.img /
refused "a directory"             'folder.*directory'              -           fsu_ls folder /
refused "cut short (ext4)"        'cut.img.*(size|block|beyond|larger|short)' cut.img \
	fsu_ls cut.img /
refused "cut to almost nothing"   'stub.img'                       stub.img    fsu_ls stub.img /
refused "cut short (xfs)"         'cutxfs.img'                     cutxfs.img  fsu_ls cutxfs.img /
refused "broken (ext4)"           'broken.img.*(group|descriptor|checksum)' broken.img \
	fsu_ls broken.img /
refused "wrong type"              'good.img.*(xfs|magic|superblock)' good.img \
	fsu_ls -t xfs good.img /
refused "wrong type, other way"   'xfs.img.*(ext4|superblock|magic)' xfs.img \
	fsu_ls -t ext4 xfs.img /
refused "unknown type"            'nosuchfs'                       good.img \
	fsu_ls -t nosuchfs good.img /
refused "unknown option"          'nosuchoption'                   good.img \
	fsu_ls -o nosuchoption good.img /
refused "unknown option (xfs)"    'nosuchoption'                   xfs.img \
	fsu_ls -o nosuchoption xfs.img /
refused "unknown option (vfat)"   'nosuchoption'                   fat.img \
	fsu_ls -o nosuchoption fat.img /
refused "an option's bad value"   'commit|abc'                     good.img \
	fsu_ls -o commit=abc good.img /
code=2		# as ls has it
refused "no such path: ls"        'nowhere.*no such file'          good.img \
	fsu_ls good.img /nowhere
code=1
refused "no such path: cat"       'nowhere.*no such file'          good.img \
	fsu_cat good.img /nowhere
refused "no such path: stat"      'nowhere.*no such file'          good.img \
	fsu_stat good.img /nowhere
refused "no such path: get"       'nowhere.*no such file'          good.img \
	fsu_get good.img /nowhere out.d
refused "no such path: put"       'nowhere.*no such file'          - \
	fsu_put good.img nowhere /
refused "no such path: rm"        'nowhere.*no such file'          - \
	fsu_rm good.img /nowhere
refused "cat of a directory"      'is a directory'                 good.img \
	fsu_cat good.img /lost+found
refused "mkdir of what is there"  'lost\+found.*exists'            - \
	fsu_mkdir good.img /lost+found
refused "mkdir too deep"          'no such file'                   - \
	fsu_mkdir good.img /a/b/c
refused "rm of a directory"       'directory'                      - \
	fsu_rm good.img /lost+found
refused "no partition table"      'partition'                      good.img \
	fsu_ls -p 3 good.img /
refused "write asked of ro"       'read-only'                      good.img \
	fsu_mkdir -o ro good.img /x

# locked by another process
python3 -c 'import fcntl, struct, time
f = open("good.img", "r+b")
fcntl.fcntl(f, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0))   # F_OFD_SETLK
print("locked", flush=True)
time.sleep(1000)' >lock.out &
locker=$!
wait_until grep -q locked lock.out
refused "locked by another: write" 'good.img.*(in use|busy|locked)' good.img \
	fsu_mkdir good.img /x
refused "locked by another: read"  'good.img.*(in use|busy|locked)' good.img    fsu_ls good.img /
run fsu_ls --nolock good.img / >/dev/null
kill "$locker"
wait "$locker" 2>/dev/null || true

# a file without permission; a place that cannot be read is told from one that is not there
if ! as_root; then
	cp good.img secret.img
	chmod 000 secret.img
	refused "no permission"           'secret.img.*permission denied'  - \
		fsu_ls secret.img /
	chmod 444 secret.img
	refused "no permission to write"  'secret.img.*(permission denied|read-only)' secret.img \
		fsu_mkdir secret.img /x
fi

lines=2		# what happened, and what became of the file that was begun
# an image that is full: the tool says so, what was there stays, the checker is content
types='ext4 xfs btrfs vfat' mib=400
[ -z "$QUICK" ] || types='ext4 vfat' mib=60
dd if=/dev/urandom of=big bs=1M count=$mib status=none
for type in $types; do
	size=32M
	case $type in xfs) size=320M ;; btrfs) size=128M ;; esac
	mkimg "$type" full.img "$size"
	run fsu_put full.img data /data
	refused "full image ($type)" 'no space left' - fsu_put full.img big /big
	fsck_clean "$type" full.img
	fsu_cat full.img /data | cmp - data ||
		complain "full image ($type): another file was harmed"
done
rm -f big

# the host's disk is full: the file system below the image cannot grow it
if as_root; then
	mkdir small
	mount -t tmpfs -o size=24M tmpfs small
	for type in ext4 vfat; do
		mkimg "$type" small/host.img 200M
		run fsu_put small/host.img data /data
		dd if=/dev/urandom of=big bs=1M count=60 status=none
		refused "host's disk full ($type)" 'no space left|i/o error|input/output' - \
			fsu_put small/host.img big /big
		mount -o remount,size=400M small
		run fsu_ls -o rw small/host.img /	# replays the journal
		fsu_cat small/host.img /data 2>err | cmp - data ||
			complain "host's disk full ($type): another file was harmed: $(cat err)"
		fsck_clean "$type" small/host.img
		rm small/host.img
		mount -o remount,size=24M small
	done
	umount small
fi

[ "$bad" = 0 ] || fail "$bad complaints"
