#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""dump.py DIR START: everything about each file of a tree, one line each.

A time since START is "now": two runs of a command do not happen in the same second.
"""
import fcntl, hashlib, os, stat, struct, sys

GETFLAGS = 0x80086601
INDEX_FL = 0x1000           # ext4 turns it on by itself


def flags(path, st):
    if not (stat.S_ISREG(st.st_mode) or stat.S_ISDIR(st.st_mode)):
        return 0
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        return struct.unpack("i", fcntl.ioctl(fd, GETFLAGS, b"\0" * 4))[0] & ~INDEX_FL
    except OSError:
        return 0
    finally:
        os.close(fd)


def content(path, st):
    if stat.S_ISLNK(st.st_mode):
        return os.readlink(path)
    if not stat.S_ISREG(st.st_mode):
        return ""
    h = hashlib.sha256()
    with open(path, "rb") as f:
        while chunk := f.read(1 << 20):
            h.update(chunk)
    holes = st.st_blocks * 512 < st.st_size and st.st_size > 65536
    return h.hexdigest()[:16] + (" holes" if holes else "")


def main():
    top, start = os.fsencode(sys.argv[1]), int(sys.argv[2])
    when = lambda ns: "now" if ns >= start * 10**9 else str(ns)
    inodes = {}
    for folder, dirs, files in os.walk(top):
        dirs.sort()
        for name in sorted(dirs + files + ([b"."] if folder == top else [])):
            path = os.path.join(folder, name)
            if path == os.path.join(top, b"lost+found"):
                continue
            st = os.lstat(path)
            first = inodes.setdefault((st.st_dev, st.st_ino), path[len(top):])
            xattrs = {n: os.getxattr(path, n, follow_symlinks=False)
                      for n in os.listxattr(path, follow_symlinks=False)
                      if not n.startswith(("btrfs.", "trusted.SGI_ACL"))}
            print(path[len(top):], oct(st.st_mode), st.st_uid, st.st_gid,
                  0 if stat.S_ISDIR(st.st_mode) else st.st_size, 0 if stat.S_ISDIR(st.st_mode)
                  else st.st_nlink, st.st_rdev, "m", when(st.st_mtime_ns), "a",
                  when(st.st_atime_ns), hex(flags(path, st)), sorted(xattrs.items()),
                  content(path, st), "same as %r" % first if not stat.S_ISDIR(st.st_mode) else "")


main()
