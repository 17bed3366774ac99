# SPDX-License-Identifier: GPL-2.0-or-later
"""
adfs, Acorn's Filecore formats with new maps: E (one zone), F (four zones, a boot block) and E+ (big
directories).  Layout: Documentation/filesystems/adfs.rst, <linux/adfs_fs.h>, fs/adfs/dir_f*.h,
map.c.

The map is a stream of bits: a fragment is its object's number, zeros and a one, as many bits as it
has units of space.  An object is all fragments of its number; an address is object << 8 |
sector + 1.
"""
import struct

from image import Damaged, Node, must, must_equal

FLAVOURS = ("e", "f", "e+")
SECTOR, IDLEN, HEAD, RECORD = 1024, 15, 32, 480        # the last two in bits
ROOT_FRAGMENT, EPOCH = 2, 2208988800
DISC = "<10BHIIH10sIIBBBBII8x"
# zones, bits that a zone does not use, log2 of the bytes of a bit, sectors
GEOMETRY = {"e": (1, 0, 7, 800), "f": (4, 1600, 6, 1600), "e+": (1, 0, 7, 800)}
READ, WRITE, DIRECTORY, OTHERS_READ, OTHERS_WRITE = 1, 2, 8, 32, 64
BIG_ENTRY = "<IIIIIII"


def ror13(value):
    return (value >> 13 | value << 19) & 0xffffffff


def folded(value):
    return (value ^ value >> 8 ^ value >> 16 ^ value >> 24) & 0xff


def zone_check(raw):
    """Four sums of every fourth byte, each carrying into the next; byte 0 does not count."""
    sums, carry = [0, 0, 0, 0], 0
    for at in range(SECTOR - 4, -4, -4):
        for n in range(4):
            total = sums[n] + (raw[at + n] if at + n else 0) + carry
            sums[n], carry = total & 0xff, total >> 8
    return (sums[0] ^ sums[1] ^ sums[2] ^ sums[3]) & 0xff


def boot_check(raw):
    total = 0
    for byte in raw[510::-1]:
        total = (total & 0xff) + (total >> 8) + byte
    return total & 0xff


def dir_check(raw, entries_end):
    value = 0
    for (word,) in struct.iter_unpack("<I", raw[:entries_end & ~3]):
        value = word ^ ror13(value)
    for byte in raw[entries_end & ~3:entries_end]:
        value = byte ^ ror13(value)
    for (word,) in struct.iter_unpack("<I", raw[2008:2044]):
        value = word ^ ror13(value)
    return folded(value)


def big_check(raw, end):
    value = 0
    for (word,) in struct.iter_unpack("<I", raw[:end]):
        value = ror13(value) ^ word
    for word in (int.from_bytes(raw[-8:-4], "little"), *raw[-4:-1]):
        value = ror13(value) ^ word
    return folded(value)


class Map:
    """Where zones and their bits are, for the maker and for the reader."""

    def __init__(self, flavour):
        self.zones, self.spare, self.log2bpmb, self.sectors = GEOMETRY[flavour]
        self.big = flavour == "e+"
        self.unit = 1 << self.log2bpmb
        self.zone_bits = 8 * SECTOR - self.spare
        self.ids = self.zone_bits // (IDLEN + 1)
        middle = self.zones // 2 * self.zone_bits - (RECORD if self.zones > 1 else 0)
        self.at = middle * self.unit // SECTOR          # the map's first sector

    def first(self, zone):
        return HEAD + (0 if zone else RECORD)

    def end(self, zone):
        if zone < self.zones - 1:
            return HEAD + self.zone_bits
        return HEAD + self.sectors * SECTOR // self.unit - (zone * self.zone_bits - RECORD)

    def place(self, zone, bit):
        """The byte of the disc that a bit of a zone stands for."""
        return (zone * self.zone_bits - (RECORD if zone else 0)
                + bit - self.first(zone)) * self.unit


