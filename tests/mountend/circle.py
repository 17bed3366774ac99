# SPDX-License-Identifier: GPL-2.0-or-later
"""Images that lead a driver round in a circle, for ever."""
import os
import struct
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.environ["RUMP_TOP"] + "/tests/formats/make")

import affs     # noqa: E402
import sysv     # noqa: E402


def make(kind, image):
    """A good image with a file."""
    os.makedirs("tree", exist_ok=True)
    with open("tree/first", "w", encoding="ascii") as f:
        f.write("content")
    subprocess.run([os.environ["RUMP_TOP"] + "/tests/formats/make/mkimage", kind, image, "tree"],
                   check=True)
    with open(image, "rb") as f:
        return bytearray(f.read())


def sysv_at_mount(image):
    """The last block of the list of free blocks is followed by itself: statfs counts them."""
    form = sysv.Form("sysv4")
    raw = make("sysv", image)
    block = form.value(raw[form.at:], "free")[0]
    at = block * form.block + form.chunk_at
    raw[at:at + 4] = form.u32(block)
    with open(image, "wb") as f:
        f.write(raw)


def udf_directory(image):
    """The driver returns the last name that it could read again and again."""
    os.makedirs("many/many", exist_ok=True)
    for n in range(300):
        with open(f"many/many/file{n:04}.txt", "w", encoding="ascii"):
            pass
    subprocess.run(["genisoimage", "-quiet", "-udf", "-R", "-o", image, "many"], check=True)
    with open(image, "r+b") as f:
        raw = f.read()
        f.seek(raw.rfind(b"\x08file0298.txt") - 2)
        f.write(bytes([127]))


def affs_at_lookup(image):
    """The file follows itself in its chain: returns a name that is looked for in it, and is not
    there."""
    raw = make("affs", image)
    place = affs.bucket(b"first", False)
    table = affs.ROOT * affs.BLOCK + 24 + 4 * place
    block, = struct.unpack_from(">I", raw, table)
    header = raw[block * affs.BLOCK:(block + 1) * affs.BLOCK]
    header[-16:-12] = struct.pack(">I", block)
    raw[block * affs.BLOCK:(block + 1) * affs.BLOCK] = affs.summed(bytes(header))
    with open(image, "wb") as f:
        f.write(raw)
    names = (f"name{n}" for n in range(100000))
    return next(n for n in names if affs.bucket(n.encode(), False) == place)
