#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# The ISO images of the Debian package grub-rescue-pc: `fsu_ls -lR` shows what `xorriso -find`
# shows, and every file has the checksum that xorriso's extraction has.
# each: grub-rescue-cdrom.iso grub-rescue-floppy.img
# needs: xorriso
import hashlib
import os
import re
import subprocess
import sys

IMAGE = "/usr/lib/grub-rescue/" + sys.argv[1]
ENTRY = re.compile(r"^([-dlcbps][-rwxsStT]{9})[+.]?\s+(\d+)\s+(\S+)\s+(\S+)\s+(\d+)\s+"
                   r"(\w+\s+\w+\s+[\w:]+) (.*)$")


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def fields(line):
    """(mode, size) and the name of one line of a long listing."""
    m = ENTRY.match(re.sub("^e", "-", line))    # xorriso's sign for the boot catalogue
    if not m:
        sys.exit("not a line of a long listing: " + line)
    name = m[7].partition(" -> ")[0]
    return (m[1], m[3], m[4], 0 if m[1][0] == "d" else int(m[5])), name


def by_xorriso():
    found = {}
    for line in output("xorriso", "-indev", IMAGE, "-find", "/", "-exec", "lsdl",
                       "--").splitlines():
        facts, name = fields(line)
        found[name.strip("'")] = facts
    found.pop("/")
    return found


def by_fsu():
    found, folder = {}, "/"
    for line in output("fsu_ls", IMAGE, "-lRn", "/").splitlines():
        if line.endswith(":"):
            folder = line[:-1]
        elif line and not line.startswith("total "):
            facts, name = fields(line)
            found[os.path.join(folder, name)] = facts
    return found


def checksums(top):
    found = {}
    for folder, _, files in os.walk(top):
        for name in files:
            path = os.path.join(folder, name)
            with open(path, "rb") as f:
                found["/" + os.path.relpath(path, top)] = \
                    hashlib.file_digest(f, "sha256").hexdigest()
    return found


def main():
    if not os.path.exists(IMAGE):
        print("not installed: grub-rescue-pc")
        return 77
    ours, theirs = by_fsu(), by_xorriso()
    bad = [f"{p}: xorriso has {theirs.get(p)}, fsu_ls {ours.get(p)}"
           for p in sorted(ours.keys() | theirs.keys()) if ours.get(p) != theirs.get(p)]
    output("xorriso", "-osirrox", "on", "-indev", IMAGE, "-extract", "/", "extracted")
    output("fsu_get", IMAGE, "/", "got")
    want, got = checksums("extracted"), checksums("got")
    bad += [f"{p}: another content" for p in sorted(want.keys() | got.keys())
            if want.get(p) != got.get(p)]
    for path in sorted(want)[:20]:
        cat = subprocess.run(["fsu_cat", IMAGE, path], capture_output=True, check=True).stdout
        if hashlib.sha256(cat).hexdigest() != want[path]:
            bad.append(f"{path}: fsu_cat gives another content")
    print(f"{len(theirs)} entries, {len(want)} files", *bad[:50], sep="\n")
    subprocess.run(["chmod", "-R", "u+w", "."], check=False)
    return 1 if bad or not want else 0


sys.exit(main())
