# SPDX-License-Identifier: GPL-2.0-or-later
"""
sysv, the file systems of System V Release 2 and 4, Xenix and Coherent; v7.py is V7's.  Layout:
<linux/sysv_fs.h>, Documentation/filesystems/sysv-fs.rst.

All have 64 byte inodes with ten direct blocks and three levels of indirect ones, directories of
16 byte entries, and a list of free blocks whose head is in the superblock.  They differ in the
superblock's form and in the order of bytes.
"""
import struct

from image import Blocks, Damaged, Image, Node, must, must_equal, same_sets

# The superblock's fields: name, type, how many.
HEAD = ["isize H", "fsize I", "nfree H", "free I 50", "ninode H", "inode H 100", "locks B 4"]
NAMES = ["fname 6s", "fpack 6s"]
PADDED = ["isize H", "x", "fsize I", "nfree H", "x", "free I 50", "ninode H", "x", "inode H 100",
          "locks B 4", "time I", "dinfo H 4", "tfree I", "tinode H", "x", *NAMES, "fill I 12"]


def cache(fields, count):
    return [f"free I {count}" if f.startswith("free") else f for f in fields]


STATE = ["state I", "magic I", "type I"]
V7_REST = ["time I", "tfree I", "tinode H", "m H", "n H", *NAMES]

# order of bytes, where the superblock is, block size, fields, what is fixed
FORMS = {
    "sysv4": ("<", 512, 1024, PADDED + STATE, {"magic": 0xFD187E20, "type": 2}),
    "sysv4-be": (">", 512, 1024, PADDED + STATE, {"magic": 0xFD187E20, "type": 2}),
    "sysv4-512": ("<", 512, 512, PADDED + STATE, {"magic": 0xFD187E20, "type": 1}),
    "sysv2": ("<", 512, 1024,
              HEAD + ["time I", "dinfo H 4", "tfree I", "tinode H", *NAMES, "fill I 14"]
              + STATE, {"magic": 0xFD187E20, "type": 2, "time": 0}),
    "xenix": ("<", 1024, 1024, cache(HEAD, 100) + ["time I", "tfree I", "tinode H", "dinfo H 4",
                                                   *NAMES,
              "clean B", "fill B 371", "magic I", "type I"],
              {"magic": 0x2B5544, "type": 2, "clean": 0x46}),
    "coherent": ("pdp", 512, 512, cache(HEAD, 64) + V7_REST,
                 {"fname": b"noname", "fpack": b"nopack"}),
    "v7": ("pdp", 512, 512, HEAD + V7_REST, {}),
    "v7-le": ("<", 512, 512, HEAD + V7_REST, {}),
}
FLAVOURS = ("sysv4", "sysv4-be", "sysv4-512", "sysv2", "xenix", "coherent")
TOTAL, INODES, ROOT, DIRECT = 4096, 512, 2, 10
WIDTH = {"H": 2, "I": 4, "B": 1, "6s": 6}


class Form:
    """One variant: how it writes numbers, where its fields are."""

    def __init__(self, flavour):
        self.name = flavour
        self.bytes, self.at, self.block, fields, self.fixed = FORMS[flavour]
        self.place, offset = {}, 0
        for field in fields:
            name, *rest = field.split()
            if not rest:                # padding
                offset += 2
                continue
            count = int(rest[1]) if len(rest) > 1 else 1
            self.place[name] = (offset, rest[0], count)
            offset += WIDTH[rest[0]] * count
        self.chunk = self.place["free"][2]
        self.chunk_at = 4 if flavour.startswith("sysv4") else 2

    def u16(self, *values):
        return struct.pack((">" if self.bytes == ">" else "<") + "H" * len(values), *values)

    def u32(self, *values):
        if self.bytes == "pdp":         # the high half first
            return b"".join(struct.pack("<HH", v >> 16, v & 0xffff) for v in values)
        return struct.pack(f"{self.bytes}{len(values)}I", *values)

    def get16(self, raw):
        return [h for (h,) in struct.iter_unpack((">" if self.bytes == ">" else "<") + "H", raw)]

    def get32(self, raw):
        if self.bytes == "pdp":
            return [high << 16 | low for high, low in struct.iter_unpack("<HH", raw)]
        return [v for (v,) in struct.iter_unpack(self.bytes + "I", raw)]

    def u24(self, value):
        if self.bytes == ">":
            return value.to_bytes(3, "big")
        if self.bytes == "<":
            return value.to_bytes(3, "little")
        return bytes([value >> 16]) + (value & 0xffff).to_bytes(2, "little")

    def get24(self, raw):
        if self.bytes == "pdp":
            return raw[0] << 16 | int.from_bytes(raw[1:], "little")
        return int.from_bytes(raw, "big" if self.bytes == ">" else "little")

    def set(self, sb, name, *values):
        offset, kind, _ = self.place[name]
        pack = {"H": self.u16, "I": self.u32, "B": lambda *v: bytes(v), "6s": lambda v: v}[kind]
        raw = pack(*values)
        sb[offset:offset + len(raw)] = raw

    def value(self, sb, name):
        offset, kind, count = self.place[name]
        raw = sb[offset:offset + WIDTH[kind] * count]
        if kind == "6s":
            return raw
        values = {"H": self.get16, "I": self.get32, "B": list}[kind](raw)
        return values if count > 1 else values[0]


