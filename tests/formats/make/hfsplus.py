# SPDX-License-Identifier: GPL-2.0-or-later
"""
hfsplus, Apple's HFS Plus, and HFSX with case-sensitive names.  Layout: Apple's Technical Note
TN1150, the kernel's fs/hfsplus/hfsplus_raw.h.

Files, folders and their threads are records of one B-tree, the catalog; a file's ninth and further
extents are records of another.  Both trees and the bitmap of blocks are files.  Names are ASCII
here.
"""
import struct

from image import Blocks, Image, Node, bitmap, bits, must, must_equal, same_sets

FLAVOURS = ("hfsplus", "hfsx")
BLOCK, TOTAL, EPOCH = 4096, 2048, 2082844800
ROOT_PARENT, ROOT, FIRST_ID = 1, 2, 16
FOLDER, FILE, FOLDER_THREAD, FILE_THREAD = 1, 2, 3, 4
LEAF, INDEX, HEADER = 0xFF, 0, 1
UNMOUNTED, BIG_KEYS, INDEX_KEYS = 0x100, 2, 4
CASE_FOLDING, BINARY = 0xCF, 0xBC
LONGEST = 2             # blocks of an extent: a file of 100 KB has more than eight
NODES = 48              # of the catalog, 4 of the extents' tree
VOLUME = b"rump"
HIDDEN = b"\0\0\0\0"         # begins the name of the folder that the driver keeps removed files in
HEAD = ">HIIIIHHIIHIBBI64x"
VOLUME_HEAD = ">2sHI4sI4I2I3I3III" + "Q32s"


def text(name):
    return struct.pack(">H", len(name)) + name.decode("ascii").encode("utf-16-be")


def order(flavour):
    """How names are sorted; without regard to case, the character 0 is the last one."""
    if flavour == "hfsx":
        return lambda name: name
    return lambda name: name.lower().replace(b"\0", b"\xff")


class Maker:
    def __init__(self, flavour):
        self.fold = order(flavour)
        self.binary = flavour == "hfsx"
        self.img = Image(BLOCK, TOTAL, 1)
        self.overflow = []

    def fork(self, data, ident, longest=LONGEST):
        """A file's data and its record; what is beyond eight extents goes to the extents' tree."""
        first, count = self.img.store(data)
        extents = [(at, min(longest, first + count - at))
                   for at in range(first, first + count, longest)]
        packed = [b"".join(struct.pack(">II", *x) for x in extents[at:at + 8]).ljust(64, b"\0")
                  for at in range(0, max(1, len(extents)), 8)]
        for n, raw in enumerate(packed[1:], 1):
            key = (ident, n * 8 * longest)
            self.overflow.append((key, struct.pack(">HBBII", 10, 0, 0, *key), raw))
        return struct.pack(">QII", len(data), BLOCK, count) + packed[0]

    def record(self, node):
        dates = [node.mtime + EPOCH] * 4 + [0]
        perm = struct.pack(">IIBBHI", node.uid, node.gid, 0, 0, node.mode, 0)
        if node.is_dir():
            return struct.pack(">HHII5I", FOLDER, 0, len(node.children), node.ino,
                               *dates) + perm + bytes(40)
        kind = b"slnkrhap" if node.is_link() else bytes(8)
        return (struct.pack(">HHII5I", FILE, 2, 0, node.ino, *dates) + perm + kind.ljust(40, b"\0")
                + self.fork(node.data, node.ino) + bytes(80))

    def catalog(self, tree):
        """(what to sort by, key, record) of a file or folder and of its thread."""
        for node in tree.walk():
            name = node.name or VOLUME
            parent = node.parent.ino if node.parent else ROOT_PARENT
            thread = struct.pack(">HHI", FOLDER_THREAD if node.is_dir() else FILE_THREAD, 0, parent)
            for ident, key, record in ((parent, name, self.record(node)),
                                       (node.ino, b"", thread + text(name))):
                raw = struct.pack(">I", ident) + text(key)
                yield (ident, self.fold(key)), struct.pack(">H", len(raw)) + raw, record

    @staticmethod
    def node(kind, height, records, following=0, previous=0):
        raw = struct.pack(">IIBBHH", following, previous, kind, height, len(records), 0)
        offsets = []
        for record in records:
            offsets.append(len(raw))
            raw += record
        offsets.append(len(raw))
        table = struct.pack(f">{len(offsets)}H", *reversed(offsets))
        return raw.ljust(BLOCK - len(table), b"\0") + table

    def tree(self, records, count, longest_key, kind, attributes):
        """A B-tree, from the bottom: (key, record) fill nodes, their first keys the next level."""
        nodes, height, level = [], 0, [(k, k + r) for _, k, r in sorted(records)]
        leaves = len(level)
        ends = (0, 0)
        while level and (height == 0 or len(level) > 1):
            height += 1
            groups, size = [], BLOCK
            for key, raw in level:
                if size + len(raw) + 2 > BLOCK:
                    groups.append([])
                    size = 16
                groups[-1].append((key, raw))
                size += len(raw) + 2
            first = len(nodes) + 1
            places = range(first, first + len(groups))
            for place, group in zip(places, groups):
                nodes.append(self.node(LEAF if height == 1 else INDEX, height,
                                       [raw for _, raw in group], place + 1 if place + 1 in places
                                       else 0, place - 1 if place - 1 in places else 0))
            ends = (places[0], places[-1]) if height == 1 else ends
            level = [(g[0][0], g[0][0] + struct.pack(">I", p)) for p, g in zip(places, groups)]
        root = len(nodes)
        if root >= count:
            raise ValueError("the tree does not fit into the image")
        head = struct.pack(HEAD, height, root, leaves, *ends, BLOCK, longest_key, count,
                           count - root - 1, 0, BLOCK, 0, kind, attributes)
        marks = bitmap(range(root + 1), BLOCK - 256, lsb_first=False)
        nodes.insert(0, self.node(HEADER, 0, [head, bytes(128), marks]))
        return b"".join(nodes).ljust(count * BLOCK, b"\0")

    def volume_head(self, tree, forks, ids):
        nodes = list(tree.walk())
        folders = sum(n.is_dir() for n in nodes) - 1
        when = tree.mtime + EPOCH
        return struct.pack(VOLUME_HEAD, b"HX" if self.binary else b"H+", 5 if self.binary else 4,
                           UNMOUNTED, b"10.0", 0, when, when, 0, when, len(nodes) - folders - 1,
                           folders, BLOCK, TOTAL, TOTAL - self.img.next - 1, self.img.next, BLOCK,
                           BLOCK, ids, 1, 1, bytes(32)) + b"".join(forks) + bytes(160)


