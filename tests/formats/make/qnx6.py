# SPDX-License-Identifier: GPL-2.0-or-later
"""
qnx6, the Power-Safe file system of QNX 6.  Layout: Documentation/filesystems/qnx6.rst,
<linux/qnx6_fs.h>.

Two superblocks, the one with the larger serial number is valid.  Inodes, the bitmap and long names
are files, with a root in the superblock: sixteen pointers, all of the same number of levels.
"""
import struct

from image import Blocks, Image, Node, bitmap, bits, must, must_equal, same_sets

FLAVOURS = ("le", "be")
BLOCK, TOTAL, INODES = 1024, 4096, 512
BOOT, AREA, MAGIC, SHORT = 0x2000, 0x1000, 0x68191122, 27
OFFSET = (BOOT + AREA) // BLOCK         # what pointers are relative to
NONE, ROOT = 0xFFFFFFFF, 1
SUPER = "IIQIIIHH16sIIIIII"
ROOT_NODE = "Q16IBB6x"
INODE = "QIIIIIIHH16IBB2x24x"


def crc32_be(data):
    value = 0
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value >> 31 else 0)) & 0xffffffff
    return value


def name_sum(name):
    value = 0
    for byte in name:
        char = byte - 256 if byte > 127 else byte
        value = ((value >> 1) + char ^ (0x80000000 if value & 1 else 0)) & 0xffffffff
    return value


class Maker:
    def __init__(self, order):
        self.order = order
        self.img = Image(BLOCK, TOTAL + 2 * OFFSET, OFFSET)
        self.names = b""

    def store(self, data):
        """16 pointers and the number of levels above the data."""
        first, count = self.img.store(data)
        pointers, levels = [b - OFFSET for b in range(first, first + count)], 0
        while len(pointers) > 16:
            raw = struct.pack(f"{self.order}{len(pointers)}I", *pointers)
            raw += b"\xff" * (-len(raw) % BLOCK)
            first, count = self.img.store(raw)
            pointers, levels = [b - OFFSET for b in range(first, first + count)], levels + 1
        return pointers + [NONE] * (16 - len(pointers)), levels

    def entry(self, name, node):
        if len(name) <= SHORT:
            return struct.pack(self.order + "IB27s", node.ino, len(name), name)
        raw = struct.pack(self.order + "IB3xII16x", node.ino, 0xff, len(self.names) // BLOCK,
                          name_sum(name))
        self.names += (struct.pack(self.order + "H", len(name)) + name).ljust(BLOCK, b"\0")
        return raw

    def inode(self, node):
        data = node.data
        if node.is_dir():
            data = b"".join(self.entry(n, x) for n, x in [(b".", node), (b"..", node.up())]
                            + [(c.name, c) for c in node.children])
        pointers, levels = self.store(data)
        return struct.pack(self.order + INODE, len(data), node.uid, node.gid, *[node.mtime] * 4,
                           node.mode, node.links(), *pointers, levels, 1 if node.is_dir() else 3)

    def root_node(self, data):
        pointers, levels = self.store(data)
        return struct.pack(self.order + ROOT_NODE, len(data), *pointers, levels, 0)

    def superblock(self, serial, nodes, count, time):
        rest = struct.pack(self.order + SUPER, 0, 0, serial, time, time, 0, 3, 0, b"rump", BLOCK,
                           INODES, INODES - count, TOTAL, TOTAL + OFFSET - self.img.next, 0)
        rest = (rest + b"".join(nodes)).ljust(512, b"\0")[8:]
        return struct.pack(self.order + "II", MAGIC, crc32_be(rest)) + rest


def make(tree, flavour):
    maker = Maker("<" if flavour == "le" else ">")
    nodes = list(tree.walk())
    for ino, node in enumerate(nodes, ROOT):
        node.ino = ino
    inodes = b"".join(maker.inode(n) for n in nodes).ljust(INODES * 128, b"\0")
    inodes, names = maker.root_node(inodes), maker.root_node(maker.names)
    used = range(maker.img.next - OFFSET + TOTAL // 8 // BLOCK + 1)
    marks = maker.root_node(bitmap(used, TOTAL // 8).ljust(BLOCK, b"\0"))
    roots = [inodes, marks, names, bytes(len(names))]
    for serial, at in ((2, BOOT // BLOCK), (1, OFFSET + TOTAL)):
        maker.img.put(at, maker.superblock(serial, roots, len(nodes), tree.mtime))
    return maker.img.bytes


class Reader:
    def __init__(self, image, order):
        self.order = order
        self.blocks = Blocks(image, BLOCK)
        raw = max((self.superblock(at) for at in (BOOT // BLOCK, OFFSET + TOTAL)),
                  key=lambda sb: struct.unpack(order + "Q", sb[8:16]))
        fields = struct.unpack(order + SUPER, raw[:72])
        must_equal("block size", fields[9], BLOCK)
        self.total, self.free = fields[12:14]
        size = struct.calcsize("<" + ROOT_NODE)
        self.inodes, self.marks, self.names = (self.root_node(raw[72 + size * n:][:size])
                                               for n in range(3))

    def superblock(self, at):
        raw = self.blocks.get(at)[:512]
        magic, crc = struct.unpack(self.order + "II", raw[:8])
        must_equal("magic", magic, MAGIC)
        must_equal("checksum", crc, crc32_be(raw[8:]))
        return raw

    def content(self, what, size, pointers, levels):
        blocks = [p for p in pointers if p != NONE]
        for _ in range(levels):
            raw = b"".join(self.blocks.take(what, b + OFFSET) for b in blocks)
            blocks = [p for (p,) in struct.iter_unpack(self.order + "I", raw) if p != NONE]
        must_equal(f"{what}: blocks", len(blocks), -(-size // BLOCK))
        return b"".join(self.blocks.take(what, b + OFFSET) for b in blocks)[:size]

    def root_node(self, raw):
        size, *pointers, levels, _ = struct.unpack(self.order + ROOT_NODE, raw)
        return self.content("a system file", size, pointers, levels)

    def node(self, ino, name=b"", parent=None):
        size, uid, gid, _, mtime, _, _, mode, nlink, *pointers, levels, _ = \
            struct.unpack(self.order + INODE, self.inodes[(ino - 1) * 128:ino * 128])
        data = self.content(f"inode {ino}", size, pointers, levels)
        node = Node(name, mode, b"" if mode >> 12 == 4 else data, mtime, (uid, gid), parent)
        for at in range(0, len(data) if node.is_dir() else 0, 32):
            target, length, name = struct.unpack(self.order + "IB27s", data[at:at + 32])
            if length == 0xff:
                name = self.long_name(*struct.unpack(self.order + "II", name[3:11]))
            else:
                name = name[:length]
            if name == b".":
                must_equal("the entry .", target, ino)
            elif name != b"..":
                node.children.append(self.node(target, name, node))
        must_equal(f"inode {ino}: links", nlink, node.links())
        return node

    def long_name(self, place, checksum):
        raw = self.names[place * BLOCK:(place + 1) * BLOCK]
        (length,) = struct.unpack(self.order + "H", raw[:2])
        name = raw[2:2 + length]
        must_equal(f"checksum of {name}", checksum, name_sum(name))
        return name


def read(image, flavour):
    reader = Reader(image, "<" if flavour == "le" else ">")
    tree = reader.node(ROOT)
    same_sets("bitmap", {b + OFFSET for b in bits(reader.marks, reader.total)},
              set(reader.blocks.owner))
    must(reader.free == reader.total - len(reader.blocks.owner), "number of free blocks")
    return tree