def addresses(img, form, data):
    """13 addresses of a file's blocks, with as many indirect blocks as it needs."""
    first, count = img.store(data)
    level = list(range(first, first + count))
    found = (level[:DIRECT] + [0] * DIRECT)[:DIRECT]
    level = level[DIRECT:]
    per = img.size // 4
    for depth in (1, 2, 3):
        mine, level = level[:per ** depth], level[per ** depth:]
        for _ in range(depth if mine else 0):
            chunks = [mine[at:at + per] for at in range(0, len(mine), per)]
            mine = [img.store(form.u32(*c).ljust(img.size, b"\0"))[0] for c in chunks]
        found.append(mine[0] if mine else 0)
    return found


def directory(form, node):
    raw = b""
    for name, target in [(b".", node), (b"..", node.up())] + [(c.name, c) for c in node.children]:
        if len(name) > 14:
            raise ValueError(f"{name}: longer than 14 bytes")
        raw += form.u16(target.ino) + name.ljust(14, b"\0")
    return raw


def inode(form, node, size, blocks):
    return (form.u16(node.mode, node.links(), node.uid & 0xffff, node.gid & 0xffff) + form.u32(size)
            + b"".join(form.u24(b) for b in blocks) + b"\0" + form.u32(*[node.mtime] * 3))


def free_list(form, img, sb):
    """Free all blocks as the file systems do: a full list moves into the block that is freed."""
    has_end = form.name != "coherent"           # the end of the list is a block 0
    cached = [0] if has_end else []
    free = range(img.next, img.count)
    for block in reversed(free):
        if len(cached) in (0, form.chunk):
            raw = form.u16(len(cached)).ljust(form.chunk_at, b"\0") + form.u32(*cached)
            img.put(block, raw.ljust(img.size, b"\0"))
            cached = []
        cached.append(block)
    form.set(sb, "nfree", len(cached))
    form.set(sb, "free", *cached)
    form.set(sb, "tfree", len(free))


def make(tree, flavour):
    form = Form(flavour)
    inodes_at = 2 * form.block
    first_data = 2 + INODES * 64 // form.block
    img = Image(form.block, TOTAL, first_data)
    nodes = list(tree.walk())
    for ino, node in enumerate(nodes, ROOT):
        node.ino = ino
    for node in nodes:
        data = directory(form, node) if node.is_dir() else node.data
        raw = inode(form, node, len(data), addresses(img, form, data))
        img.put(0, raw, inodes_at + 64 * (node.ino - 1))
    sb = bytearray(1024 if flavour == "xenix" else 512)
    form.set(sb, "isize", first_data)
    form.set(sb, "fsize", TOTAL)
    form.set(sb, "ninode", 0)                   # the driver looks for free inodes itself
    form.set(sb, "tinode", INODES - ROOT + 1 - len(nodes))
    form.set(sb, "time", tree.mtime)
    free_list(form, img, sb)
    for name, value in form.fixed.items():
        form.set(sb, name, value)
    if "state" in form.place:
        clean = 0x7C269D38 - tree.mtime if flavour.startswith("sysv4") else 0xCB096F43
        form.set(sb, "state", clean)
    img.put(0, bytes(sb), form.at)
    return img.bytes


