# SPDX-License-Identifier: GPL-2.0-or-later
"""
befs, the file system of BeOS.  Layout: Documentation/filesystems/befs.rst, the kernel's
fs/befs/befs_fs_types.h; Giampaolo, "Practical File System Design".

An inode is a block.  Its data are runs of blocks: twelve in the inode, more in a block of runs.  A
directory is a B+tree of names; the inner nodes have an overflow node for the last names.
"""
import struct

from image import Blocks, Image, Node, bitmap, bits, must, must_equal, same_sets

FLAVOURS = ("le", "be")
BLOCK, TOTAL, GROUP_SHIFT = 1024, 8192, 13
MAGIC1, MAGIC2, MAGIC3, ORDER = 0x42465331, 0xDD121031, 0x15B6830E, 0x42494745
CLEAN, INODE_MAGIC, TREE_MAGIC = 0x434C454E, 0x3BBE0AD9, 0x69F6C2E8
IN_USE, LONG_LINK, NONE = 1, 0x40, 0xFFFFFFFFFFFFFFFF
# a run has up to 4 blocks, so that 12 are not enough
LINK_SPACE, DIRECT, LONGEST = 144, 12, 4
SUPER = "32sIIIIQQIIIIII8sQQI8s8s"
INODE = "I8sIIIIQQ8s8sIII"
NODE = "QQQHH"


class Maker:
    def __init__(self, flavour):
        self.order = "<" if flavour == "le" else ">"
        self.img = Image(BLOCK, TOTAL, 2 + 16)          # superblock, bitmap, log

    def pack(self, form, *values):
        return struct.pack(self.order + form, *values)

    def run(self, block, length=1):
        return self.pack("IHH", block >> GROUP_SHIFT, block & (1 << GROUP_SHIFT) - 1, length)

    def stream(self, data):
        """The 144 bytes of an inode that say where its data is."""
        first, count = self.img.store(data)
        runs = [(at, min(LONGEST, first + count - at))
                for at in range(first, first + count, LONGEST)]
        ends = [sum(n for _, n in runs[:DIRECT]) * BLOCK, count * BLOCK]
        raw = b"".join(self.run(*r) for r in runs[:DIRECT]).ljust(DIRECT * 8, b"\0")
        indirect, reach = bytes(8), 0
        if len(runs) > DIRECT:
            place, blocks = self.img.store(b"".join(self.run(*r) for r in runs[DIRECT:]))
            indirect, reach = self.run(place, blocks), ends[1]
        return (raw + self.pack("Q", ends[0]) + indirect + self.pack("Q", reach) + bytes(8)
                + self.pack("QQ", 0, len(data)))

    def tree_node(self, left, right, overflow, entries):
        keys = b"".join(k for k, _ in entries)
        raw = self.pack(NODE, left, right, overflow, len(entries), len(keys)) + keys
        raw += b"\0" * (-len(raw) % 8)
        ends, at = [], 0
        for key, _ in entries:
            at += len(key)
            ends.append(at)
        raw += self.pack(f"{len(ends)}H", *ends)
        raw += self.pack(f"{len(ends)}Q", *(v for _, v in entries))
        return raw.ljust(BLOCK, b"\0")

    def tree(self, entries):
        """A directory's data: the header, then leaves, then above them an inner node if needed."""
        leaves, size = [[]], BLOCK
        for key, value in sorted(entries):
            if size + len(key) + 10 > BLOCK - 36:
                leaves.append([])
                size = 0
            leaves[-1].append((key, value))
            size += len(key) + 10
        leaves = [leaf for leaf in leaves if leaf]
        places = [BLOCK * (n + 1) for n in range(len(leaves))]
        around = [NONE] + places + [NONE]
        nodes = [self.tree_node(around[n], around[n + 2], NONE, leaf)
                 for n, leaf in enumerate(leaves)]
        root = places[0]
        if len(leaves) > 1:
            inner = [(leaf[-1][0], place) for leaf, place in zip(leaves[:-1], places)]
            root = BLOCK * (len(nodes) + 1)
            nodes.append(self.tree_node(NONE, NONE, places[-1], inner))
        depth = 1 if len(leaves) == 1 else 2
        head = self.pack("IIIIQQQ", TREE_MAGIC, BLOCK, depth, 0, root, NONE,
                         BLOCK * (len(nodes) + 1))
        return head.ljust(BLOCK, b"\0") + b"".join(nodes)

    def inode(self, node):
        flags = IN_USE
        if node.is_link() and len(node.data) < LINK_SPACE:
            where = node.data.ljust(LINK_SPACE, b"\0")
        else:
            flags |= LONG_LINK if node.is_link() else 0
            data = node.data
            if node.is_dir():
                data = self.tree([(b".", node.ino), (b"..", node.up().ino)]
                                 + [(c.name, c.ino) for c in node.children])
            where = self.stream(data)
        raw = self.pack(INODE, INODE_MAGIC, self.run(node.ino), node.uid, node.gid, node.mode,
                        flags, node.mtime << 16, node.mtime << 16, self.run(node.up().ino),
                        bytes(8), 0, BLOCK, 0)
        self.img.put(node.ino, raw + where)


