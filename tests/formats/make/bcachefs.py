# SPDX-License-Identifier: GPL-2.0-or-later
"""
bcachefs: only a superblock, on one device; the driver makes all else when it mounts such an image
for the first time, as it does after the format's own tool.  Layout: fs/bcachefs/bcachefs_format.h,
sb-members_format.h.  The reader looks at the superblocks only: the driver's option fsck checks the
rest.
"""
import struct
import uuid

from image import must, must_equal

SECTOR, SECTORS, BUCKET, NODE = 512, 1 << 18, 256, 128      # the last three in sectors
MAGIC = bytes.fromhex("c68573f666ce90a9d96a60cf803df7ef")
LAYOUT_AT, FIRST_AT, LOG2_SIZE = 7, 8, 10
PLACES = [FIRST_AT, FIRST_AT + (1 << LOG2_SIZE)]
VERSION = 1 << 10 | 13
INITIALIZED, CRC32C, SIPHASH = 1, 1, 2
SUPER = "<HH4x16s16s16s32sQQHBBIQII7QQ2Q2Q"
FILLED_BY_DRIVER = True         # make() takes no files


def fields(*values):
    """One word of (value, first bit) each."""
    return sum(value << bit for value, bit in values)


def crc32c(data):
    value = 0xffffffff
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    return value ^ 0xffffffff


def option_words():
    """The format tool's default options."""
    return [
        fields((CRC32C, 2), (1, 8), (NODE, 12), (8, 28), (CRC32C, 40), (CRC32C, 44), (1, 48),
               (1, 52),
               (1, 56), (1, 63)),
        fields((SIPHASH, 0), (1, 8), (7, 14), (1, 20), (1, 24)),
        0,
        fields((1, 28), (1, 29), (1000, 30)),
        fields((100, 0), (1, 32)),
        fields((VERSION, 0), (30, 16)),
        0]


def member(ident):
    data_allowed = 1 << 2 | 1 << 3 | 1 << 4             # journal, B-trees, files
    flags = fields((data_allowed, 15), (2, 28))         # durability 1, counted from 1
    return struct.pack("<16sQHHB3xQQ8x", ident, SECTORS // BUCKET, 0, BUCKET, 0, 0, flags)


def make(_tree, _flavour):
    idents = [uuid.uuid5(uuid.NAMESPACE_OID, name).bytes
              for name in ("file system", "seen by users", "device")]
    section = struct.pack("<II", 8, 1) + member(idents[2])
    layout = MAGIC + struct.pack("<BBB5x61Q", 0, LOG2_SIZE, len(PLACES), *PLACES,
                                 *[0] * (61 - len(PLACES)))
    image = bytearray(SECTORS * SECTOR)
    for place in PLACES:
        sb = struct.pack(SUPER, VERSION, VERSION, MAGIC, *idents[:2], b"rump", place, 1, 8, 0, 1,
                         len(section) // 8, 0, 0, 1, *option_words(), 0, 0, 0, 0,
                         0) + layout + section
        sb = struct.pack("<QQ", crc32c(sb), 0) + sb
        image[place * SECTOR:place * SECTOR + len(sb)] = sb
    image[LAYOUT_AT * SECTOR:FIRST_AT * SECTOR] = layout
    return image


def read(image, _flavour):
    for place in PLACES:
        raw = image[place * SECTOR:]
        values = struct.unpack(SUPER, raw[16:16 + struct.calcsize(SUPER)])
        must_equal("magic", values[2], MAGIC)
        must_equal("place", values[6], place)
        size = 16 + struct.calcsize(SUPER) + 512 + 8 * values[11]
        must_equal("checksum", struct.unpack("<Q", raw[:8])[0], crc32c(raw[16:size]))
        must(values[15] & INITIALIZED, "the driver has not made the file system")
    return None
