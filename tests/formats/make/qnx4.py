# SPDX-License-Identifier: GPL-2.0-or-later
"""
qnx4, the file system of QNX 4.  Layout: <linux/qnx4_fs.h>, <linux/qnxtypes.h>.

Blocks of 512 bytes, counted from 1 on the medium.  A directory's entries are the inodes themselves,
with a short name, or long names that lead to an inode in the file .inodes.  More than one extent of
a file are in extent blocks.
"""
import struct

from image import Blocks, Image, Node, bitmap, bits, must_equal

BLOCK, ENTRY, SHORT = 512, 64, 16
USED, LINK = 0x01, 0x08
TOTAL = 8192
FIRST = 4               # blocks of a file's first extent: larger ones need extent blocks
ROOT_BLOCK, SIGNATURE, PER_XBLK = 1, b"IamXblk\0", 60
INODE = "<16sIIIIIIIIHHHHH4sBB"


def store(img, data):
    """first extent (block from 1, length), first extent block, number of extents"""
    first, count = img.store(data)
    if count <= FIRST:
        return first + 1, count, 0, 1
    rest = [(at + 1, min(2, first + count - at)) for at in range(first + FIRST, first + count, 2)]
    chunks = [rest[at:at + PER_XBLK] for at in range(0, len(rest), PER_XBLK)]
    place = img.take(len(chunks))
    for n, chunk in enumerate(chunks):
        block = struct.pack("<IIB3xI", place + n + 2 if n + 1 < len(chunks) else 0,
                            place + n if n else 0, len(chunk), sum(c for _, c in chunk))
        block += b"".join(struct.pack("<II", *x) for x in chunk).ljust(PER_XBLK * 8, b"\0")
        img.put(place + n, block + SIGNATURE + struct.pack("<II", *chunk[0]))
    return first + 1, FIRST, place + 1, 1 + len(rest)


def inode(name, mode, size, extent, node):
    first, count, xblk, number = extent
    return struct.pack(INODE, name, size, first, count, xblk, *[node.mtime] * 4, number, mode,
                       node.uid & 0xffff, node.gid & 0xffff, node.links(), b"", 0, USED)


class Maker:
    def __init__(self):
        self.img = Image(BLOCK, TOTAL, 2)
        self.map = self.img.take(TOTAL // 8 // BLOCK)
        self.long = self.img.take(8)            # .inodes
        self.longs = 0

    def entry(self, node):
        """The entry of a node in its directory; a long name's inode goes to .inodes."""
        if node.is_dir():
            data = b"".join(self.entry(c) for c in node.children)
            size = max(len(data), ENTRY)
            data = data.ljust(BLOCK, b"\0")
        else:
            data, size = node.data, len(node.data)
        raw = inode(node.name[:SHORT], node.mode, size, store(self.img, data), node)
        if len(node.name) <= SHORT:
            return raw
        block, index = self.long + self.longs // 8, self.longs % 8
        self.longs += 1
        self.img.put(block, raw, index * ENTRY)
        return struct.pack("<48sIB10xB", node.name, block + 1, index, LINK)

    def root(self, tree):
        entries = b"".join(self.entry(c) for c in tree.children)
        special = [(b".bitmap", TOTAL // 8, (self.map + 1, TOTAL // 8 // BLOCK, 0, 1)),
                   (b".inodes", 8 * BLOCK, (self.long + 1, 8, 0, 1))]
        file = Node(b"", 0o100400, times=tree.mtime)
        entries = b"".join(inode(n, file.mode, size, x, file) for n, size, x in special) + entries
        place = store(self.img, entries)
        self.img.put(ROOT_BLOCK, inode(b"/", tree.mode, len(entries), place, tree))
        self.img.put(self.map, bitmap(range(self.img.next), TOTAL // 8))


def make(tree, _flavour):
    maker = Maker()
    maker.root(tree)
    return maker.img.bytes


class Reader:
    def __init__(self, image):
        self.blocks = Blocks(image, BLOCK)
        self.blocks.claim("boot and root", 0, 2)
        self.marked = None

    def content(self, what, size, first, count, xblk, number):
        data = self.blocks.take(what, first - 1, count)
        found = 1
        while xblk:
            raw = self.blocks.take(f"extents of {what}", xblk - 1)
            xblk, _, here, _ = struct.unpack("<IIB3xI", raw[:16])
            must_equal(f"{what}: signature", raw[496:504], SIGNATURE)
            for block, length in list(struct.iter_unpack("<II", raw[16:496]))[:here]:
                data += self.blocks.take(what, block - 1, length)
            found += here
        must_equal(f"{what}: extents", number, found)
        return data[:size]

    def node(self, raw, name=None, parent=None):
        short, size, first, count, xblk, _, mtime, _, _, number, mode, uid, gid, _, _, _, _ = \
            struct.unpack(INODE, raw)
        name = short.rstrip(b"\0") if name is None else name
        data = self.content(name, size, first, count, xblk, number)
        node = Node(name, mode, b"" if mode >> 12 == 4 else data, mtime, (uid, gid), parent)
        for at in range(0, len(data) if node.is_dir() else 0, ENTRY):
            child = self.entry(data[at:at + ENTRY], node)
            if child and child.name == b".bitmap":
                self.marked = bits(child.data, len(child.data) * 8)
            elif child and child.name != b".inodes":
                node.children.append(child)
        return node

    def entry(self, raw, parent):
        if raw[0] == 0:
            return None
        if not raw[63] & LINK:
            return self.node(raw, parent=parent)
        name, block, index = struct.unpack("<48sIB", raw[:53])
        return self.node(self.blocks.get(block - 1)[index * ENTRY:][:ENTRY], name.rstrip(b"\0"),
                         parent)


def read(image, _flavour):
    reader = Reader(image)
    tree = reader.node(reader.blocks.get(ROOT_BLOCK)[:ENTRY], b"")
    must_equal("blocks in use", sorted(reader.marked), sorted(reader.blocks.owner))
    return tree
