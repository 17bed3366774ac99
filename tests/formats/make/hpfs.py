# SPDX-License-Identifier: GPL-2.0-or-later
"""
hpfs, the file system of OS/2.  Layout: Documentation/filesystems/hpfs.rst, the kernel's
fs/hpfs/hpfs.h.

Sectors of 512 bytes; a bitmap for each band of 8 MiB.  A file has an fnode with up to eight runs of
sectors or pointers to anodes with more, and extended attributes, where owner, mode and symbolic
links are.  A directory is a B-tree of dnodes of four sectors, most of them in a band of their own.
"""
import struct

from image import Blocks, Image, Node, bitmap, bits, must, must_equal, same_sets

SECTOR, TOTAL, BAND = 512, 24576, 0x4000
SUPER, SPARE = (0xF995E849, 0xFA53E9C5), (0xF9911849, 0xFA5229C5)
FNODE, ANODE, DNODE = 0xF7E40AAE, 0x37E40AAE, 0x77E40AAE
BITMAPS, BADS, HOTFIXES, USERS, DIR_MAP = 20, 28, 32, 40, 48
MAPS = (24, TOTAL - 4)
DIR_BAND, DIR_SECTORS, SPARE_DNODES = 64, 1024, 4
FIRST, DOWN, LAST, HAS_EA = 1, 4, 8, 16
READ_ONLY, DIRECTORY, NOT_8X3 = 1, 16, 64
INTERNAL, FNODE_PARENT, IS_DIR, END = 0x80, 0x20, 0x100, 0xFFFFFFFF
RUN = 16                # sectors: a file of 100 KB has more runs than an fnode holds
EA_AT, EA_SPACE = 0xC4, 316


def upper(name):
    return name.upper()