class Maker:
    def __init__(self, flavour):
        self.map = Map(flavour)
        self.image = bytearray(self.map.sectors * SECTOR)
        self.bits = [bytearray(SECTOR) for _ in range(self.map.zones)]
        self.next = [self.map.first(z) for z in range(self.map.zones)]
        self.ids = [z * self.map.ids for z in range(self.map.zones)]
        self.ids[0] = ROOT_FRAGMENT + 1
        self.zone = 0

    def fragment(self, zone, ident, size):
        """A fragment at the end of what a zone has in use; returns where its space is."""
        start = self.next[zone]
        count = max(IDLEN + 1, -(-size // max(SECTOR, self.map.unit)) * max(SECTOR, self.map.unit)
                    // self.map.unit)
        self.write(zone, start, ident, count)
        self.next[zone] += count
        return self.map.place(zone, start)

    def write(self, zone, start, ident, count):
        value = int.from_bytes(self.bits[zone], "little")
        value |= ident << start | 1 << start + count - 1
        self.bits[zone] = bytearray(value.to_bytes(SECTOR, "little"))

    def room(self):
        return (self.map.end(self.zone) - self.next[self.zone]) * self.map.unit

    def store(self, data):
        """An object, in two fragments where it is large and two zones where it has to be."""
        if self.room() < 4 * SECTOR:
            self.zone += 1
        ident = self.ids[self.zone]
        self.ids[self.zone] += 1
        while True:
            part = data[:8 * SECTOR if len(data) > 16 * SECTOR and self.zone == 0 else len(data)]
            part = part[:max(0, self.room() - 4 * SECTOR)]
            place = self.fragment(self.zone, ident, len(part))
            self.image[place:place + len(part)] = part
            data = data[len(part):]
            if not data:
                return ident << 8
            if self.room() <= 8 * SECTOR:
                self.zone += 1
            else:                       # a gap that somebody else owns
                self.fragment(self.zone, self.ids[self.zone], 1)
                self.ids[self.zone] += 1

    def entry(self, node):
        stamp = (node.mtime + EPOCH) * 100
        attributes = (READ if node.mode & 0o400 else 0) | (WRITE if node.mode & 0o200 else 0) \
            | (OTHERS_READ if node.mode & 0o044 else 0) | (OTHERS_WRITE if node.mode & 0o022 else 0)
        kind = 0xfe6 if node.mode & 0o100 else 0xffd
        size = node.size if node.is_dir() else len(node.data)
        return (0xfff00000 | kind << 8 | stamp >> 32, stamp & 0xffffffff, size, node.ino,
                DIRECTORY | READ if node.is_dir() else attributes)

    def write_dir(self, node):
        names = [(c.name.replace(b".", b"/"), self.entry(c)) for c in node.children]
        return self.big_dir(node, names) if self.map.big else self.new_dir(node, names)

    def new_dir(self, node, names):
        raw = b"\0Nick"
        for name, (load, execute, size, place, attributes) in names:
            if len(name) > 10 or len(names) > 77:
                raise ValueError(f"{name}: too long a name, or too many")
            raw += struct.pack("<10sIII", name.ljust(10, b"\r"), load, execute, size)
            raw += place.to_bytes(3, "little") + bytes([attributes])
        end = len(raw)
        raw = raw.ljust(2007, b"\0") + b"\0\0\0" + node.up().ino.to_bytes(3, "little")
        raw += b"rump".ljust(19, b"\r") + (node.name[:10] or b"$").ljust(10, b"\r") + b"\0Nick"
        return raw + bytes([dir_check(raw, end)])

    def big_dir(self, node, names):
        heap = entries = b""
        for name, fields in names:
            entries += struct.pack(BIG_ENTRY, *fields, len(name), len(heap))
            heap += (name + b"\r").ljust(len(name) + 4 & ~3, b"\0")
        own = node.name or b"$"
        raw = struct.pack("<B3x4sIIIII", 0, b"SBPr", len(own), node.size, len(names), len(heap),
                          node.up().ino)
        raw += (own + b"\r").ljust(len(own) + 3 & ~3, b"\0")[:len(own) + 3 & ~3] + entries + heap
        end = len(raw)
        raw = raw.ljust(node.size - 8, b"\0") + b"oven\0\0\0\0"
        return raw[:-1] + bytes([big_check(raw, end)])

    def dir_size(self, node):
        if not self.map.big:
            return 2048
        size = 40 + len(node.name) + sum(len(c.name) + 32 for c in node.children)
        return -(-size // 2048) * 2048

    def finish(self, root):
        m = self.map
        record = struct.pack(DISC, 10, 5, 2, 2, IDLEN, m.log2bpmb, 1, 0, 1, m.zones, m.spare,
                             root.ino, m.sectors * SECTOR, 0x1234, b"rump", 0, 0, 0, 0, 0, 0,
                             1 if m.big else 0, root.size if m.big else 0)
        for zone in range(m.zones):
            left = m.end(zone) - self.next[zone]
            if left:
                self.write(zone, self.next[zone], 0, left)
            raw = self.bits[zone]
            link = self.next[zone] - 8 if left else 0
            raw[1:3] = (link | 0x8000).to_bytes(2, "little")
            raw[3] = 0xff if zone == 0 else 0
            if zone == 0:
                raw[4:64] = record
            raw[0] = zone_check(raw)
            for copy in range(2):
                at = (m.at + copy * m.zones + zone) * SECTOR
                self.image[at:at + SECTOR] = raw
        if m.zones > 1:
            boot = bytes(0x1c0) + record + bytes(4)
            self.image[0xc00:0xe00] = boot[:511] + bytes([boot_check(boot)])


def make(tree, flavour):
    maker = Maker(flavour)
    m = maker.map
    nodes = [n for n in tree.walk() if not n.is_link()]
    for node in nodes:
        node.children = [c for c in node.children if not c.is_link()]
        node.size = maker.dir_size(node) if node.is_dir() else None
    maps = 2 * m.zones * SECTOR
    maker.fragment(m.zones // 2, ROOT_FRAGMENT, maps + tree.size)
    tree.ino = ROOT_FRAGMENT << 8 | 2 * m.zones + 1
    if m.zones > 1:                     # the boot block
        maker.fragment(0, ROOT_FRAGMENT, 4 * SECTOR)
    for node in nodes[1:]:
        node.ino = maker.store(b"\0" * node.size if node.is_dir() else node.data)
    for node in nodes:
        if node.is_dir():
            at = m.at * SECTOR + maps if node is tree else find(maker, node.ino >> 8)
            maker.image[at:at + node.size] = maker.write_dir(node)
    maker.finish(tree)
    return maker.image


def find(maker, ident):
    """Where the only fragment of a directory is."""
    for zone, start, number, _ in fragments(maker.map, maker.bits, maker.next):
        if number == ident:
            return maker.map.place(zone, start)
    raise ValueError(ident)


def fragments(m, zones, ends):
    """(zone, first bit, number, length) of what is in the map."""
    for zone in range(m.zones):
        value, start = int.from_bytes(zones[zone], "little"), m.first(zone)
        while start < ends[zone]:
            number = value >> start & (1 << IDLEN) - 1
            rest = value >> start + IDLEN
            must(rest, f"zone {zone}: a fragment without an end")
            length = IDLEN + (rest & -rest).bit_length()
            yield zone, start, number, length
            start += length
        must_equal(f"zone {zone}: end of the last fragment", start, ends[zone])


class Reader:
    def __init__(self, image, flavour):
        self.map, self.image = Map(flavour), image
        m = self.map
        zones = [image[(m.at + z) * SECTOR:][:SECTOR] for z in range(m.zones)]
        for z, raw in enumerate(zones):
            must_equal(f"check byte of zone {z}", raw[0], zone_check(raw))
            must(raw == image[(m.at + m.zones + z) * SECTOR:][:SECTOR],
                 f"the copies of zone {z} differ")
        fields = struct.unpack(DISC, zones[0][4:64])
        must_equal("zones", fields[9], m.zones)
        self.root, self.root_size = fields[11], fields[-1] or 2048
        self.objects, self.used = {}, set()
        free = {z: 8 + (int.from_bytes(raw[1:3], "little") & 0x7fff) for z, raw in enumerate(zones)}
        for zone, start, number, length in fragments(m, zones, [m.end(z) for z in range(m.zones)]):
            if start == free[zone]:
                free[zone] = start + number if number else 8
            else:
                self.objects.setdefault(number, []).append((zone, start, length))
        must(all(f == 8 for f in free.values()), "a list of free fragments leads to none")

    def content(self, address, size):
        number, sector = address >> 8, max(0, (address & 255) - 1)
        m = self.map
        first = m.zones // 2 if number == ROOT_FRAGMENT else number // m.ids
        must(number in self.objects, f"object {number} is not in the map")
        pieces = sorted(self.objects[number], key=lambda p: ((p[0] - first) % m.zones, p[1]))
        data = b"".join(self.image[m.place(z, s):][:n * m.unit] for z, s, n in pieces)
        self.used.add(number)
        data = data[sector * SECTOR:]
        must(len(data) >= size, f"object {number}: {size} bytes, space for {len(data)}")
        return data[:size]

    def directory(self, node, address, size):
        raw = self.content(address, size)
        for name, load, execute, size, place, attributes in \
                (self.big if self.map.big else self.new)(raw):
            mode = (0o400 if attributes & READ else 0) | (0o200 if attributes & WRITE else 0)
            mtime = ((load & 0xff) << 32 | execute) // 100 - EPOCH
            kind = 0o40000 if attributes & DIRECTORY else 0o100000
            child = Node(name.replace(b"/", b"."), kind | mode, times=mtime, parent=node)
            node.children.append(child)
            if child.is_dir():
                self.directory(child, place, size)
            else:
                child.data = self.content(place, size)

    @staticmethod
    def new(raw):
        must(raw[:5] == raw[2042:2047] and raw[1:5] == b"Nick", "a bad head or tail of a directory")
        at = 5
        while raw[at]:
            name, load, execute, size = struct.unpack("<10sIII", raw[at:at + 22])
            yield (name.split(b"\r")[0], load, execute, size,
                   int.from_bytes(raw[at + 22:at + 25], "little"), raw[at + 25])
            at += 26
        must_equal("check byte of a directory", raw[2047], dir_check(raw, at))

    @staticmethod
    def big(raw):
        start, own, size, count, heap, _ = struct.unpack("<4x4sIIIII", raw[:28])
        must(start == b"SBPr" and raw[-8:-4] == b"oven" and size == len(raw), "a bad big directory")
        first = 28 + (own + 3 & ~3)
        names = first + 28 * count
        must_equal("check byte of a directory", raw[-1], big_check(raw, names + heap))
        for fields in struct.iter_unpack(BIG_ENTRY, raw[first:names]):
            length, at = fields[5:]
            yield (raw[names + at:][:length], *fields[:5])


def read(image, flavour):
    reader = Reader(image, flavour)
    tree = Node(b"", 0o40755)
    reader.directory(tree, reader.root, reader.root_size)
    if 3 not in reader.used:
        raise Damaged("the first object belongs to nothing")
    return tree
