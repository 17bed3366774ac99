#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Make a tree with everything odd in it, and compare two trees in all that a copy has to keep.

tree.py make DIR COUNT [no-root]        COUNT: files of the large directory
tree.py compare A B [WHAT...]           WHAT: no-atime, no-owners, no-holes, no-xattrs; prints
                                        what was compared
"""
import errno, hashlib, os, socket, stat, sys

DEEP = 45


def write(path, data=b"", at=None):
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644, dir_fd=at)
    os.write(fd, data)
    os.close(fd)


def make_names():
    """A file for each byte that a name can have, and long names."""
    os.mkdir("names")
    os.chdir("names")
    for byte in range(1, 256):
        if byte != ord("/"):
            write(b"n" + bytes([byte]) + b"x", bytes([byte]))
    for name in (b"-rf", b"--", b"...", b" ", b"*", b"\\", b"'", b'"', b"\n", b"\xff\xfe", b"~"):
        write(name, name)
    write("L" * 255, b"long")
    os.mkdir("D" * 255)
    write("D" * 255 + "/" + "M" * 255, b"longer")
    os.chdir("..")


def make_deep():
    """A path of more than PATH_MAX bytes."""
    at = os.open(".", os.O_RDONLY)
    for level in range(DEEP):
        name = "%03d" % level + "d" * 100
        os.mkdir(name, dir_fd=at)
        new = os.open(name, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = new
    write("bottom", b"made it", at)
    os.link("bottom", "bottom2", src_dir_fd=at, dst_dir_fd=at)
    os.symlink("bottom", "bottomlink", dir_fd=at)
    os.mkfifo("bottomfifo", dir_fd=at)
    os.close(at)


def make_files():
    os.mkdir("files")
    os.chdir("files")
    for size in (0, 1, 4095, 4096, 4097, 65535, 65536, 65537, 1 << 20, (1 << 20) + 1, 3333333):
        write("size%d" % size, os.urandom(size))
    for name, size, pieces in (("hole", 10 << 20, ()), ("middle", 10 << 20, (5 << 20,)),
                               ("begin", 8 << 20, (0,)), ("end", 4 << 20, ((4 << 20) - 4096,)),
                               ("many", 32 << 20, range(0, 32 << 20, 1 << 20)), ("tiny", 5000, ())):
        fd = os.open(name, os.O_WRONLY | os.O_CREAT)
        os.ftruncate(fd, size)
        for off in pieces:
            os.pwrite(fd, os.urandom(4096), off)
        os.close(fd)
    os.chdir("..")


def make_links(root):
    os.mkdir("links")
    os.chdir("links")
    write("one", b"linked")
    os.mkdir("sub")
    os.link("one", "two")
    os.link("one", "sub/three")
    for target in ("one", "nowhere", "/etc/passwd", "sub", ".", "x" * 1000, "a b\nc",
                   "../links/one"):
        os.symlink(target, "to" + str(len(os.listdir("."))))
    os.link("to3", "symlink2", follow_symlinks=False)
    os.mkfifo("fifo", 0o620)
    sock = socket.socket(socket.AF_UNIX)
    sock.bind("socket")
    sock.close()
    if root:
        os.mknod("null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        os.mknod("disk", 0o640 | stat.S_IFBLK, os.makedev(259, 262143))
        os.link("null", "null2")
        os.lchown("fifo", 5, 6)
    os.chdir("..")


def make_attributes(root):
    os.mkdir("attr")
    os.chdir("attr")
    for mode in (0, 0o400, 0o644, 0o755, 0o4755, 0o2755, 0o6711, 0o1644, 0o7777, 0o421):
        write("m%o" % mode, b"x")
        os.mkdir("d%o" % mode)
        if root:
            os.chown("m%o" % mode, 1000 + mode, 2000 + mode)
            os.chown("d%o" % mode, 3000 + mode, 4000 + mode)
            os.chmod("m%o" % mode, mode)
            os.chmod("d%o" % mode, mode)
        else:
            os.chmod("m%o" % mode, mode & 0o777 | 0o400)
            os.chmod("d%o" % mode, mode & 0o777 | 0o700)
    os.symlink("m644", "link")
    if root:
        os.lchown("link", 77, 88)
        os.chown("m644", 4000000000, 65534)
    for n, ns in enumerate((1, 999999999, 1234567890123456789, 2**31 * 10**9 - 1, -1,
                            -123456789012345678)):
        write("t%d" % n)
        os.utime("t%d" % n, ns=(ns + 5, ns))
        os.mkdir("td%d" % n)
        write("td%d/file" % n)
        os.utime("td%d" % n, ns=(ns + 7, ns))
    os.symlink("t0", "tlink")
    os.utime("tlink", ns=(111222333444, 555666777888), follow_symlinks=False)
    write("x")
    os.mkdir("xd")
    for path in ("x", "xd"):
        for name, value in (("user.empty", b""), ("user.a", b"value"),
                            ("user.binary", bytes(range(256))),
                            ("user.big", b"v" * 1500)):
            try:
                os.setxattr(path, name, value)
            except OSError as e:
                if e.errno not in (errno.EOPNOTSUPP, errno.ENOSPC):
                    raise
    if root:
        os.setxattr("x", "trusted.t", b"trust")
        os.setxattr("tlink", "trusted.link", b"on a link", follow_symlinks=False)
        write("cap")
        os.chown("cap", 9, 9)
        os.setxattr("cap", "security.capability",
                    bytes.fromhex("0100000200200000000000000000000000000000"))
    if os.system("command -v setfacl >/dev/null") == 0:
        write("acl")
        os.mkdir("acld")
        os.system("setfacl -m u:1:rw,g:2:r,m:rw acl; setfacl -m u:3:rwx -dm u:4:rx acld; "
                  "mkdir acld/inherits; echo x >acld/file")
    os.chdir("..")


def make(top, count, root):
    os.mkdir(top)
    os.chdir(top)
    make_names()
    make_deep()
    make_files()
    make_links(root)
    make_attributes(root)
    os.mkdir("empty")
    os.mkdir("large")
    for n in range(count):
        write("large/entry-%06d" % n, b"%d" % n if n % 10 == 0 else b"")


def extents(fd, size):
    """Where the data is, in units of 4096 bytes; what is zero throughout counts as a hole."""
    found, off = [], 0
    while off < size:
        try:
            off = os.lseek(fd, off, os.SEEK_DATA)
        except OSError:
            break
        end = os.lseek(fd, off, os.SEEK_HOLE)
        found.append((off, end))
        off = end
    return found


class Compare:
    def __init__(self, options):
        self.options, self.count, self.bad = options, 0, 0
        self.inodes = {}

    def complain(self, path, what, a, b):
        self.bad += 1
        if self.bad <= 20:
            print("DIFFERS: %r: %s: %r, %r" % (path[-200:], what, a, b))

    def check(self, path, what, a, b):
        if a != b:
            self.complain(path, what, a, b)

    def xattrs(self, at, name, st):
        path = b"/proc/self/fd/%d/%s" % (at, name)
        names = os.listxattr(path, follow_symlinks=False)
        return {n: os.getxattr(path, n, follow_symlinks=False)
                for n in names if not n.startswith(("btrfs.", "trusted.SGI_ACL"))}

    def content(self, path, a, b, name, size):
        fds = [os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=at) for at in (a, b)]
        maps = [extents(fd, size) for fd in fds]
        if "no-holes" not in self.options:
            for x, y in (maps, maps[::-1]):
                data = sum(end - off for off, end in x), sum(end - off for off, end in y)
                if size >= 1 << 20 and data[0] > data[1] + (256 << 10):
                    self.complain(path, "data bytes", *data)
        sums = []
        for fd in fds:
            h = hashlib.sha256()
            os.lseek(fd, 0, os.SEEK_SET)
            while chunk := os.read(fd, 1 << 20):
                h.update(chunk)
            sums.append(h.hexdigest())
            os.close(fd)
        self.check(path, "content", *sums)

    def object(self, path, a, b, name):
        self.count += 1
        x, y = (os.stat(name, dir_fd=at, follow_symlinks=False) for at in (a, b))
        self.check(path, "mode", oct(x.st_mode), oct(y.st_mode))
        if "no-owners" not in self.options:
            self.check(path, "owner", (x.st_uid, x.st_gid), (y.st_uid, y.st_gid))
        self.check(path, "mtime", x.st_mtime_ns, y.st_mtime_ns)
        if "no-atime" not in self.options:
            self.check(path, "atime", x.st_atime_ns, y.st_atime_ns)
        if "no-xattrs" not in self.options:
            self.check(path, "xattrs", self.xattrs(a, name, x), self.xattrs(b, name, y))
        if stat.S_ISDIR(x.st_mode) and stat.S_ISDIR(y.st_mode):
            return True
        self.check(path, "links", x.st_nlink, y.st_nlink)
        if x.st_nlink > 1:
            self.check(path, "linked to", self.inodes.setdefault((0, x.st_ino), path),
                       self.inodes.setdefault((1, y.st_ino), path))
        self.check(path, "size", x.st_size, y.st_size)
        self.check(path, "device", x.st_rdev, y.st_rdev)
        if stat.S_ISREG(x.st_mode) and stat.S_ISREG(y.st_mode):
            self.content(path, a, b, name, x.st_size)
        elif stat.S_ISLNK(x.st_mode) and stat.S_ISLNK(y.st_mode):
            self.check(path, "target", os.readlink(name, dir_fd=a), os.readlink(name, dir_fd=b))
        return False

    def trees(self, a, b):
        stack = [(os.open(a, os.O_RDONLY), os.open(b, os.O_RDONLY), b"")]
        while stack:
            a, b, path = stack.pop()
            names = [sorted(os.fsencode(n) for n in os.listdir(fd)) for fd in (a, b)]
            if names[0] != names[1]:
                self.complain(path, "names", sorted(set(names[0]) - set(names[1]))[:5],
                              sorted(set(names[1]) - set(names[0]))[:5])
            for name in sorted(set(names[0]) & set(names[1])):
                if self.object(path + b"/" + name, a, b, name):
                    stack.append((os.open(name, os.O_RDONLY, dir_fd=a),
                                  os.open(name, os.O_RDONLY, dir_fd=b), path + b"/" + name))
            os.close(a)
            os.close(b)


def main():
    if sys.argv[1] == "make":
        make(sys.argv[2], int(sys.argv[3]), "no-root" not in sys.argv)
        return 0
    c = Compare(sys.argv[4:])
    top = [os.stat(p) for p in sys.argv[2:4]]
    c.check(b".", "mode", *(oct(st.st_mode) for st in top))
    c.check(b".", "mtime", *(st.st_mtime_ns for st in top))
    c.trees(sys.argv[2], sys.argv[3])
    print("%d objects compared, %d differences" % (c.count, c.bad))
    return 1 if c.bad else 0


sys.exit(main())
