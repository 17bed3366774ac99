#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# fsu_rm -r removes all of a tree also where a driver lists some names twice and leaves others out,
# which show only when the folder is read again.
# shellcheck disable=SC2086  # options and operands are lists of words
. "$(dirname "$0")/common.bash"
need mkfs.ext4 e2fsck cc
img=$dir/disk.img
make_image ext4 "$img" 32M
cat >"$dir/lists.c" <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>
#include <rump/ukfs.h>
static unsigned int opened;
struct ukfs_dir *ukfs_opendirat(struct ukfs *u, int fd, const char *path)
{
	struct ukfs_dir *(*open)(struct ukfs *, int, const char *) =
		dlsym(RTLD_NEXT, "ukfs_opendirat");
	opened++;
	return open(u, fd, path);
}
struct ukfs_dirent *ukfs_readdir(struct ukfs_dir *dir)
{
	struct ukfs_dirent *(*next)(struct ukfs_dir *) = dlsym(RTLD_NEXT, "ukfs_readdir");
	static struct ukfs_dirent *last;
	static unsigned int given;
	if (last && ++given % 5 == 0 && last->d_name[0] != '.')
		return last;
	do
		last = next(dir);
	while (last && last->d_name[0] != '.' &&
	       (last->d_name[strlen(last->d_name) - 1] + opened) % 3 == 0);
	return last;
}
END
cc -shared -fPIC -I"$top/include" -o "$dir/lists.so" "$dir/lists.c" || exit 1
mkdir -p "$dir"/t/{a,b,c,d}/{x,y,z}; touch "$dir"/t/{a,b,c,d}/{x,y,z}/{0..9}{0..9} "$dir"/t/{1..9}
fsu put "$img" "$dir/t" /t || fail "put"
LD_PRELOAD=$dir/lists.so fsu find "$img" /t/a/x >"$dir/listed"
[ "$(sort "$dir/listed" | uniq -d | wc -l)" -gt 5 ] &&
	[ "$(sort -u "$dir/listed" | wc -l)" -lt 90 ] ||
	fail "the listing is as it should be: $(wc -l <"$dir/listed") lines"
LD_PRELOAD=$dir/lists.so expect 0 '' fsu rm "$img" -rv /t
[ ! -s "$dir/err" ] || fail "it says: $(head -3 "$dir/err")"
[ "$(sort "$dir/out" | uniq -d)" = "" ] && [ "$(wc -l <"$dir/out")" = 1226 ] ||
	fail "removed: $(wc -l <"$dir/out") lines"
expect 2 'No such file' fsu ls "$img" /t
# what cannot be removed is tried twice, not for ever
fsu mkdir "$img" -p /k/a/b; fsu write "$img" /k/a/b/f </dev/null
fsu chattr "$img" +i /k/a/b/f || fail "chattr"
expect 1 'cannot remove /k/a/b/f: Operation not permitted' fsu rm "$img" -r /k
[ "$(wc -l <"$dir/err")" = 1 ] || fail "not one sentence: $(cat "$dir/err")"

# deeper than there are directories open at a time, files behind the subdirectory at each level
deep=$(printf '/m%.0s' {1..400})
mkdir -p "$dir/deep$deep"
at=$dir/deep; for i in {1..400}; do at+=/m; echo "$i" >"$at/z"; done
fsu put "$img" "$dir/deep" /deep || fail "put of a deep tree"
for args in "-name z" "-size 1 -name z" "-type f"; do
	[ "$(fsu find "$img" deep $args | wc -l)" = 400 ] || fail "find $args in a deep tree"
done
cmp <(fsu find "$img" deep | sort) <(cd "$dir" && find deep | sort) || fail "find of a deep tree"
fsu chmod "$img" -R 600 /deep && [ "$(fsu find "$img" deep -perm 600 | wc -l)" = 801 ] ||
	fail "chmod of a deep tree"
expect 0 '' fsu rm "$img" -r /deep
expect 2 'No such file' fsu ls "$img" /deep
check_image ext4 "$img"
finish