def make(tree, flavour):
    maker = Maker(flavour)
    nodes = list(tree.walk())
    for node in nodes:
        node.ino = maker.img.take()
    for node in nodes:
        maker.inode(node)
    maker.img.put(1, bitmap(range(maker.img.next), BLOCK))
    sb = maker.pack(SUPER, b"rump", MAGIC1, ORDER, BLOCK, 10, TOTAL, maker.img.next, BLOCK, MAGIC2,
                    1 << GROUP_SHIFT, GROUP_SHIFT, 1, CLEAN, maker.run(2, 16), 0, 0, MAGIC3,
                    maker.run(tree.ino), bytes(8))
    maker.img.put(0, sb, 512 if flavour == "le" else 0)
    return maker.img.bytes


class Reader:
    def __init__(self, image, flavour):
        self.order = "<" if flavour == "le" else ">"
        self.blocks = Blocks(image, BLOCK)
        raw = self.blocks.take("superblock", 0)[512 if flavour == "le" else 0:]
        sb = self.unpack(SUPER, raw)
        must(sb[1] == MAGIC1 and sb[8] == MAGIC2 and sb[16] == MAGIC3, "no superblock")
        self.total, self.used, self.shift = sb[5], sb[6], sb[10]
        self.root = self.run(sb[17])[0]
        self.marked = bits(self.blocks.take("bitmap", 1), self.total)
        self.blocks.claim("log", *self.run(sb[13]))

    def unpack(self, form, raw):
        form = self.order + form
        return struct.unpack(form, raw[:struct.calcsize(form)])

    def run(self, raw):
        group, start, length = self.unpack("IHH", raw)
        return (group << self.shift) + start, length

    def content(self, what, raw):
        runs = [self.run(raw[at:at + 8]) for at in range(0, DIRECT * 8, 8)]
        ends = self.unpack("Q", raw[96:])[0], self.unpack("Q", raw[112:])[0]
        must_equal(f"{what}: reach of the direct runs", ends[0], sum(n for _, n in runs) * BLOCK)
        place, length = self.run(raw[104:112])
        if length:
            more = self.blocks.take(what, place, length)
            runs += [self.run(more[at:at + 8]) for at in range(0, len(more), 8)]
            must_equal(f"{what}: reach of all runs", ends[1], sum(n for _, n in runs) * BLOCK)
        return b"".join(self.blocks.take(what, *r)
                        for r in runs if r[1])[:self.unpack("Q", raw[136:])[0]]

    def leaf(self, data, place):
        """A node's entries and the place of its right neighbour; goes down to the first leaf."""
        while True:
            _, right, overflow, count, length = self.unpack(NODE, data[place:])
            ends_at = place + 28 + length + -(28 + length) % 8
            ends = [0, *self.unpack(f"{count}H", data[ends_at:])]
            values = self.unpack(f"{count}Q", data[ends_at + 2 * count:])
            keys = [data[place + 28 + a:place + 28 + b] for a, b in zip(ends, ends[1:])]
            if overflow == NONE:
                return list(zip(keys, values)), right
            place = values[0]

    def entries(self, data):
        magic, size, _, _, place = self.unpack("IIIIQ", data)
        must(magic == TREE_MAGIC and size == BLOCK, "a directory has no tree")
        found = []
        while place != NONE:
            more, place = self.leaf(data, place)
            found += more
        must(found == sorted(found), "the names of a directory are not in order")
        return found

    def node(self, ino, name=b"", parent=None):
        raw = self.blocks.take(f"inode {ino}", ino)
        magic, self_, uid, gid, mode, flags, _, mtime, up = self.unpack(INODE, raw)[:9]
        must(magic == INODE_MAGIC and self.run(self_)[0] == ino and flags & IN_USE,
             f"no inode {ino}")
        must_equal(f"inode {ino}: parent", self.run(up)[0], parent.ino if parent else ino)
        node = Node(name, mode, b"", mtime >> 16, (uid, gid), parent)
        node.ino = ino
        where = raw[struct.calcsize("<" + INODE):][:LINK_SPACE]
        if node.is_link() and not flags & LONG_LINK:
            node.data = where.split(b"\0")[0]
            return node
        data = self.content(f"inode {ino}", where)
        if not node.is_dir():
            node.data = data
            return node
        for child, target in self.entries(data):
            if child not in (b".", b".."):
                node.children.append(self.node(target, child, node))
        return node


def read(image, flavour):
    reader = Reader(image, flavour)
    tree = reader.node(reader.root)
    same_sets("bitmap", reader.marked, set(reader.blocks.owner))
    must_equal("blocks in use", reader.used, len(reader.blocks.owner))
    return tree
