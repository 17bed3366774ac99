#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# mount.rump hands to the server what is the server's, swallows what is mount(8)'s, and chooses the
# server by the type; the server here only writes down its arguments.
# run-as: both
. "$RUMP_TEST_LIB/common.sh"

mkdir bin
cp "$RUMP_BUILD/bin/mount.rump" bin
cat >bin/rump_ext4 <<'SH'
#!/bin/sh
{ printf '%s' "${0##*/}"; printf '|%s' "$@"; echo; } >"$CALLED"
exit "${SERVER_EXIT:-0}"
SH
chmod +x bin/rump_ext4
ln -s rump_ext4 bin/rump_fs
ln -s rump_ext4 bin/rump_vfat
export CALLED=$PWD/called
PATH=$PWD/bin:/usr/bin:/bin		# without the build tree's servers

# calls EXPECTED ARGUMENT...
calls() {
	local expected=$1
	shift
	rm -f called
	"${PROGRAM:-bin/mount.rump}" "$@" >out 2>err || fail "exit code $?: $*: $(cat err)"
	equal "mount.rump $*" "$expected" "$(cat called 2>/dev/null)"
}

# refused CODE WORDS ARGUMENT...
refused() {
	local code=$1 pattern=$2 rc=0
	shift 2
	rm -f called
	bin/mount.rump "$@" >out 2>err || rc=$?
	equal "exit code of mount.rump $*" "$code" "$rc"
	grep -qe "$pattern" err || fail "mount.rump $*: does not say '$pattern': $(cat err)"
	[ ! -e called ] || fail "mount.rump $*: the server was started"
}

# types
calls 'rump_ext4|i|d' i d -t rump.ext4
calls 'rump_ext4|i|d' i d -t fuse.rump.ext4
calls 'rump_vfat|i|d' -t rump.vfat i d
calls 'rump_fs|i|d' i d
calls 'rump_fs|i|d' i d -t rump
calls 'rump_fs|i|d' i d -t auto
ln -s mount.rump bin/mount.rump.ext4
PROGRAM=bin/mount.rump.ext4 calls 'rump_ext4|i|d' i d

# options
calls 'rump_fs|-o|ro,noload|i|d' i d -o ro,noload
calls 'rump_fs|-o|ro,noload|i|d' i d -o ro -o noload
calls 'rump_fs|-o|ro,nosuid,nodev,noexec|i|d' i d -o ro,user,nosuid,nodev,noexec
calls 'rump_fs|i|d' i d -o user,user=me,nouser,users,nousers,owner,noowner,group,nogroup
calls 'rump_fs|i|d' i d -o auto,noauto,nofail,_netdev,defaults,loop,loop=/dev/loop0
calls 'rump_fs|-o|rw|i|d' i d -o \
	'x-systemd.requires=a,rw,X-mount.mkdir,comment=a b,uhelper=rump,helper=rump,x-'
calls 'rump_fs|-o|username=a,users2,nofailx,x,userx,grpid|i|d' i d -o \
	username=a,users2,nofailx,x,userx,grpid
calls 'rump_fs|-o|context="a,user,b",ro|i|d' i d -o 'context="a,user,b",users,ro'
calls 'rump_fs|-o|ro|i|d' i d -o ,,ro,,
calls 'rump_fs|-o|fmask=0133,iocharset=utf8|/dev/x y|/mnt/a b' '/dev/x y' '/mnt/a b' \
	-o fmask=0133,iocharset=utf8

# helper flags
calls 'rump_ext4|-o|rw|i|d' i d -s -n -v -o rw -t rump.ext4
grep -q "rump_ext4 -o rw i d" out || fail "-v does not show the command"
calls '' i d -f -v -o rw -t rump.ext4

# exit codes: the server's, or mount(8)'s
rc=0
SERVER_EXIT=17 bin/mount.rump i d || rc=$?
equal "exit code of the server" 17 "$rc"
refused 1 'two operands' i
refused 1 'two operands'
refused 1 'two operands' i d e
refused 1 'invalid option' i d -x
refused 1 'option context="a,ro has no end' i d -o 'rw,context="a,ro'
refused 1 "'../x' is not a file system type" i d -t rump.../x
refused 1 'is not a file system type' i d -t rump.
refused 32 'there is no rump_nosuch' i d -t rump.nosuch
refused 32 'there is no rump_nosuch' i d -f -t rump.nosuch
refused 2 'cannot enter the mount namespace' i d -N /nowhere

# the server is found beside mount.rump, then in PATH
mkdir other
mv bin/rump_vfat bin/rump_ext4 bin/rump_fs other
refused 32 'there is no rump_fs' i d
PATH=$PWD/other:$PATH
calls 'rump_vfat|i|d' i d -t rump.vfat

# mount.TYPE: with the option rump here, else back to mount(8); so are remounts
cat >other/mount <<'SH'
#!/bin/sh
{ printf '%s' mount; printf '|%s' "$@"; echo; } >"$CALLED"
SH
chmod +x other/mount
cp bin/mount.rump bin/mount.vfat
PROGRAM=bin/mount.vfat calls 'rump_vfat|-o|ro|i|d' i d -o ro,rump,noauto
if as_root; then
	PROGRAM=bin/mount.vfat calls 'mount|-i|-t|vfat|-o|ro|i|d' i d -o ro,noauto
	PROGRAM=bin/mount.vfat calls 'mount|-i|-f|-t|vfat|i|d' i d -f
	calls 'mount|-i|-o|remount,ro|i|d' i d -t rump.vfat -o remount,ro,user
else
	# mount(8) takes an ordinary user's directory, and fstab's word for the rest
	PROGRAM=bin/mount.vfat calls 'mount|-i|d' i d -o ro,noauto
fi
