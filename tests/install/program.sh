#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What `make install` puts into a folder is complete: a program compiles against it with pkg-config
# and runs, the tools run, the manual pages are there, no file names the build folder.
# run-as: self
# alone: yes
# timeout: 900
# needs: gcc pkg-config mkfs.ext4 make
. "$RUMP_TEST_LIB/common.sh"

run make -C "$RUMP_CHECKOUT" DESTDIR="$PWD/root" PREFIX=/usr install
unset LD_LIBRARY_PATH
libdir=$(dirname "$(find root -name 'libukfs.so' | head -n 1)")
[ -e "$libdir/libukfs.so" ] || fail "no libukfs.so was installed"
export PKG_CONFIG_SYSROOT_DIR=$PWD/root
PKG_CONFIG_PATH=$(find "$PWD/root" -type d -name pkgconfig | head -n 1)
export PKG_CONFIG_PATH
[ -n "$PKG_CONFIG_PATH" ] || fail "no pkg-config file was installed"
for package in libukfs libp2k rump; do
	pkg-config --exists --print-errors "$package" || fail "pkg-config does not know $package"
done

cat >list.c <<'C'
#include <stdio.h>
#include <rump/ukfs.h>

int main(int argc, char **argv)
{
	struct ukfs *u = ukfs_mount(NULL, argv[1], NULL, UKFS_RDONLY, NULL, 0);
	struct ukfs_dirent *e;
	struct ukfs_dir *d;

	if (argc != 2 || !u || !(d = ukfs_opendir(u, "/"))) {
		fprintf(stderr, "%s\n", ukfs_errmsg());
		return 1;
	}
	while ((e = ukfs_readdir(d)))
		puts(e->d_name);
	ukfs_closedir(d);
	return ukfs_release(u, 0) ? 1 : 0;
}
C
# shellcheck disable=SC2046
run gcc -Wall -Werror -o list list.c $(pkg-config --cflags --libs libukfs) \
	-Wl,-rpath-link,"$libdir"
mkimg ext4 disk.img 16M
export LD_LIBRARY_PATH=$PWD/$libdir
./list disk.img | grep -qx 'lost+found' || fail "the program does not list the image"
"$PWD/root/usr/bin/fsu_ls" disk.img / | grep -qx 'lost+found' || fail "the installed fsu_ls"
find root -path '*/man*/fsu_ls.1*' | grep -q . || fail "no manual page of fsu_ls"
find root -path '*/man3/ukfs.3*' | grep -q . || fail "no manual page ukfs(3)"
for file in sbin/mount.rump sbin/umount.fuse.rump usr/bin/rump_umount \
	usr/share/man/man8/rump_ext4.8 \
	usr/share/bash-completion/completions/fsu_ls usr/share/zsh/site-functions/_rump \
	usr/share/rump/systemd/rump-media; do
	[ -s "root/$file" ] || fail "$file was not installed"
done
grep -q '^ExecStart=/usr/bin/rump_fs ' root/usr/share/rump/systemd/rump-mount@.service ||
	fail "rump-mount@.service is for another prefix"
"$PWD/root/sbin/mount.rump" -fv disk.img /mnt -t rump.ext4 | grep -q /rump_ext4 ||
	fail "the installed mount.rump finds no server"
if grep -rlI "$RUMP_CHECKOUT" root >named; then
	fail "the build folder is named in: $(cat named)"
fi
find root -name '*.so*' -type f | while read -r path; do
	! readelf -d "$path" | grep -E 'R(UN)?PATH' | grep -vF '[$ORIGIN]' ||
		fail "$path has a run path"
done

# gone again, if there is an uninstall
if grep -q '^uninstall:' "$RUMP_TOP"/Makefile "$RUMP_TOP"/*/local.mk 2>/dev/null; then
	run make -C "$RUMP_CHECKOUT" DESTDIR="$PWD/root" PREFIX=/usr uninstall
	[ -z "$(find root ! -type d)" ] || fail "uninstall leaves: $(find root ! -type d)"
fi
