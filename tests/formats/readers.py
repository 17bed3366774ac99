#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
The readers of make/ read what the makers there write, and notice damage: a byte of a file, the mark
of a block that is in use or free, and bytes all over an image.
"""
# run-as: self
# timeout: 900
import importlib
import os
import random
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["RUMP_TOP"], "tests/formats/make"))

from image import Node                  # noqa: E402

TYPES = "adfs affs befs efs hfsplus hpfs omfs qnx4 qnx6 sysv v7 vxfs".split()
NO_LINKS = ("adfs", "omfs")
# The share of damaged bytes that must be noticed; times, owners and labels are not looked at.
NOTICED = 0.6
QUICK = bool(os.environ["RUMP_TEST_QUICK"])      # one flavour of each type


def small_tree(folder, links):
    """Files of one block and of many, a folder in a folder, a link where the format has them."""
    os.makedirs(f"{folder}/a/b")
    with open(f"{folder}/big", "wb") as f:
        f.write(random.Random(1).randbytes(50001))
    for n in range(20):
        with open(f"{folder}/a/f{n}", "w", encoding="ascii") as f:
            f.write(f"{n}\n" * 10)
    if links:
        os.symlink("a/f1", f"{folder}/link")
    return Node.from_folder(os.fsencode(folder))


def noticed(module, flavour, image, wanted):
    """Whether the reader complains or sees another tree; damage may trip it in any way."""
    try:
        return module.read(bytes(image), flavour).contents() != wanted
    except Exception:                   # pylint: disable=broad-exception-caught
        return True


def damaged(image, at):
    copy = bytearray(image)
    copy[at] ^= 0x55
    return copy


def check(name, flavour, tree):
    module = importlib.import_module(name)
    image = module.make(tree, flavour)
    wanted = tree.contents()
    if module.read(bytes(image), flavour).contents() != wanted:
        return "the reader sees another tree than the maker wrote"
    big = next(c.data for c in tree.children if c.name == b"big")
    inside = bytes(image).find(big[:64])
    if not noticed(module, flavour, damaged(image, inside), wanted):
        return "a changed byte of a file is not noticed"
    used = [n for n in range(len(image)) if image[n]]
    sample = random.Random(flavour).sample(used, 12)
    found = sum(noticed(module, flavour, damaged(image, at), wanted) for at in sample)
    if found < NOTICED * len(sample):
        return f"only {found} of {len(sample)} damaged bytes are noticed"
    return None


def main():
    failed = 0
    trees = {links: small_tree(f"tree{links:d}", links) for links in (False, True)}
    for name in TYPES:
        module = importlib.import_module(name)
        for flavour in list(getattr(module, "FLAVOURS", ("",)))[:1 if QUICK else None]:
            problem = check(name, flavour, trees[name not in NO_LINKS])
            print(f"{name}:{flavour}: {problem or 'ok'}")
            failed += bool(problem)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