class Maker:
    def __init__(self):
        self.img = Image(SECTOR, TOTAL - 4, DIR_BAND + DIR_SECTORS)
        self.dnodes = SPARE_DNODES

    def take_dnode(self):
        self.dnodes += 1
        return DIR_BAND + 4 * (self.dnodes - 1)

    @staticmethod
    def attributes(node):
        values = [(b"UID", struct.pack("<H", node.uid & 0xffff)),
                  (b"GID", struct.pack("<H", node.gid & 0xffff)),
                  (b"SYMLINK", node.data) if node.is_link()
                  else (b"MODE", struct.pack("<H", node.mode))]
        raw = b"".join(struct.pack("<BBH", 0, len(n), len(v)) + n + b"\0" + v for n, v in values)
        if len(raw) > EA_SPACE:
            raise ValueError(f"{node.name}: too long a link")
        return raw

    def btree(self, data):
        """The header and the array of an fnode: runs, or pointers to anodes of 40 runs each."""
        first, count = self.img.store(data)
        runs = [(at - first, min(RUN, first + count - at), at)
                for at in range(first, first + count, RUN)]
        if len(runs) <= 8:
            body = b"".join(struct.pack("<III", *r) for r in runs)
            return struct.pack("<B3xBBH", 0, 8 - len(runs), len(runs), 8 + len(body)) + body, []
        chunks = [runs[at:at + 40] for at in range(0, len(runs), 40)]
        anodes = [(self.img.take(), chunk) for chunk in chunks]
        ends = [chunk[0][0] for chunk in chunks[1:]] + [END]
        body = b"".join(struct.pack("<II", end, at) for end, (at, _) in zip(ends, anodes))
        head = struct.pack("<B3xBBH", INTERNAL, 12 - len(anodes), len(anodes), 8 + len(body))
        return head + body, anodes

    def fnode(self, node):
        eas = self.attributes(node)
        if node.is_dir():
            node.dnode = self.take_dnode()
            tree = struct.pack("<B3xBBHIII", 0, 7, 1, 20, END, 0, node.dnode)
        else:
            tree, anodes = self.btree(b"" if node.is_link() else node.data)
            for at, runs in anodes:
                body = b"".join(struct.pack("<III", *r) for r in runs)
                raw = struct.pack("<IIIB3xBBH", ANODE, at, node.ino, FNODE_PARENT, 40 - len(runs),
                                  len(runs), 8 + len(body))
                self.img.put(at, raw + body)
        size = 0 if node.is_dir() or node.is_link() else len(node.data)
        raw = struct.pack("<I8xB15sIIIHBBIIHH", FNODE, len(node.name), node.name[:15],
                          node.up().ino, 0, 0, 0, 0, 0, 0, 0, len(eas),
                          IS_DIR if node.is_dir() else 0)
        raw += tree.ljust(104, b"\0") + struct.pack("<II16xHBBII", size, 0, EA_AT, 0, 0, 0, 0)
        self.img.put(node.ino, raw + eas)

    def entry(self, node, name=None):
        size = 0 if node.is_dir() or node.is_link() else len(node.data)
        flags = FIRST if name else HAS_EA
        attributes = (DIRECTORY if node.is_dir() else 0) | (NOT_8X3 if not name else 0)
        attributes |= 0 if node.mode & 0o222 or node.is_link() else READ_ONLY
        name = name or node.name
        eas = 0 if flags == FIRST else len(self.attributes(node))
        return (flags, attributes, node.ino, node.mtime, size, eas, name)

    @staticmethod
    def raw_entry(entry, down=0):
        flags, attributes, fnode, time, size, eas, name = entry
        length = (31 + len(name) + 3 & ~3) + (4 if down else 0)
        raw = struct.pack("<HBBIIIIIIBBB", length, flags | (DOWN if down else 0), attributes, fnode,
                          time, size, time, time, eas, 0, 0, len(name)) + name
        raw = raw.ljust(length - (4 if down else 0), b"\0")
        return raw + struct.pack("<I", down) if down else raw

    def write_dnode(self, place, up, entries, root):
        raw = b"".join(self.raw_entry(e, down) for e, down in entries)
        head = struct.pack("<IIIII", DNODE, 20 + len(raw), 1 if root else 0, up, place)
        self.img.put(place, head + raw)

    def directory(self, node):
        """A root dnode, with the leaves below it where one is not enough."""
        end = (LAST, 0, 0, 0, 0, 0, b"\xff")
        entries = [self.entry(node, b"\1\1")]
        entries += [self.entry(c) for c in sorted(node.children, key=lambda c: upper(c.name))]
        leaves, between, size = [[]], [], 20
        for entry in entries:
            length = len(self.raw_entry(entry))
            if size + length > 2048 - 36:       # this one goes up, with the leaf before it below it
                between.append(entry)
                leaves.append([])
                size = 20
            else:
                leaves[-1].append(entry)
                size += length
        if len(leaves) == 1:
            return self.write_dnode(node.dnode, node.ino, [(e, 0) for e in leaves[0] + [end]], True)
        places = [self.take_dnode() for _ in leaves]
        for place, leaf in zip(places, leaves):
            self.write_dnode(place, node.dnode, [(e, 0) for e in leaf + [end]], False)
        return self.write_dnode(node.dnode, node.ino, list(zip(between + [end], places)), True)

    def finish(self, tree):
        image = self.img.bytes + bytes(4 * SECTOR)

        def put(sector, raw):
            image[sector * SECTOR:sector * SECTOR + len(raw)] = raw

        gaps = [*range(36, USERS), *range(DIR_MAP + 4, DIR_BAND)]
        free = [gaps + list(range(self.img.next, BAND)), range(0, TOTAL - 4 - BAND)]
        for place, numbers in zip(MAPS, free):
            put(place, bitmap(numbers, 2048))
        put(BITMAPS, struct.pack("<II", *MAPS))
        put(DIR_MAP, bitmap(range(self.dnodes, DIR_SECTORS // 4), 2048))
        boot = struct.pack("<HBHBHHBHHHIIBBB4s11s8s", 512, 1, 0, 0, 0, 0, 0xf8, 0, 32, 8, 0, TOTAL,
                           0x80, 0, 0x28, b"rump", b"RUMP", b"HPFS    ")
        put(0, b"\xeb\x3c\x90IBM 20.0" + boot)
        put(16, struct.pack("<IIBBHIIIIIIIIIIIII32sI", *SUPER, 2, 2, 0, tree.ino, TOTAL, 0, BITMAPS,
                            0, BADS, 0, 0, 0, DIR_SECTORS, DIR_BAND, DIR_BAND + DIR_SECTORS - 1,
                            DIR_MAP, b"rump", USERS))
        put(17, struct.pack("<IIBBBBIIIIIII68x4I", *SPARE, 0, 0, 0, 0, HOTFIXES, 0, 0, SPARE_DNODES,
                            SPARE_DNODES, 0, 0, *(DIR_BAND + 4 * n for n in range(SPARE_DNODES))))
        return image


def make(tree, _flavour):
    maker = Maker()
    nodes = list(tree.walk())
    for node in nodes:
        node.ino = maker.img.take()
    for node in nodes:
        maker.fnode(node)
    for node in nodes:
        if node.is_dir():
            maker.directory(node)
    return maker.finish(tree)


class Reader:
    def __init__(self, image):
        self.blocks = Blocks(image, SECTOR)
        sb = struct.unpack("<IIBBHIIIIIIIIIIIII", self.blocks.get(16)[:64])
        spare = struct.unpack("<IIBBBBIIIIIII", self.blocks.get(17)[:40])
        must(sb[:2] == SUPER and spare[:2] == SPARE, "no superblock")
        must_equal("dirty", spare[2], 0)
        must_equal("free spare dnodes", spare[9], spare[10])
        self.root, self.total, _, maps, _, bads = sb[5:11]
        self.dir_size, self.dir_band, dir_end, dir_map = sb[14:18]
        must_equal("the directory band's end", dir_end, self.dir_band + self.dir_size - 1)
        self.blocks.claim("the start", 0, 20)
        bands = -(-self.total // BAND)
        self.free = set()
        places = self.blocks.take("maps", maps, 4)[:4 * bands]
        for band, (place,) in enumerate(struct.iter_unpack("<I", places)):
            self.free |= {band * BAND + b for b in bits(self.blocks.take("bitmap", place, 4), BAND)}
        self.free_dnodes = bits(self.blocks.take("map of dnodes", dir_map, 4), self.dir_size // 4)
        self.blocks.claim("bad sectors", bads, 4)
        self.blocks.claim("hotfixes", spare[6], 4)
        self.blocks.claim("users", struct.unpack("<I", self.blocks.get(16)[96:100])[0], 8)
        self.dnodes = set(range(spare[10]))

    def dnode(self, place, up):
        """All entries below a dnode, in order."""
        if self.dir_band <= place < self.dir_band + self.dir_size:
            number = (place - self.dir_band) // 4
            must(number not in self.dnodes, f"dnode {place} belongs to two")
            self.dnodes.add(number)
            raw = self.blocks.get(place, 4)
        else:
            raw = self.blocks.take("dnode", place, 4)
        magic, end, _, parent, self_ = struct.unpack("<IIIII", raw[:20])
        must(magic == DNODE and self_ == place, f"no dnode at {place}")
        must_equal(f"dnode {place}: parent", parent, up)
        at, found = 20, []
        while at < end:
            length, flags, attributes, fnode, time, size, _, _, eas, _, _, count = \
                struct.unpack("<HBBIIIIIIBBB", raw[at:at + 31])
            name = raw[at + 31:at + 31 + count]
            if flags & DOWN:
                found += self.dnode(struct.unpack("<I", raw[at + length - 4:at + length])[0], place)
            if not flags & LAST:
                found.append((name, fnode, time, size, bool(attributes & DIRECTORY), eas))
            at += length
        must(name == b"\xff" and at == end, f"dnode {place}: a bad end")
        return found

    def runs(self, what, raw, of):
        flags, _, used, _ = struct.unpack("<B3xBBH", raw[:8])
        if not flags & INTERNAL:
            return [struct.unpack("<III", raw[8 + 12 * n:20 + 12 * n]) for n in range(used)]
        found = []
        for n in range(used):
            _, at = struct.unpack("<II", raw[8 + 8 * n:16 + 8 * n])
            anode = self.blocks.take(f"anode of {what}", at)
            must_equal(f"anode {at}", struct.unpack("<III", anode[:12]), (ANODE, at, of))
            found += self.runs(what, anode[12:], at)
        return found

    def attributes(self, raw):
        length, place, inside = struct.unpack("<IIH", raw[44:54])
        at, = struct.unpack("<H", raw[184:186])
        eas = raw[at:at + inside]
        if length:
            eas += self.blocks.take("attributes", place, -(-length // SECTOR))[:length]
        found = {}
        while eas:
            _, names, values = struct.unpack("<BBH", eas[:4])
            found[eas[4:4 + names]] = eas[5 + names:5 + names + values]
            eas = eas[5 + names + values:]
        return found

    def node(self, ino, name=b"", parent=None, time=0, said=None):
        what = f"fnode {ino}"
        raw = self.blocks.take(what, ino)
        magic, length, short, up = struct.unpack("<I8xB15sI", raw[:32])
        must_equal(f"{what}: magic", magic, FNODE)
        if parent:
            must_equal(f"{what}: parent", up, parent.ino)
            must(length == len(name) and short.rstrip(b"\0") == name[:15], f"{what}: name")
        is_dir = bool(struct.unpack("<H", raw[54:56])[0] & IS_DIR)
        size, = struct.unpack("<I", raw[160:164])
        eas = self.attributes(raw)
        mode = 0o40755 if is_dir else 0o100644
        mode = struct.unpack("<H", eas[b"MODE"])[0] if b"MODE" in eas else mode
        node = Node(name, 0o120777 if b"SYMLINK" in eas else mode, eas.get(b"SYMLINK", b""), time,
                    parent=parent)
        node.ino = ino
        if is_dir:
            entries = self.dnode(struct.unpack("<I", raw[72:76])[0], ino)
            names = [upper(e[0]) for e in entries]
            must(names == sorted(names) and names[0] == b"\1\1", f"{what}: names are not in order")
            for child, fnode, when, length, _, _ in entries[1:]:
                node.children.append(self.node(fnode, child, node, when, length))
            return node
        data, at = b"", 0
        for start, count, disk in self.runs(what, raw[56:], ino):
            must_equal(f"{what}: a run", start, at)
            data += self.blocks.take(what, disk, count)
            at += count
        must(len(data) >= size, f"{what}: {size} bytes in {len(data)}")
        if not node.is_link():
            must_equal(f"{what}: size in the directory", said, size)
            node.data = data[:size]
        return node


def read(image, _flavour):
    reader = Reader(image)
    tree = reader.node(reader.root)
    used = set(reader.blocks.owner) | set(range(reader.dir_band, reader.dir_band + reader.dir_size))
    same_sets("bitmap", set(range(reader.total)) - reader.free, used)
    same_sets("map of dnodes", set(range(reader.dir_size // 4)) - reader.free_dnodes, reader.dnodes)
    return tree
