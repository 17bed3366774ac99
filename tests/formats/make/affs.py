# SPDX-License-Identifier: GPL-2.0-or-later
"""
affs, the Amiga's Old and Fast File System.  Layout: Documentation/filesystems/affs.rst, the
kernel's fs/affs/amigaffs.h.

Blocks of 512 bytes, numbers big-endian, each system block with a checksum that makes the sum of its
words zero.  The root is in the middle.  A directory is a hash table of chains of headers; a file's
header and its extensions list up to 72 data blocks each, from the end.
"""
import struct

from image import Blocks, Image, Node, bits, must, must_equal, same_sets

FLAVOURS = ("ffs", "ofs", "ffs-intl")
SIGNATURE = {"ofs": b"DOS\0", "ffs": b"DOS\1", "ffs-intl": b"DOS\3"}
BLOCK, TOTAL, RESERVED, TABLE = 512, 8192, 2, 72
ROOT = (RESERVED + TOTAL - 1) // 2
SHORT, DATA, LIST = 2, 8, 16
ST_ROOT, ST_DIR, ST_LINK, ST_HARD, ST_FILE = 1, 2, 3, -4, -3
EPOCH = (8 * 365 + 2) * 86400
PER_BITMAP = (BLOCK - 4) * 8
TAIL = ">IHHII92sIII32sIII20sIIIi"
OWNER_BITS = ((0o400, 8), (0o200, 4), (0o100, 2))           # set: not allowed
OTHER_BITS = ((0o040, 0x800), (0o020, 0x400), (0o010, 0x200), (0o004, 0x8000), (0o002, 0x4000),
              (0o001, 0x2000))


def words(raw):
    return sum(w for (w,) in struct.iter_unpack(">I", raw)) & 0xffffffff


def summed(raw, at=20):
    """The block with its checksum."""
    raw = raw[:at] + b"\0\0\0\0" + raw[at + 4:]
    return raw[:at] + struct.pack(">I", -words(raw) & 0xffffffff) + raw[at + 4:]


def upper(name, intl):
    return bytes(c - 32 if 97 <= c <= 122 or intl and 224 <= c <= 254 and c != 247 else c
                 for c in name)


def bucket(name, intl):
    value = len(name)
    for c in upper(name, intl):
        value = (value * 13 + c) & 0x7ff
    return value % TABLE


def date(seconds):
    seconds = max(0, seconds - EPOCH)
    return seconds // 86400, seconds % 86400 // 60, seconds % 60 * 50


def protection(mode):
    return sum(bit for m, bit in OWNER_BITS if not mode & m) | \
        sum(bit for m, bit in OTHER_BITS if mode & m)


def mode_of(bits_):
    return sum(m for m, bit in OWNER_BITS if not bits_ & bit) | \
        sum(m for m, bit in OTHER_BITS if bits_ & bit)


