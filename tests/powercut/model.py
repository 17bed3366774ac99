#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# The model of a power cut: what may be on the medium after a cut of a known log is all that ever
# comes out of it, and all of it does come out.
# run-as: self
"""Logs written by hand, images of one or two sectors, every outcome collected."""
import random

import powercut
import writelog

SECTOR = 512
ROUNDS = 300


class Log:
    """A write log as the recorder writes it."""

    def __init__(self):
        self.bytes, self.seq = b"", 0

    def _record(self, op, flags=0, seq=0, offset=0, length=0, data=b""):
        self.bytes += writelog.HEADER.pack(writelog.MAGIC, op, flags, seq, offset, length) + data

    def write(self, letters, sector=0, fua=False):
        self.seq += 1
        data = b"".join(letter.encode() * SECTOR for letter in letters)
        self._record(writelog.WRITE, writelog.FUA if fua else 0, self.seq, sector * SECTOR,
                     len(data), data)
        return self.seq, len(data)

    def hole(self, sectors):
        self.seq += 1
        self._record(writelog.ZERO, 0, self.seq, 0, sectors * SECTOR)
        return self.seq, sectors * SECTOR

    def flush(self):
        self.seq += 1
        self._record(writelog.FLUSH, 0, self.seq)
        return self.seq, 1

    def done(self, request):
        self._record(writelog.DONE, 0, request[0], 0, request[1])

    def failed(self, request):
        self._record(writelog.DONE, 0, request[0], 0, 0)


def outcomes(log):
    """What two sectors, "--" at first, may hold after a cut at the end of the log."""
    with open("first.img", "wb") as f:
        f.write(b"-" * 2 * SECTOR)
    with open("write.log", "wb") as f:
        f.write(log.bytes)
    read = writelog.WriteLog("write.log")
    seen = set()
    for number in range(ROUNDS):
        cut = writelog.PowerCut(read, "first.img", ".", random.Random(number), SECTOR)
        cut.image(len(log.bytes), "cut.img")
        with open("cut.img", "rb") as f:
            data = f.read()
        sectors = [data[i:i + SECTOR] for i in range(0, len(data), SECTOR)]
        if any(len(set(s)) != 1 for s in sectors):
            powercut.fail(f"a sector is torn: {sectors}")
        seen.add("".join(chr(s[0] or ord("0")) for s in sectors))
    return seen


def expect(what, log, *allowed):
    got = outcomes(log)
    if got != set(allowed):
        powercut.fail(f"{what}: expected {sorted(allowed)}, got {sorted(got)}")


def main():
    log = Log()
    a = log.write("aa")
    expect("a write in flight", log, "--", "a-", "-a", "aa")
    log.done(a)
    expect("a completed write", log, "--", "a-", "-a", "aa")
    f = log.flush()
    expect("a flush in flight", log, "--", "a-", "-a", "aa")
    log.done(f)
    expect("a flush", log, "aa")
    b = log.write("b")
    log.done(b)
    expect("a write after the flush", log, "aa", "ba")
    log.done(log.write("c"))
    expect("two of the same sector", log, "aa", "ba", "ca")
    log.done(log.write("d", fua=True))
    expect("a newer FUA write of the sector", log, "da")
    log.done(log.write("e", 1))
    log.failed(log.flush())
    expect("a flush that failed", log, "da", "de")
    log.done(log.hole(1))
    expect("a hole", log, "da", "de", "0a", "0e")

    log = Log()
    a = log.write("a")
    f = log.flush()
    log.done(a)
    log.done(f)
    expect("a write that was in flight when the flush began", log, "--", "a-")
    log.done(log.flush())
    expect("the next flush", log, "a-")


if __name__ == "__main__":
    main()
