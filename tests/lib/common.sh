# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the shell tests share: images by the formats' own tools, their checkers, the host's mount,
# and short ways to say what is expected.  Sourced first by every shell test.
set -eu -o pipefail

# shellcheck disable=SC2034  # LIB and KERNEL are for the tests
LIB=$RUMP_TEST_LIB
KERNEL_TREE=
for dir in "$RUMP_BUILD"/linux-*/linux-source-*/; do	# the newest of them
	[ ! -d "$dir" ] || KERNEL_TREE=${dir%/}
done
# shellcheck disable=SC2034
KERNEL=${RUMP_KERNEL:-${KERNEL_TREE##*-}}	# the one that runs

# shellcheck disable=SC2034	# for the tests
QUICK=${RUMP_TEST_QUICK:-}	# few rounds
PATIENCE=240	# seconds after which something hangs, however busy the machine is

fail() { printf '%s\n' "FAILED: $*"; exit 1; }
skip() { printf '%s\n' "$*"; exit 77; }
as_root() { [ "$(id -u)" = 0 ]; }

# run COMMAND...: it must succeed; what it says is shown when it does not
run() {
	"$@" >run.log 2>&1 || { local rc=$?; cat run.log; fail "exit code $rc: $*"; }
}

# equal WHAT EXPECTED GOT
equal() { [ "$2" = "$3" ] || fail "$1: expected '$2', got '$3'"; }

# wait_until COMMAND...: until it succeeds
wait_until() {
	local looks
	for ((looks = 0; looks < PATIENCE * 20; looks++)); do
		! "$@" || return 0
		sleep 0.05
	done
	fail "not within $PATIENCE s: $*"
}

# has_lines NUMBER FILE: so many, at least
has_lines() { [ "$(wc -l 2>/dev/null <"$2" || echo 0)" -ge "$1" ]; }

# sum FILE: whether it was changed; 40 times as fast as sha256sum
sum() { cksum <"$1"; }

# refuses PATTERN COMMAND...: it fails, with one line that has PATTERN
refuses() {
	local pattern=$1
	shift
	! "$@" >refused.log 2>&1 || fail "was not refused: $*"
	grep -qE "$pattern" refused.log && [ "$(wc -l <refused.log)" = 1 ] ||
		fail "not one line with '$pattern': $*: $(cat refused.log)"
}

# table TYPE KEY: a field of the table of file systems
table() { "$RUMP_TOP/scripts/fs-table" get "$1" "$2"; }

# lost TYPE: what cmptree need not look at, as the format lacks it: ",mode,owner", or nothing
lost() {
	local aspect lacks
	lacks=$(table "$1" lacks | tr '\n' ',')
	for aspect in mode owner xattr links holes; do
		case ,$lacks in *,$aspect,*) printf ',%s' "$aspect" ;; esac
	done
}

# on_image FILE COMMAND [OPTION...]: a command in the table's form on the file, by the folder "tree"
# if it wants one
on_image() {
	local file=$1 words
	read -ra words <<<"$2"
	shift 2
	words=("${words[@]/#IMG/$file}")
	words=("${words[@]/#TREE/tree}")
	run "${words[@]}" "$@"
}

# tool TYPE mkfs|check FILE [OPTION...]: the table's command; options count more than its own
tool() {
	local command
	command=$(table "$1" "$2")
	[ -n "$command" ] || fail "the table has no $2 for $1"
	on_image "$3" "$command" "${@:4}"
}

# mkimg TYPE FILE SIZE [OPTION...]: an empty file system, made by the format's own tool
mkimg() {
	local type=$1 file=$2 size=$3
	shift 3
	rm -f "$file"
	truncate -s "$size" "$file"
	tool "$type" mkfs "$file" "$@"
}

# fsck_clean TYPE FILE: the format's own checker finds nothing wrong
fsck_clean() { tool "$1" check "$2"; }

# need_tools TYPE: skip where the format's tools are not installed
need_tools() {
	local program
	for program in $(table "$1" mkfs | cut -d' ' -f1) $(table "$1" check | cut -d' ' -f1); do
		command -v "$program" >/dev/null || skip "not installed: $program"
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
