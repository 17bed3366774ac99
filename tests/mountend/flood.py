#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# A driver that has an error to log each time, and a server that was taken over and logs without
# end: a burst of lines comes out, and how many did not.
# needs: mkfs.ext4 genisoimage
# timeout: 300
import contextlib
import os
import re
import signal
import time

import circle
import served

SECONDS = 4
ENTRIES = 1000                  # of a directory that does not end
ROUNDS = 500                    # errors, at least
MOST = 300                      # lines: a burst of 100, 2 in a second
FLOOD, MOST_OF_MONITOR = 20000, 1500


def suppressed(server):
    return sum(int(n) for line in server.said
               for n in re.findall(r"^rump_\w+: (\d+) messages suppressed$", line))


def errors_of_driver():
    circle.udf_directory("udf.img")
    server = served.Server("udf", "udf.img", ["ro"]).must_be_ready()
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            with os.scandir("mnt/many") as entries:
                for _ in zip(entries, range(ENTRIES)):
                    pass
    server.umount()
    errors = sum("udf_verify_fi" in line for line in server.said)
    if not 100 <= errors <= MOST or len(server.said) > MOST:
        served.fail(f"{errors} errors are logged, {len(server.said)} lines:\n" +
                    "\n".join(server.said[:3] + server.said[-5:]))
    if errors + suppressed(server) < ROUNDS:
        served.fail(f"{errors} errors, {suppressed(server)} suppressed: too few to show anything")


def server_taken_over():
    served.make_ext4("disk.img", "16M")
    os.environ["LD_PRELOAD"] = os.environ["RUMP_BUILD"] + "/tests/bin/intruder.so"
    os.environ.update(INTRUDE="flood", INTRUDE_AT="serve")
    server = served.Server("ext4").must_be_ready()
    del os.environ["LD_PRELOAD"]
    os.listdir("mnt")
    pid = served.processes()[0]
    os.kill(pid, signal.SIGSEGV)
    server.end(4, "the kernel side crashed")
    lines = sum("of a flood" in line for line in server.said)
    if not 400 <= lines <= MOST_OF_MONITOR:
        served.fail(f"{lines} lines of a flood come out")
    if lines + suppressed(server) < FLOOD:
        served.fail(f"{lines} lines, {suppressed(server)} suppressed, of {FLOOD}")


def main():
    served.must_have("rump_udf", "rump_ext4")
    served.own_namespace()
    errors_of_driver()
    server_taken_over()


if __name__ == "__main__":
    main()
