# SPDX-License-Identifier: GPL-2.0-or-later
"""
A good image of any type with a small tree, ./good.img, made by the format's own tools, by makefs or
by tests/formats/make/mkimage.  But for bcachefs and ubifs the bytes are the same each time, so that
the number of a mutation names an image.
"""
import os
import random
import shutil
import subprocess
import sys
import tomllib

TOP = os.environ["RUMP_TOP"]
MKIMAGE = TOP + "/tests/formats/make/mkimage"
EPOCH = 1620000000
ERASE, PAGE, CHIP = 64 << 10, 2048, 6 << 20     # of flash
# The longest names, and what is lacking, where the table of types does not say it.
NAMES = {"adfs": 10, "sysv": 14, "v7": 14, "affs": 30, "qnx4": 48}
NO_SYMLINKS = ("adfs", "omfs")
# Without checksums, which find most of the damage before it does harm.
MKFS_OPTIONS = {"ext2": "-O ^metadata_csum", "ext3": "-O ^metadata_csum",
                "ext4": "-O ^metadata_csum", "xfs": "-m crc=0", "ufs": "-s 8m"}


def table():
    with open(TOP + "/fs/table.toml", "rb") as f:
        return tomllib.load(f)


def types():
    """Those that an image can hold by itself."""
    return [t for t in table() if t not in ("overlay", "ramfs", "tmpfs", "zonefs")]


def writes(fstype):
    return table()[fstype].get("writes", False)


def mount_options(fstype):
    return list(filter(None, [table()[fstype].get("options", "")]))


def run(*command, **how):
    """A program that must succeed."""
    if not shutil.which(command[0]):
        print(f"not installed: {command[0]}")
        sys.exit(77)
    p = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT, text=True, timeout=600, check=False, **how)
    if p.returncode:
        sys.exit(f"FAILED: {' '.join(command)}: exit code {p.returncode}\n{p.stdout}")


def fill(path, size):
    with open(path, "wb") as f:
        f.write(random.Random(size).randbytes(size))


def make_tree(lacks, longest):
    """Files of no block to some dozens, a directory of several blocks, links, an attribute."""
    os.mkdir("tree")
    os.chdir("tree")
    for size in (0, 10, 700, 5000, 50000):
        fill(f"s{size}", size)
    deep = "." if "dirs" in lacks else "one/two/three"
    os.makedirs(deep, exist_ok=True)
    fill(deep + "/leaf", 3000)
    if "dirs" not in lacks:
        os.mkdir("many")
        for number in range(60):
            fill(f"many/{number}.{'a long name to fill the directory' * 2}"[:5 + longest],
                 number)
    if "symlinks" not in lacks:
        os.symlink(deep + "/leaf", "link")
        os.symlink("x" * 150, "long link")
    if "links" not in lacks:
        os.link("s700", "hard")
    if "xattr" not in lacks:
        try:
            os.setxattr("s700", "user.colour", b"green" * 20)
        except OSError:
            pass                # the host's file system for temporary files has none
    for top, _, files in os.walk(".", topdown=False):
        for name in (*files, ""):
            os.utime(os.path.join(top, name), (EPOCH, EPOCH), follow_symlinks=False)
    os.chdir("..")


def fill_up(size):
    """Erased bytes to the end of the chip."""
    with open("good.img", "ab") as f:
        f.write(b"\xff" * (size - f.tell()))


def make_ubifs():
    data = ERASE - 2 * PAGE
    run("mkfs.ubifs", "-r", "tree", "-o", "volume", "-m", str(PAGE), "-e", str(data),
        "-c", str(CHIP // ERASE))
    with open("ini", "w", encoding="ascii") as f:
        f.write("[v]\nmode=ubi\nimage=volume\nvol_id=0\nvol_type=dynamic\nvol_name=files\n"
                f"vol_size={CHIP // 3 * 2}\n")
    run("ubinize", "-o", "good.img", "-m", str(PAGE), "-s", str(PAGE), "-p", str(ERASE), "ini")
    fill_up(CHIP)


def make_bcachefs():
    """A bare superblock: the driver makes the rest, and has the files put."""
    os.mkdir("empty")
    run(MKIMAGE, "bcachefs", "good.img", "empty")
    run("fsu_put", "-t", "bcachefs", "--ignore=all", "good.img", "tree/.", "/")


def make_by_makefs(fstype):
    options = ["-o", MKFS_OPTIONS[fstype]] if fstype in MKFS_OPTIONS else []
    if writes(fstype) and fstype not in ("jffs2", "ufs"):
        options += ["-b", "30%", "-f", "40"]    # which is what the tree is put into again
    run("makefs", "-q", "-Z", "-t", fstype, "-T", str(EPOCH), "--ignore=all", *options,
        "good.img", "tree")
    if fstype == "jffs2":
        fill_up(CHIP)


def make(fstype):
    """./tree and ./good.img"""
    row = table()[fstype]
    generated = os.path.exists(f"{TOP}/tests/formats/make/{fstype}.py")
    lacks = set(row.get("lacks", ()))
    if generated:
        lacks |= {"links", "xattr"}
    if fstype in NO_SYMLINKS:
        lacks.add("symlinks")
    make_tree(lacks, row.get("names", NAMES.get(fstype, 54)))
    if fstype == "ubifs":
        make_ubifs()
    elif fstype == "bcachefs":
        make_bcachefs()
    elif generated:
        run(MKIMAGE, fstype, "good.img", "tree")
    else:
        make_by_makefs(fstype)
