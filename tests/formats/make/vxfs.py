# SPDX-License-Identifier: GPL-2.0-or-later
"""
vxfs, the Veritas file system of UnixWare (little-endian) and HP-UX.  Layout: fs/freevxfs/vxfs*.h.

The superblock leads to the object location table, this to the structural inodes, one of these to
the fileset headers, these to the inode list.  Data is in the inode, in up to ten extents, or in
typed extents, which may be indirect.  What the driver does not read (maps of free extents, hash
chains of directories, the log) is not there.
"""
import struct

from image import Blocks, Image, Node, must, must_equal

# the last: as unixware, indirect extents without type
FLAVOURS = ("unixware", "hpux", "indirect")
BLOCK, TOTAL, INODE = 1024, 4096, 256
MAGIC, OLT_MAGIC, ROOT = 0xA501FCF5, 0xA504FCF5, 2
OLT_FREE, OLT_FSHEAD, OLT_ILIST = 1, 2, 4
FSHEAD_INO, STRUCTURAL_INO, ILIST_INO = 3, 5, 6         # of the structural inodes
MODE_FSHEAD, MODE_ILIST = 0x10000000, 0x20000000
EXT4, IMMEDIATE, TYPED = 1, 2, 3
INDIRECT, DATA = 1 << 56, 2 << 56
IN_INODE = 96
LONGEST = 8             # blocks of an extent: a file of 100 KB has more than ten
DINODE = "IIIIQIIIIIIBBHIQIIQ"


