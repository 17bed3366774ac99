# SPDX-License-Identifier: GPL-2.0-or-later
"""
What the generators and readers of images share: the tree that goes in, and an image as blocks.

A format is a module of this folder.  It has make(tree, flavour), which returns the image's bytes,
and read(image, flavour), which shows the tree that an image holds and raises Damaged where its
parts do not fit together.  The two are written from the format's layout, not from each other.
"""
import os
import stat


class Damaged(Exception):
    """What is wrong with an image."""


class Node:
    """A file, directory or symbolic link."""

    def __init__(self, name, mode, data=b"", times=0, owner=(0, 0), parent=None):
        self.name, self.mode, self.data = name, mode, data
        self.mtime, (self.uid, self.gid), self.parent = times, owner, parent
        self.children = []
        self.ino = self.place = None

    @classmethod
    def from_folder(cls, path, name=b"", parent=None):
        """The tree below a folder of the host, names sorted."""
        st = os.lstat(path)
        node = cls(name, st.st_mode, times=int(st.st_mtime), owner=(st.st_uid, st.st_gid),
                   parent=parent)
        if node.is_link():
            node.data = os.readlink(path)
        elif node.is_dir():
            node.children = [cls.from_folder(os.path.join(path, n), n, node)
                             for n in sorted(os.listdir(path))]
        else:
            with open(path, "rb") as f:
                node.data = f.read()
        return node

    def is_dir(self):
        return stat.S_ISDIR(self.mode)

    def is_link(self):
        return stat.S_ISLNK(self.mode)

    def up(self):
        """The parent; the root is its own."""
        return self.parent or self

    def links(self):
        return 2 + sum(c.is_dir() for c in self.children) if self.is_dir() else 1

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()

    def contents(self, path=b""):
        """path -> what can be compared: True for a directory, (is a link, bytes) for others."""
        found = {path: True if self.is_dir() else (self.is_link(), self.data)}
        for child in self.children:
            found.update(child.contents(path + b"/" + child.name))
        return found


class Image:
    """Blocks of one size; allocated from the front."""

    def __init__(self, size, count, first=0):
        self.size, self.count, self.next = size, count, first
        self.bytes = bytearray(size * count)

    def put(self, block, data, offset=0):
        at = block * self.size + offset
        if at + len(data) > len(self.bytes):
            raise ValueError("the tree does not fit into the image")
        self.bytes[at:at + len(data)] = data

    def take(self, count=1):
        """The first of count blocks that nobody else has."""
        first = self.next
        self.next += count
        if self.next > self.count:
            raise ValueError("the tree does not fit into the image")
        return first

    def blocks(self, data):
        """How many blocks the data fills."""
        return -(-len(data) // self.size)

    def store(self, data):
        """Write data into blocks of its own; returns the first and how many."""
        count = self.blocks(data)
        first = self.take(count)
        self.put(first, data)
        return first, count


class Blocks:
    """A reader's view: blocks of bytes, and who has which."""

    def __init__(self, image, size):
        self.bytes, self.size, self.owner = image, size, {}

    def get(self, block, count=1):
        data = self.bytes[block * self.size:(block + count) * self.size]
        if len(data) != count * self.size:
            raise Damaged(f"block {block} is beyond the end")
        return data

    def claim(self, what, block, count=1):
        """Say that blocks belong to something; nothing else may have them."""
        for b in range(block, block + count):
            if b in self.owner:
                raise Damaged(f"block {b} belongs to {self.owner[b]} and to {what}")
            self.owner[b] = what

    def take(self, what, block, count=1):
        self.claim(what, block, count)
        return self.get(block, count)


def must(condition, text):
    if not condition:
        raise Damaged(text)


def must_equal(what, said, found):
    must(said == found, f"{what}: the image says {said}, it is {found}")


def same_sets(what, said, found):
    """Two sets of block numbers, for instance a bitmap's and what is in use."""
    for name, extra in (("in use, but not marked", found - said),
                        ("marked, but not in use", said - found)):
        must(not extra, f"{what}: {name}: {sorted(extra)[:8]} ({len(extra)})")


def bits(data, count, lsb_first=True):
    """The numbers of the bits that are set."""
    return {n for n in range(count)
            if data[n // 8] >> (n % 8 if lsb_first else 7 - n % 8) & 1}


def bitmap(numbers, size, lsb_first=True):
    """size bytes with these bits set."""
    data = bytearray(size)
    for n in numbers:
        data[n // 8] |= 1 << (n % 8 if lsb_first else 7 - n % 8)
    return bytes(data)
