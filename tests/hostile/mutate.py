# SPDX-License-Identifier: GPL-2.0-or-later
"""
Mutations of an image: bits that are turned over, fields with telling values, blocks that are
exchanged, a file that is cut short.  They hit what is in use and is not the content of files.
"""
import os
import random

SECTOR = 512
COUNTS = (1, 1, 1, 2, 3, 5, 10, 30, 100, 300)
SIZES = (1, 2, 2, 4, 4, 4, 8)
WHOLE = 4096                    # bytes of a block that is exchanged or erased


def contents(tree):
    """The sectors that the files of a tree fill."""
    found = set()
    for top, _, files in os.walk(tree):
        for name in files:
            path = os.path.join(top, name)
            if os.path.islink(path):
                continue
            with open(path, "rb") as f:
                while data := f.read(SECTOR):
                    found.add(data.ljust(SECTOR, b"\0"))
    return found


def metadata(image, tree):
    """Offsets of the sectors that have something in them, which is not the content of files."""
    uninteresting = contents(tree) | {bytes(SECTOR), b"\xff" * SECTOR}
    found = []
    with open(image, "rb") as f:
        size, end = os.path.getsize(image), 0
        while end < size:
            try:
                at = os.lseek(f.fileno(), end, os.SEEK_DATA) & -SECTOR
            except OSError:
                break                   # a hole to the end
            end = os.lseek(f.fileno(), at, os.SEEK_HOLE)
            f.seek(at)
            while at < end:
                if f.read(SECTOR) not in uninteresting:
                    found.append(at)
                at += SECTOR
    return found


class Mutation:
    """The numbered one of an image whose metadata is known; always the same."""

    def __init__(self, fstype, number, image, sectors):
        self.rng = random.Random(f"{fstype} {number}")
        self.image, self.sectors = image, sectors
        self.size = os.fstat(image.fileno()).st_size

    def place(self):
        """Often near the beginning, where the superblock and the roots are."""
        rng = self.rng
        head = self.sectors[:max(4, len(self.sectors) // 40)]
        return rng.choice(head if rng.random() < 0.4 else self.sectors)

    def get(self, at, size):
        self.image.seek(at)
        return self.image.read(size)

    def put(self, at, data):
        self.image.seek(at)
        self.image.write(data[:max(0, self.size - at)])

    def bit(self):
        at = self.place() + self.rng.randrange(SECTOR)
        old = self.get(at, 1)
        if old:
            self.put(at, bytes([old[0] ^ 1 << self.rng.randrange(8)]))

    def field(self):
        """A number that a driver may not expect, or one that stands elsewhere."""
        rng, size = self.rng, self.rng.choice(SIZES)
        at = self.place() + rng.randrange(0, SECTOR, size)
        elsewhere = self.get(self.place() + rng.randrange(0, SECTOR, size), size)
        order = rng.choice(("little", "big"))
        top = 1 << size * 8 - 1
        number = rng.choice((0, 1, 2, 255, 2 * top - 1, top, top - 1, rng.randrange(2 * top),
                             rng.randrange(min(2 * top, 1024)), None, None, None))
        self.put(at, elsewhere if number is None else
                 (number & 2 * top - 1).to_bytes(size, order))

    def near(self):
        """A number that is one too large or too small."""
        size = self.rng.choice(SIZES)
        at = self.place() + self.rng.randrange(0, SECTOR, size)
        order = self.rng.choice(("little", "big"))
        number = int.from_bytes(self.get(at, size), order) + self.rng.choice((-1, 1, 8, -8))
        self.put(at, (number & (1 << size * 8) - 1).to_bytes(size, order))

    def block(self):
        """Another block's content, or that of none."""
        size = self.rng.choice((SECTOR, 1024, WHOLE))
        to, source = self.place() // size * size, self.place() // size * size
        data = self.get(source, size)
        what = self.rng.randrange(4)
        if what == 0:
            data = bytes([self.rng.choice((0, 255))]) * size
        elif what == 1:
            self.put(source, self.get(to, size))
        self.put(to, data)

    def apply(self):
        rng = self.rng
        kinds = rng.choice(((self.bit,), (self.field,), (self.near,),
                            (self.bit, self.field, self.near),
                            (self.bit, self.field, self.near, self.block)))
        for _ in range(rng.choice(COUNTS)):
            rng.choice(kinds)()
        if rng.random() < 0.3:
            self.block()
        if rng.random() < 0.05:
            self.image.truncate(rng.choice((rng.randrange(self.size), self.place(),
                                            self.size - SECTOR)))


def mutate(fstype, number, path, sectors):
    """The numbered mutation of the file, which has an image with this metadata."""
    with open(path, "r+b") as image:
        Mutation(fstype, number, image, sectors).apply()