class Maker:
    def __init__(self, flavour):
        self.order = ">" if flavour == "hpux" else "<"
        self.untyped = flavour == "indirect"
        self.img = Image(BLOCK, TOTAL, 9)

    def pack(self, form, *values):
        return struct.pack(self.order + form, *values)

    def dinode(self, mode, links, owner, size, time, kind, dotdot, org):
        area = dotdot if self.order == "<" else dotdot << 32
        blocks = 0 if kind == IMMEDIATE else -(-size // BLOCK)
        raw = self.pack(DINODE, mode, links, *owner, size, time, 0, time, 0, time, 0, 0, kind, 0, 0,
                        area, blocks, 0, 0)
        return (raw + org.ljust(IN_INODE, b"\0")).ljust(INODE, b"\0")

    def place(self, data):
        """kind of organisation and its 96 bytes"""
        if len(data) <= IN_INODE:
            return IMMEDIATE, data
        first, count = self.img.store(data)
        extents = [(at, min(LONGEST, first + count - at))
                   for at in range(first, first + count, LONGEST)]
        if len(extents) <= 10 or self.untyped:
            return EXT4, self.untyped_extents(extents)
        typed = [self.pack("QII", DATA | (at - first), at, n) for at, n in extents]
        # the first in the inode, the others in a block of which each offset counts from its own
        more = b"".join(self.pack("QII", DATA | (at - first - LONGEST), at, n)
                        for at, n in extents[1:])
        more += self.pack("QII", DATA | (1 << 40), 0, 0) * (-len(more) % BLOCK // 16)
        at, size = self.img.store(more)
        typed = typed[0] + self.pack("QII", INDIRECT | LONGEST, at, size)
        return TYPED, typed.ljust(IN_INODE, b"\0")

    def untyped_extents(self, extents):
        """Ten in the inode; more, all of LONGEST blocks, in a block of their addresses."""
        more = b"".join(self.pack("I", at) for at, _ in extents[10:])
        indirect = self.img.store(more)[0] if more else 0
        return (self.pack("IIII", 0, LONGEST if more else 0, indirect, 0)
                + b"".join(self.pack("II", *x) for x in extents[:10]))

    def directory(self, node):
        blocks, entries = [], [self.entry(c) for c in node.children]
        while entries:
            block = []
            while entries and 4 + sum(map(len, block)) + len(entries[0]) <= BLOCK:
                block.append(entries.pop(0))
            last = block[-1]            # which reaches to the end of the block
            length = BLOCK - 4 - sum(map(len, block[:-1]))
            block[-1] = (last[:4] + self.pack("H", length) + last[6:]).ljust(length, b"\0")
            blocks.append(self.pack("HH", 0, 0) + b"".join(block))
        return b"".join(blocks)

    def entry(self, node):
        size = 10 + len(node.name) + 3 & ~3
        return (self.pack("IHHH", node.ino, size, len(node.name), 0) + node.name).ljust(size, b"\0")

    def inode(self, node):
        data = self.directory(node) if node.is_dir() else node.data
        if node.is_dir() and not data:
            data = self.pack("HH", BLOCK - 4, 0).ljust(BLOCK, b"\0")
        kind, org = self.place(data)
        return self.dinode(node.mode, node.links(), (node.uid, node.gid), len(data),
                           node.mtime, kind, node.up().ino if node.is_dir() else 0, org)

    def system(self, mode, block, count):
        """An inode of the structural list, whose data is one extent."""
        return self.dinode(mode, 1, (0, 0), count * BLOCK, 0, EXT4, 0,
                           bytes(16) + self.pack("II", block, count))


def make(tree, flavour):
    maker = Maker(flavour)
    img, pack = maker.img, maker.pack
    nodes = list(tree.walk())
    for ino, node in enumerate(nodes, ROOT):
        node.ino = ino
    olt, structural, headers = img.take(), img.take(2), img.take(2)
    inodes = bytes(INODE * ROOT) + b"".join(maker.inode(n) for n in nodes)
    inodes = inodes.ljust(-(-len(inodes) // 4096) * 4096, b"\0")
    ilist = img.store(inodes)
    for number, raw in ((FSHEAD_INO, maker.system(MODE_FSHEAD, headers, 2)),
                        (STRUCTURAL_INO, maker.system(MODE_ILIST, structural, 2)),
                        (ILIST_INO, maker.system(MODE_ILIST, *ilist))):
        img.put(structural, raw, number * INODE)
    for which, number in enumerate((STRUCTURAL_INO, ILIST_INO)):
        img.put(headers + which,
                pack("15I", 2, which, 0, 0, 0, len(nodes), 1, 0, 0, 0, len(nodes) + ROOT, 0,
                     number, number, 0))
    table = pack("14I", OLT_MAGIC, 56, 0, 0, 0, 0, 0, olt, olt, 1, 0, 0, 0, 0)
    table += pack("IIII", OLT_FSHEAD, 16, FSHEAD_INO, FSHEAD_INO)
    table += pack("IIII", OLT_ILIST, 16, structural, structural)
    img.put(olt, table + pack("II", OLT_FREE, BLOCK - len(table)))
    sb = bytearray(400)
    for at, values in ((0, (MAGIC, 4, tree.mtime, 0)), (32, (BLOCK, TOTAL)), (64, (IN_INODE, 10)),
                       (192, (TOTAL - img.next,)), (368, (olt, olt, 1)), (388, (INODE,))):
        sb[at:at + 4 * len(values)] = pack(f"{len(values)}I", *values)
    img.put(8 if flavour == "hpux" else 1, bytes(sb))
    return img.bytes


class Reader:
    def __init__(self, image, flavour):
        self.order = ">" if flavour == "hpux" else "<"
        self.blocks = Blocks(image, BLOCK)
        self.blocks.claim("boot and superblock", 0, 9)
        sb = self.blocks.get(8 if flavour == "hpux" else 1)
        must_equal("magic", self.unpack("I", sb)[0], MAGIC)
        must_equal("block size", self.unpack("I", sb[32:])[0], BLOCK)
        self.total, = self.unpack("I", sb[36:])
        self.free, = self.unpack("I", sb[192:])
        records = dict(self.records(self.blocks.take("OLT", self.unpack("I", sb[368:])[0])))
        fshead, structural = records[OLT_FSHEAD], records[OLT_ILIST]
        first = self.blocks.get(structural, 2)
        headers = self.content("fileset headers", first[fshead * INODE:][:INODE])
        which = [self.unpack("I", headers[n * BLOCK + 48:])[0] for n in range(2)]
        systems = self.content("structural inodes", first[which[0] * INODE:][:INODE])
        self.inodes = self.content("inodes", systems[which[1] * INODE:][:INODE])

    def unpack(self, form, raw):
        return struct.unpack(self.order + form, raw[:struct.calcsize(self.order + form)])

    def records(self, raw):
        magic, at = self.unpack("II", raw)
        must_equal("magic of the OLT", magic, OLT_MAGIC)
        while at < BLOCK:
            kind, size, value = self.unpack("III", raw[at:].ljust(12, b"\0"))
            yield kind, value
            at += size

    def typed(self, what, raw, data):
        for at in range(0, len(raw), 16):
            header, block, size = self.unpack("QII", raw[at:])
            if header >> 56 == 1:
                self.typed(what, self.blocks.take(what, block, size), data)
            elif size:
                data.append(self.blocks.take(what, block, size))

    def content(self, what, raw):
        fields = self.unpack(DINODE, raw)
        size, kind = fields[4], fields[12]
        org = raw[struct.calcsize(self.order + DINODE):][:IN_INODE]
        data = []
        if kind == IMMEDIATE:
            return org[:size]
        if kind == EXT4:
            for at in range(16, IN_INODE, 8):
                block, count = self.unpack("II", org[at:])
                data += [self.blocks.take(what, block, count)] if count else []
            _, length, indirect, _ = self.unpack("IIII", org)
            if indirect:
                left = -(-size // BLOCK) - sum(map(len, data)) // BLOCK
                for (at,) in struct.iter_unpack(self.order + "I", self.blocks.take(what, indirect)):
                    data += [self.blocks.take(what, at, min(length, left))] if left > 0 else []
                    left -= length
        else:
            must_equal(f"{what}: organisation", kind, TYPED)
            self.typed(what, org, data)
        data = b"".join(data)
        must(len(data) >= size, f"{what}: {size} bytes in {len(data)}")
        return data[:size]

    def node(self, ino, name=b"", parent=None):
        raw = self.inodes[ino * INODE:][:INODE]
        mode, links, uid, gid, _, _, _, mtime = self.unpack(DINODE, raw)[:8]
        data = self.content(f"inode {ino}", raw)
        node = Node(name, mode, b"" if mode >> 12 == 4 else data, mtime, (uid, gid), parent)
        for at in range(0, len(data) if node.is_dir() else 0, BLOCK):
            at, end = at + 4, at + BLOCK
            while at < end:
                target, size, length = self.unpack("IHH", data[at:])
                if not size:
                    break
                node.children.append(self.node(target, data[at + 10:at + 10 + length], node))
                at += size
        must_equal(f"inode {ino}: links", links, node.links())
        return node


def read(image, flavour):
    reader = Reader(image, flavour)
    tree = reader.node(ROOT)
    must_equal("free blocks", reader.free, reader.total - len(reader.blocks.owner))
    return tree
