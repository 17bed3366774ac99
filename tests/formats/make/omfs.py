# SPDX-License-Identifier: GPL-2.0-or-later
"""
omfs, the file system of the Rio Karma and ReplayTV.  Layout: Documentation/filesystems/omfs.rst,
the kernel's fs/omfs/omfs_fs.h.

Data blocks of 8192 bytes; the system blocks (inodes) use the first 2048 bytes of theirs and exist
twice, one block after the other.  A directory is a hash table of lists of inodes.
"""
import binascii
import struct

from image import Blocks, Image, Node, bitmap, bits, must, must_equal, same_sets

BLOCK, SYS, MIRRORS, TOTAL = 8192, 2048, 2, 1024
MAGIC, NONE = 0xC2993D87, 0xFFFFFFFFFFFFFFFF
ROOT_BLOCK, BITMAP = 1, 3
DIR_START, EXTENT_START, CLUSTER = 0x1B8, 0x1D0, 8
BUCKETS = (SYS - DIR_START) // 8
INODE = ">QQQ35scI64s256sQ"


def header(place, kind, body):
    head = struct.pack(">QIH2xBcB", place, len(body), binascii.crc_hqx(body, 0), 1, kind, 0xD2)
    xor = 0
    for byte in head:
        xor ^= byte
    return head + struct.pack(">BI", xor, 0)


def bucket(name):
    value = 0
    for n, byte in enumerate(name):
        value ^= ord(chr(byte).lower()) << n % 24 if byte < 128 else byte << n % 24
    return value % BUCKETS


def put_twice(img, place, kind, body):
    body = body.ljust(SYS - 24, b"\0")
    for copy in range(MIRRORS):
        img.put(place + copy, header(place, kind, body) + body)


def table(node, img):
    """What follows the inode: a directory's hash table or a file's extents."""
    if node.is_dir():
        heads = [NONE] * BUCKETS
        for child in node.children:
            child.sibling = heads[bucket(child.name)]
            heads[bucket(child.name)] = child.ino
        return struct.pack(f">{BUCKETS}Q", *heads)
    first, count = img.store(node.data)
    extents = [(at, min(CLUSTER, first + count - at))
               for at in range(first, first + count, CLUSTER)]
    raw = struct.pack(">QII", NONE, len(extents) + 1, 0x22)
    raw += b"".join(struct.pack(">QQ", *x) for x in extents)
    return b"\0" * (EXTENT_START - DIR_START) + raw + struct.pack(">QQ", NONE, NONE - count)


def make(tree, _flavour):
    img = Image(BLOCK, TOTAL, BITMAP + 1)
    nodes = [n for n in tree.walk() if not n.is_link()]
    for node in nodes:
        node.children = [c for c in node.children if not c.is_link()]
        node.ino = img.take(MIRRORS)
    tree.sibling = NONE
    for node in nodes:
        rest = table(node, img)
        body = struct.pack(INODE, node.up().ino, node.sibling, node.mtime * 1000, b"",
                           b"D" if node.is_dir() else b"F", 0, b"", node.name,
                           SYS if node.is_dir() else len(node.data))
        put_twice(img, node.ino, b"e", body.ljust(DIR_START - 24, b"\0") + rest)
    img.put(0, struct.pack(">256xQQIIII", ROOT_BLOCK, TOTAL, MAGIC, BLOCK, MIRRORS, SYS))
    put_twice(img, ROOT_BLOCK, b"s", struct.pack(">QQQQIIQ256s", 0, TOTAL, tree.ino, BITMAP, BLOCK,
                                                 CLUSTER, MIRRORS, b"rump"))
    img.put(BITMAP, bitmap(range(img.next), TOTAL // 8))
    return img.bytes


class Reader:
    def __init__(self, image):
        root_block, total, magic, size, mirrors, sys = \
            struct.unpack(">QQIIII", image[256:288])
        must_equal("magic", magic, MAGIC)
        must_equal("mirrors", mirrors, MIRRORS)
        self.blocks, self.sys = Blocks(image, size), sys
        self.blocks.claim("superblock", 0)
        root = self.system("root block", root_block, b"s")
        _, total2, self.root, place, size2, _, _ = struct.unpack(">QQQQIIQ", root[24:72])
        must_equal("size", total2, total)
        must_equal("block size", size2, size)
        count = -(-total // 8 // size)
        self.marked = bits(self.blocks.take("bitmap", place, count), total)

    def system(self, what, place, kind):
        """A system block, after a look at its checksums and its second copy."""
        raw = self.blocks.take(what, place)[:self.sys]
        self_, size, crc, _, found, magic, xor, _ = struct.unpack(">QIH2xBcBBI", raw[:24])
        must(self_ == place and found == kind and magic == 0xD2, f"{what}: a bad header")
        must_equal(f"{what}: checksum", crc, binascii.crc_hqx(raw[24:24 + size], 0))
        value = 0
        for byte in raw[:19]:
            value ^= byte
        must_equal(f"{what}: checksum of the header", xor, value)
        second = self.blocks.take(f"copy of {what}", place + 1)[:self.sys]
        must(second == raw, f"{what}: block {place + 1} is no copy of block {place}")
        return raw

    def node(self, place, parent=None):
        raw = self.system(f"inode {place}", place, b"e")
        up, sibling, ctime, _, kind, _, _, name, size = \
            struct.unpack(INODE, raw[24:24 + struct.calcsize(INODE)])
        if parent:
            must_equal(f"inode {place}: parent", up, parent.ino)
        node = Node(name.rstrip(b"\0"), 0o40000 if kind == b"D" else 0o100000, b"", ctime // 1000,
                    parent=parent)
        node.ino, node.sibling = place, sibling
        if node.is_dir():
            self.entries(node, raw)
        else:
            node.data = self.content(node, raw, size)
        return node

    def entries(self, node, raw):
        count = (self.sys - DIR_START) // 8
        for n, place in enumerate(struct.unpack(f">{count}Q", raw[DIR_START:])):
            while place != NONE:
                child = self.node(place, node)
                must_equal(f"bucket of {child.name}", n, bucket(child.name))
                node.children.append(child)
                place = child.sibling

    def content(self, node, raw, size):
        following, count, _ = struct.unpack(">QII", raw[EXTENT_START:EXTENT_START + 16])
        must_equal(f"inode {node.ino}: further extents", following, NONE)
        data, blocks = b"", 0
        for n in range(count):
            at = EXTENT_START + 16 + 16 * n
            first, length = struct.unpack(">QQ", raw[at:at + 16])
            if n == count - 1:
                must(first == NONE and length == NONE - blocks,
                     f"inode {node.ino}: a bad end of extents")
            else:
                data += self.blocks.take(f"inode {node.ino}", first, length)
                blocks += length
        must(len(data) >= size, f"inode {node.ino}: {size} bytes, blocks for {len(data)}")
        return data[:size]


def read(image, _flavour):
    reader = Reader(image)
    tree = reader.node(reader.root)
    tree.name = b""
    same_sets("bitmap", reader.marked, set(reader.blocks.owner))
    return tree