def make(tree, flavour):
    maker = Maker(flavour)
    nodes = list(tree.walk())
    for ident, node in enumerate(nodes, FIRST_ID):
        node.ino = ident
    tree.ino = ROOT
    records = list(maker.catalog(tree))
    catalog = maker.tree(records, NODES, 516, BINARY if maker.binary else CASE_FOLDING,
                         BIG_KEYS | INDEX_KEYS)
    extents = maker.tree(maker.overflow, 4, 10, 0, BIG_KEYS)
    forks = [maker.fork(extents, 3, NODES), maker.fork(catalog, 4, NODES)]
    used = [*range(maker.img.next + 1), TOTAL - 1]
    forks.insert(0, maker.fork(bitmap(used, TOTAL // 8, lsb_first=False), 6))
    head = maker.volume_head(tree, forks, FIRST_ID + len(nodes))
    maker.img.put(0, head, 1024)
    maker.img.put(TOTAL - 1, head, BLOCK - 1024)
    return maker.img.bytes


class Tree:
    """A B-tree's leaf records, after a look at its nodes."""

    def __init__(self, what, data):
        self.what, self.data, self.seen = what, data, {0}
        head = struct.unpack(HEAD, data[14:120])
        self.depth, root, self.count, first, last, self.size, _, nodes, free = head[:9]
        must_equal(f"{what}: size", nodes * self.size, len(data))
        self.leaves = []
        if root:
            self.walk(root, self.depth)
        must_equal(f"{what}: records", self.count, sum(len(r) for _, r in self.leaves))
        must_equal(f"{what}: first and last leaf", (first, last),
                   (self.leaves[0][0], self.leaves[-1][0]) if self.leaves else (0, 0))
        marks = bits(self.records(0)[1][2], nodes, lsb_first=False)
        same_sets(f"{what}: map of nodes", marks, self.seen)
        must_equal(f"{what}: free nodes", free, nodes - len(marks))

    def records(self, place):
        raw = self.data[place * self.size:(place + 1) * self.size]
        following, previous, kind, height, count, _ = struct.unpack(">IIBBHH", raw[:14])
        offsets = struct.unpack(f">{count + 1}H", raw[-2 * count - 2:])[::-1]
        must(sorted(offsets) == list(offsets), f"{self.what}: offsets of node {place}")
        return (following, previous, kind, height), [raw[a:b] for a, b in zip(offsets, offsets[1:])]

    def walk(self, place, height):
        must(place not in self.seen, f"{self.what}: node {place} is in two places")
        self.seen.add(place)
        head, records = self.records(place)
        must_equal(f"{self.what}: node {place}", head[2:], (LEAF if height == 1 else INDEX, height))
        if height == 1:
            if self.leaves:
                must_equal(f"{self.what}: the leaf before {place}", head[1], self.leaves[-1][0])
            self.leaves.append((place, records))
            return
        for record in records:
            before = len(self.leaves)
            self.walk(struct.unpack(">I", record[-4:])[0], height - 1)
            key = record[:2 + struct.unpack(">H", record[:2])[0]]
            must(self.leaves[before][1][0].startswith(key), f"{self.what}: a key of node {place}")

    def pairs(self):
        for _, records in self.leaves:
            for raw in records:
                length = 2 + struct.unpack(">H", raw[:2])[0]
                yield raw[2:length], raw[length:]


class Reader:
    def __init__(self, image, flavour):
        self.blocks = Blocks(image, BLOCK)
        self.fold = order(flavour)
        head = image[1024:1536]
        fields = struct.unpack(VOLUME_HEAD, head[:112])
        must_equal("signature", fields[0], b"HX" if flavour == "hfsx" else b"H+")
        must_equal("attributes", fields[2] & UNMOUNTED, UNMOUNTED)
        must_equal("signature of the copy", image[-1024:-1022], fields[0])
        self.files, self.folders, _, self.total, self.free = fields[9:14]
        self.next_id = fields[17]
        self.blocks.claim("volume header", 0)
        self.blocks.claim("its copy", self.total - 1)
        self.overflow = {}
        forks = [head[at:at + 80] for at in range(112, 352, 80)]
        extents = Tree("extents", self.fork("extents", 3, forks[1]))
        for key, raw in extents.pairs():
            kind, ident, start = struct.unpack(">BxII", key)
            self.overflow[kind, ident, start] = raw
        self.marks = bits(self.fork("bitmap", 6, forks[0]), self.total, lsb_first=False)
        self.catalog = Tree("catalog", self.fork("catalog", 4, forks[2]))

    def fork(self, what, ident, raw, kind=0):
        size, _, total = struct.unpack(">QII", raw[:16])
        data, found, record = b"", 0, raw[16:]
        while found < total:
            before = found
            for block, count in struct.iter_unpack(">II", record):
                data += self.blocks.take(what, block, count) if count else b""
                found += count
            must(found > before, f"{what}: an empty record of extents")
            if found < total:
                must((kind, ident, found) in self.overflow,
                     f"{what}: no extents from block {found}")
                record = self.overflow.pop((kind, ident, found))
        must_equal(f"{what}: blocks", total, found)
        must(len(data) >= size, f"{what}: {size} bytes in {len(data)}")
        return data[:size]

    def nodes(self):
        """id of the parent -> its children; all threads."""
        below, threads, previous = {}, {}, None
        for key, raw in self.catalog.pairs():
            parent, _ = struct.unpack(">IH", key[:6])
            name = key[6:].decode("utf-16-be")
            place = parent, self.fold(name.encode())
            must(previous is None or place > previous, f"catalog: {place} is not in order")
            previous = place
            kind, = struct.unpack(">H", raw[:2])
            if kind in (FOLDER_THREAD, FILE_THREAD):
                up, length = struct.unpack(">IH", raw[4:10])
                threads[parent] = (up, raw[10:10 + 2 * length].decode("utf-16-be"))
                continue
            valence, ident, _, mtime = struct.unpack(">IIII", raw[4:20])
            uid, gid, mode = struct.unpack(">IIxxH", raw[32:44])
            node = Node(name.encode(), mode, b"", mtime - EPOCH, (uid, gid))
            node.ino, node.valence = ident, valence if kind == FOLDER else None
            must(ident < self.next_id, f"{name}: number {ident}, the next one is {self.next_id}")
            if kind == FILE:
                node.data = self.fork(name, ident, raw[88:168])
                self.fork(f"resources of {name}", ident, raw[168:248], 0xff)
            below.setdefault(parent, []).append(node)
        return below, threads

    def tree(self):
        below, threads = self.nodes()
        files = folders = 0
        for parent, children in below.items():
            for node in children:
                must_equal(f"thread of {node.name}", threads.pop(node.ino),
                           (parent, node.name.decode()))
                files += not node.is_dir()
                folders += node.is_dir()
                if node.is_dir():
                    node.children = below.get(node.ino, [])
                    must_equal(f"{node.name}: files in it", node.valence, len(node.children))
        must(not threads, f"threads of nothing: {threads}")
        must_equal("files and folders", (self.files, self.folders), (files, folders - 1))
        root, = below[ROOT_PARENT]
        root.name = b""
        root.children = [c for c in root.children if not c.name.startswith(HIDDEN)]
        return root


def read(image, flavour):
    reader = Reader(image, flavour)
    tree = reader.tree()
    must(not reader.overflow, f"extents of nothing: {list(reader.overflow)}")
    same_sets("bitmap", reader.marks, set(reader.blocks.owner))
    must_equal("free blocks", reader.free, reader.total - len(reader.marks))
    return tree