class Reader:
    def __init__(self, image, flavour):
        self.form = Form(flavour)
        self.blocks = Blocks(image, self.form.block)
        self.sb = image[self.form.at:]
        for name, value in self.form.fixed.items():
            must(name == "time" or self.form.value(self.sb, name) == value, f"no {flavour}: {name}")
        self.first = self.form.value(self.sb, "isize")
        self.total = self.form.value(self.sb, "fsize")
        self.found = {}

    def raw(self, ino):
        at = 2 * self.form.block + 64 * (ino - 1)
        return self.blocks.bytes[at:at + 64]

    def content(self, ino, raw, size):
        f, step = self.form, self.form.block
        left = -(-size // step)
        data = []

        def collect(block, depth):
            nonlocal left
            what = f"inode {ino}"
            if not depth:
                data.append(self.blocks.take(what, block) if block else b"\0" * step)
                left -= 1
                return
            below = f.get32(self.blocks.take(what, block)) if block else [0] * (step // 4)
            for b in below:
                if left > 0:
                    collect(b, depth - 1)
                else:
                    must_equal(f"{what}: blocks beyond its end", b, 0)

        for n in range(13):
            block = f.get24(raw[12 + 3 * n:15 + 3 * n])
            if left > 0:
                collect(block, max(0, n - DIRECT + 1))
            else:
                must_equal(f"inode {ino}: blocks beyond its end", block, 0)
        return b"".join(data)[:size]

    def node(self, ino, name=b"", parent=None):
        raw = self.raw(ino)
        mode, nlink, uid, gid = self.form.get16(raw[:8])
        (size,), (mtime,) = self.form.get32(raw[8:12]), self.form.get32(raw[56:60])
        if ino in self.found:
            node = Node(name, mode, self.found[ino][0].data, mtime, (uid, gid), parent)
            self.found[ino][1] += 1
            return node
        must(mode, f"{name}: inode {ino} is free")
        data = self.content(ino, raw, size)
        node = Node(name, mode, b"" if mode >> 12 == 4 else data, mtime, (uid, gid), parent)
        node.ino = ino
        self.found[ino] = [node, 1, nlink]
        for at in range(0, len(data) if node.is_dir() else 0, 16):
            (target,), child = self.form.get16(data[at:at + 2]), data[at + 2:at + 16].rstrip(b"\0")
            if child in (b".", b".."):
                must_equal(f"inode {ino}: the entry {child}", target,
                           ino if child == b"." or not parent else parent.ino)
            elif target:
                node.children.append(self.node(target, child, node))
        return node

    def free_blocks(self):
        """The list of free blocks."""
        f = self.form
        count, chunk = f.value(self.sb, "nfree"), f.value(self.sb, "free")
        found = set()
        while True:
            must(count <= f.chunk, f"a list of {count} free blocks")
            for block in chunk[1:count]:
                must(block not in found, f"block {block} is free twice")
                found.add(block)
            block = chunk[0] if count else 0
            if not block:
                return found
            must(block not in found and self.first <= block < self.total,
                 f"free list: block {block}")
            found.add(block)
            raw = self.blocks.get(block)
            (count,), chunk = f.get16(raw[:2]), f.get32(raw[f.chunk_at:f.chunk_at + 4 * f.chunk])


def read(image, flavour):
    reader = Reader(image, flavour)
    tree = reader.node(ROOT)
    for ino, (node, names, nlink) in reader.found.items():
        must_equal(f"inode {ino}: links", nlink, node.links() if node.is_dir() else names)
    free = reader.free_blocks()
    same_sets("blocks", set(range(reader.first, reader.total)) - free, set(reader.blocks.owner))
    must_equal("number of free blocks", reader.form.value(reader.sb, "tfree"), len(free))
    inodes = (reader.first - 2) * reader.form.block // 64
    unused = sum(reader.raw(i)[:4] == b"\0" * 4 for i in range(ROOT + 1, inodes + 1))
    must_equal("number of free inodes", reader.form.value(reader.sb, "tinode"), unused)
    if unused != inodes - ROOT + 1 - len(reader.found):
        raise Damaged("an inode is in use that no directory names")
    return tree
