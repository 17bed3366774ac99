#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# What a server that was taken over can take of the host: memory of its own up to a limit, from
# before the driver reads the image, and no file longer than its image.
# needs: mkfs.ext4
# timeout: 300
import os
import re

import served

SIZE = 64 << 20
MOST = 600                      # MiB of the server's own: 512, and what a heap had already
ALL = 3072                      # what it asks for


def taken(moment, *options):
    os.environ.update(INTRUDE="memory", INTRUDE_AT=moment,
                      LD_PRELOAD=os.environ["RUMP_BUILD"] + "/tests/bin/intruder.so")
    server = served.Server("ext4", options=["mem=64M", *options]).must_be_ready()
    del os.environ["LD_PRELOAD"]
    pid = served.processes()[0]
    with open(f"/proc/{pid}/limits", encoding="ascii") as f:
        limits = dict(re.findall(r"^(Max \w+ size) +(\w+)", f.read(), re.M))
    server.umount()
    return int(re.search(r"intruder: (\d+) MiB", server.text)[1]), limits


def main():
    served.must_have("rump_ext4")
    served.own_namespace()
    served.make_ext4("disk.img", "64M")
    if taken("mount", "nosandbox")[0] != ALL:
        served.fail("without a sandbox the host does not give that much: the test shows nothing")
    for moment in ("mount", "serve"):
        mib, limits = taken(moment)
        if mib > MOST:
            served.fail(f"{moment}: the server takes {mib} MiB")
        if limits["Max file size"] != str(SIZE):
            served.fail(f"files may become {limits['Max file size']} bytes long")
    if os.path.getsize("disk.img") != SIZE:
        served.fail("the image has another size")


if __name__ == "__main__":
    main()
