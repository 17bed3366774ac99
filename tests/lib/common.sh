# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the shell tests share: images by the formats' own tools, their checkers, the host's mount,
# and short ways to say what is expected.  Sourced first by every shell test.
set -eu -o pipefail

LIB=$RUMP_TEST_LIB
KERNEL_TREE=
for dir in "$RUMP_BUILD"/linux-*/linux-source-*/; do	# the newest of them
	[ ! -d "$dir" ] || KERNEL_TREE=${dir%/}
done

fail() { printf '%s\n' "FAILED: $*"; exit 1; }
skip() { printf '%s\n' "$*"; exit 77; }
as_root() { [ "$(id -u)" = 0 ]; }

# run COMMAND...: it must succeed; what it says is shown when it does not
run() {
	"$@" >run.log 2>&1 || { local rc=$?; cat run.log; fail "exit code $rc: $*"; }
}

# equal WHAT EXPECTED GOT
equal() { [ "$2" = "$3" ] || fail "$1: expected '$2', got '$3'"; }

sum() { sha256sum "$1" | cut -d' ' -f1; }

# mkimg TYPE FILE SIZE [OPTION...]: an empty file system, made by the format's own tool
mkimg() {
	local type=$1 file=$2 size=$3
	shift 3
	rm -f "$file"
	truncate -s "$size" "$file"
	case $type in
	ext[234]) run "mkfs.$type" -q -F "$@" "$file" ;;
	xfs | btrfs) run "mkfs.$type" -q -f "$@" "$file" ;;
	vfat) run mkfs.fat "$@" "$file" ;;
	exfat) run mkfs.exfat "$@" "$file" ;;
	*) fail "mkimg: no type $type" ;;
	esac
}

# fsck_clean TYPE FILE: the format's own checker finds nothing wrong
fsck_clean() {
	case $1 in
	ext[234]) run e2fsck -fn "$2" ;;
	xfs) run xfs_repair -n -f "$2" ;;
	btrfs) run btrfs check --check-data-csum "$2" ;;
	vfat) run fsck.fat -n "$2" ;;
	exfat) run fsck.exfat -n "$2" ;;
	*) fail "fsck_clean: no type $1" ;;
	esac
}

# need_tools TYPE: skip where the format's tools are not installed
need_tools() {
	local tools tool
	case $1 in
	ext[234]) tools="mkfs.$1 e2fsck" ;;
	xfs) tools="mkfs.xfs xfs_repair" ;;
	btrfs) tools="mkfs.btrfs btrfs" ;;
	vfat) tools="mkfs.fat fsck.fat" ;;
	exfat) tools="mkfs.exfat fsck.exfat" ;;
	iso9660) tools=genisoimage ;;
	squashfs) tools=mksquashfs ;;
	erofs) tools=mkfs.erofs ;;
	*) tools= ;;
	esac
	for tool in $tools; do
		command -v "$tool" >/dev/null || skip "not installed: $tool"
	done
}

# can_host_mount TYPE: root, loop devices, and the host's kernel has the driver
can_host_mount() {
	as_root && [ -e /dev/loop-control ] && grep -qw "$1" /proc/filesystems
}

# host_mounted TYPE FILE COMMAND...: run COMMAND with the image mounted read-only on ./host-mount
host_mounted() {
	local type=$1 dev rc=0
	mkdir -p host-mount
	dev=$(losetup --find --show --read-only "$2")
	shift 2
	if mount -t "$type" -o ro "$dev" host-mount; then
		"$@" || rc=$?
		umount host-mount
	else
		rc=1
	fi
	losetup -d "$dev"
	return "$rc"
}

# put_tree IMAGE TREE: TREE becomes /tree of the image.  get_tree IMAGE OUT: and back.
put_tree() { run fsu_put "$1" "$2" /tree; }
get_tree() { run fsu_get "$1" /tree "$2"; }

# said FILE: what the kernel or the tool complained about, for a failure's text
said() { sed 's/^/    /' "$1"; }