class Maker:
    def __init__(self, flavour):
        self.ofs, self.intl = flavour == "ofs", flavour.endswith("intl")
        self.img = Image(BLOCK, TOTAL, RESERVED)

    def take(self):
        place = self.img.take()
        return place if place != ROOT else self.img.take()

    def tail(self, node, kind, extension=0):
        return struct.pack(TAIL, 0, node.uid & 0xffff, node.gid & 0xffff, protection(node.mode),
                           len(node.data) if kind == ST_FILE else 0, b"", *date(node.mtime),
                           bytes([len(node.name)]) + node.name, 0, 0, 0, b"", node.chain,
                           node.up().ino, extension, kind)

    def directory(self, node):
        heads = [0] * TABLE
        for child in node.children:
            if len(child.name) > 30:
                raise ValueError(f"{child.name}: longer than 30 bytes")
            place = bucket(child.name, self.intl)
            child.chain, heads[place] = heads[place], child.ino
        return struct.pack(f">{TABLE}I", *heads)

    def data_blocks(self, node):
        """The file's data blocks; those of the old file system have a head of their own."""
        size = BLOCK - 24 if self.ofs else BLOCK
        chunks = [node.data[at:at + size] for at in range(0, len(node.data), size)]
        places = [self.take() for _ in chunks]
        for n, chunk in enumerate(chunks):
            if self.ofs:
                head = struct.pack(">IIIIII", DATA, node.ino, n + 1, len(chunk),
                                   (places + [0])[n + 1], 0)
                chunk = summed((head + chunk).ljust(BLOCK, b"\0"))
            self.img.put(places[n], chunk)
        return places

    def file(self, node):
        blocks = self.data_blocks(node)
        parts = [blocks[at:at + TABLE] for at in range(0, len(blocks), TABLE)] or [[]]
        places = [node.ino] + [self.take() for _ in parts[1:]]
        for n, part in enumerate(parts):
            following = (places + [0])[n + 1]
            head = struct.pack(">IIIIII", LIST if n else SHORT, places[n], len(part), 0,
                               part[0] if part and not n else 0, 0)
            table = struct.pack(f">{TABLE}I", *reversed(part + [0] * (TABLE - len(part))))
            tail = self.tail(node, ST_FILE, following)
            if n:                       # an extension knows only its header
                tail = struct.pack(TAIL, 0, 0, 0, 0, 0, b"", 0, 0, 0, b"", 0, 0, 0, b"", 0,
                                   node.ino, following, ST_FILE)
            self.img.put(places[n], summed(head + table + tail))

    def write(self, node):
        if node.is_dir():
            head = struct.pack(">IIIIII", SHORT, node.ino, 0, 0, 0, 0)
            raw = head + self.directory(node) + self.tail(node, ST_DIR)
        elif node.is_link():
            head = struct.pack(">IIIIII", SHORT, node.ino, 0, 0, 0, 0)
            raw = head + node.data.ljust(TABLE * 4, b"\0") + self.tail(node, ST_LINK)
        else:
            return self.file(node)
        return self.img.put(node.ino, summed(raw))

    def root(self, tree):
        count = -(-(TOTAL - RESERVED) // PER_BITMAP)
        maps = [self.take() for _ in range(count)]
        used = set(range(RESERVED, self.img.next)) | {ROOT}
        for n, place in enumerate(maps):
            free = [b not in used and b < TOTAL for b in range(RESERVED + n * PER_BITMAP,
                                                             RESERVED + (n + 1) * PER_BITMAP)]
            raw = b"".join(struct.pack(">I", sum(f << i for i, f in enumerate(free[at:at + 32])))
                           for at in range(0, PER_BITMAP, 32))
            self.img.put(place, summed(b"\0\0\0\0" + raw, 0))
        when = date(tree.mtime)
        head = struct.pack(">IIIIII", SHORT, 0, 0, TABLE, 0, 0) + self.directory(tree)
        tail = struct.pack(">I26I", 0xffffffff, *(maps + [0] * (26 - count)))
        tail += struct.pack(">III32sIIIIIIIIIIIi", *when, b"\4rump", 0, 0, *when, *when, 0, 0, 0,
                            ST_ROOT)
        self.img.put(ROOT, summed(head + tail))


def make(tree, flavour):
    maker = Maker(flavour)
    maker.img.put(0, SIGNATURE[flavour])
    nodes = list(tree.walk())
    for node in nodes[1:]:
        node.ino = maker.take()
    tree.ino = ROOT
    for node in nodes:                  # the chains are known when all directories were looked at
        if node.is_dir():
            maker.directory(node)
    for node in nodes[1:]:
        maker.write(node)
    maker.root(tree)
    return maker.img.bytes


class Reader:
    def __init__(self, image, flavour):
        self.ofs, self.intl = flavour == "ofs", flavour.endswith("intl")
        self.blocks = Blocks(image, BLOCK)
        must_equal("signature", image[:4], SIGNATURE[flavour])

    def system(self, what, place):
        raw = self.blocks.take(what, place)
        must_equal(f"{what}: sum of block {place}", words(raw), 0)
        return raw

    def node(self, place, parent):
        raw = self.system(f"header {place}", place)
        kind, key, count, _, first, _ = struct.unpack(">IIIIII", raw[:24])
        must(kind == SHORT and key == place, f"block {place} is no header")
        tail = struct.unpack(TAIL, raw[-200:])
        _, uid, gid, prot, size = tail[:5]
        days, minutes, ticks, name, chain, up, extension, sec = *tail[6:10], *tail[14:18]
        must_equal(f"header {place}: parent", up, parent.ino)
        node = Node(name[1:1 + name[0]], mode_of(prot), b"",
                    EPOCH + days * 86400 + minutes * 60 + ticks // 50, (uid, gid), parent)
        node.ino, node.chain = place, chain
        if sec == ST_DIR:
            node.mode |= 0o40000
            self.entries(node, raw)
        elif sec == ST_LINK:
            node.mode |= 0o120000
            node.data = raw[24:24 + TABLE * 4].split(b"\0")[0]
        else:
            must_equal(f"header {place}: kind", sec, ST_FILE)
            node.mode |= 0o100000
            node.data = self.content(place, raw, count, extension, size, first)
        return node

    def entries(self, node, raw):
        for n, place in enumerate(struct.unpack(f">{TABLE}I", raw[24:24 + TABLE * 4])):
            while place:
                child = self.node(place, node)
                must_equal(f"chain of {child.name}", n, bucket(child.name, self.intl))
                node.children.append(child)
                place = child.chain

    def content(self, header, raw, count, extension, size, first):
        what = f"file {header}"
        places = []
        while True:
            table = struct.unpack(f">{TABLE}I", raw[24:24 + TABLE * 4])[::-1]
            must(0 not in table[:count] and not any(table[count:]),
                 f"{what}: {count} blocks in a list")
            places += table[:count]
            if not extension:
                break
            raw = self.system(f"extension of {header}", extension)
            kind, key, count = struct.unpack(">III", raw[:12])
            must(kind == LIST and key == extension, f"block {extension} is no extension")
            must_equal(f"{what}: parent of an extension", struct.unpack(">I", raw[-12:-8])[0],
                       header)
            (extension,) = struct.unpack(">I", raw[-8:-4])
        must_equal(f"{what}: first block", first, places[0] if places else 0)
        step = BLOCK - 24 if self.ofs else BLOCK
        must_equal(f"{what}: number of blocks", len(places), -(-size // step))
        if not self.ofs:
            return b"".join(self.blocks.take(what, p) for p in places)[:size]
        return b"".join(self.old_block(what, header, n, p, places) for n, p in enumerate(places))

    def old_block(self, what, header, n, place, places):
        raw = self.system(what, place)
        kind, key, sequence, size, following, _ = struct.unpack(">IIIIII", raw[:24])
        must((kind, key, sequence) == (DATA, header, n + 1), f"{what}: a bad head of block {place}")
        must_equal(f"{what}: next of block {place}", following, (*places, 0)[n + 1])
        return raw[24:24 + size]

    def root(self):
        raw = self.system("root", ROOT)
        must_equal("root: kind", struct.unpack(">i", raw[-4:])[0], ST_ROOT)
        days, minutes, ticks = struct.unpack(">III", raw[-92:-80])
        node = Node(b"", 0o40755, b"", EPOCH + days * 86400 + minutes * 60 + ticks // 50)
        node.ino = ROOT
        self.entries(node, raw)
        flag, *maps, more = struct.unpack(">I25II", raw[24 + TABLE * 4:24 + TABLE * 4 + 108])
        must_equal("the flag of a valid bitmap", flag, 0xffffffff)
        must_equal("further bitmaps", more, 0)
        free = set()
        for n, place in enumerate(p for p in maps if p):
            raw = b"".join(raw[::-1]
                           for (raw,) in struct.iter_unpack("4s", self.system("bitmap", place)))
            free |= {RESERVED + n * PER_BITMAP + b for b in bits(raw[4:], PER_BITMAP)}
        same_sets("bitmap", set(range(RESERVED, TOTAL)) - free, set(self.blocks.owner))
        return node


def read(image, flavour):
    return Reader(image, flavour).root()
