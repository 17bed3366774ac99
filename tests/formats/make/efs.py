# SPDX-License-Identifier: GPL-2.0-or-later
"""
efs, IRIX's Extent File System.  Layout: <linux/efs_fs_sb.h>, the kernel's fs/efs/efs.h.

Blocks of 512 bytes: volume header, superblock, bitmap of free blocks, one cylinder group of inodes
and data.  A file is up to 12 extents in its inode, or, with more, a list of them in blocks of its
own.
"""
import struct

from image import Blocks, Damaged, Image, Node, bitmap, must, must_equal

BLOCK, INODE, DIRECT = 512, 128, 12
MAGIC, DIR_MAGIC, ROOT = 0x07295A, 0xBEEF, 2
SUPER = ">IIIHHHHH2xII6s6sIIIIII20s"
LONGEST = 16            # blocks of an extent, of 248 possible ones: files of 100 KB have a list


def extent(block, length, offset):
    return struct.pack(">II", block, length << 24 | offset)


def store(img, data):
    """The number of extents and the inode's 96 bytes for them."""
    first, count = img.store(data)
    extents = [extent(first + at, min(LONGEST, count - at), at) for at in range(0, count, LONGEST)]
    number = len(extents)
    if number > DIRECT:
        # the first extent's offset is how many extents of the inode hold the list
        place, count = img.store(b"".join(extents))
        extents = [extent(place, count, 1)]
    return number, b"".join(extents).ljust(DIRECT * 8, b"\0")


def directory(node):
    """Blocks with slots growing from the front and entries from the end."""
    names = [(b".", node), (b"..", node.up())] + [(c.name, c) for c in node.children]
    blocks = []
    while names:
        slots, entries = [], b""
        while names:
            name, target = names[0]
            entry = struct.pack(">IB", target.ino, len(name)) + name
            entry += b"\0" * (len(entry) % 2)
            if 4 + len(slots) + 1 + len(entries) + len(entry) > BLOCK:
                break
            entries = entry + entries
            slots.append((BLOCK - len(entries)) // 2)
            names.pop(0)
        head = struct.pack(">HBB", DIR_MAGIC, slots[-1], len(slots)) + bytes(slots)
        blocks.append(head.ljust(BLOCK - len(entries), b"\0") + entries)
    return b"".join(blocks)


def make(tree, _flavour):
    nodes = list(tree.walk())
    inode_blocks = -(-(ROOT + len(nodes)) * INODE // BLOCK) + 4
    total = 8192
    bitmap_blocks = -(-total // 8 // BLOCK)
    group = 2 + bitmap_blocks
    img = Image(BLOCK, total, group + inode_blocks)
    for ino, node in enumerate(nodes, ROOT):
        node.ino = ino
    for node in nodes:
        data = directory(node) if node.is_dir() else node.data
        number, extents = store(img, data)
        inode = struct.pack(">HHHHIIIIIHBB", node.mode, node.links(), node.uid & 0xffff,
                            node.gid & 0xffff, len(data), *[node.mtime] * 3, 0, number, 0, 0)
        img.put(group, inode + extents, node.ino * INODE)
    free_inodes = inode_blocks * BLOCK // INODE - ROOT - len(nodes)
    img.put(2, bitmap(range(img.next, total), bitmap_blocks * BLOCK))
    sb = struct.pack(SUPER, total, group, total - group, inode_blocks, 32, 1, 1, 0, tree.mtime,
                     MAGIC, b"rump", b"test", total // 8, total - img.next, free_inodes, 2, 0,
                     0, b"")
    img.put(1, sb + struct.pack(">I", checksum(sb)))
    return img.bytes


def checksum(sb):
    value = 0
    for (half,) in struct.iter_unpack(">H", sb):
        value ^= half
        value = (value << 1 | value >> 31) & 0xffffffff
    return value


class Reader:
    def __init__(self, image):
        self.blocks = Blocks(image, BLOCK)
        raw = self.blocks.take("superblock", 1)
        size = struct.calcsize(SUPER)
        sb = struct.unpack(SUPER, raw[:size])
        self.total, self.first, _, self.inode_blocks = sb[:4]
        must_equal("magic", sb[9], MAGIC)
        must_equal("checksum", struct.unpack(">I", raw[size:size + 4])[0], checksum(raw[:size]))
        self.blocks.claim("inodes", self.first, self.inode_blocks)
        self.free, self.map_bytes, self.map_at = sb[13], sb[12], sb[15]

    def content(self, ino, number, raw, size):
        extents = list(struct.iter_unpack(">II", raw))[:number]
        if number > DIRECT:
            block, word = struct.unpack(">II", raw[:8])
            lists = self.blocks.take(f"list of {ino}", block, word >> 24)
            extents = list(struct.iter_unpack(">II", lists))[:number]
        data = b""
        for block, word in extents:
            must_equal(f"inode {ino}: offset", (word & 0xffffff) * BLOCK, len(data))
            data += self.blocks.take(f"inode {ino}", block, word >> 24)
        must(len(data) >= size > len(data) - BLOCK or size == len(data),
             f"inode {ino}: size {size}")
        return data[:size]

    def node(self, ino, name=b"", parent=None):
        raw = self.blocks.get(self.first + ino // 4)[ino % 4 * INODE:][:INODE]
        mode, nlink, uid, gid, size, _, mtime, _, _, number, _, _ = \
            struct.unpack(">HHHHIIIIIHBB", raw[:32])
        data = self.content(ino, number, raw[32:], size)
        node = Node(name, mode, b"" if mode >> 12 == 4 else data, mtime, (uid, gid), parent)
        if node.is_dir():
            for at in range(0, size, BLOCK):
                self.entries(node, ino, data[at:at + BLOCK])
        must_equal(f"inode {ino}: links", nlink, node.links())
        return node

    def entries(self, node, ino, block):
        magic, _, slots = struct.unpack(">HBB", block[:4])
        must_equal("directory block", magic, DIR_MAGIC)
        for slot in block[4:4 + slots]:
            target, length = struct.unpack(">IB", block[slot * 2:slot * 2 + 5])
            name = block[slot * 2 + 5:slot * 2 + 5 + length]
            if name == b".":
                must_equal("the entry .", target, ino)
            elif name != b"..":
                node.children.append(self.node(target, name, node))


def read(image, _flavour):
    reader = Reader(image)
    tree = reader.node(ROOT)
    start = reader.first + reader.inode_blocks
    used = sum(b >= start for b in reader.blocks.owner)
    must_equal("free blocks", reader.free, reader.total - start - used)
    marks = image[reader.map_at * BLOCK:][:reader.map_bytes]
    for block in range(start, reader.total):
        if (marks[block // 8] >> block % 8 & 1) == (block in reader.blocks.owner):
            raise Damaged(f"block {block} is marked wrongly")
    return tree
