# SPDX-License-Identifier: GPL-2.0-or-later
"""
What an image may look like after a power cut, from a write log (writelog.h) and the image's first
state.

At a cut every write is either durable or pending.  Durable is what was complete when a flush began
that is complete too, and a FUA write that is complete.  A pending write is there, is not there, or
is there in parts, each of them what a medium writes whole.  Writes are laid down in the log's order
with parts left out: that gives what a cache that writes in any order may leave behind, because such
a cache holds only the newest content of a sector and never puts an older one over it.
"""
import bisect
import dataclasses
import errno
import math
import mmap
import os
import struct

HEADER = struct.Struct("=IHHQQQ")
MAGIC = 0x5752474c
WRITE, ZERO, FLUSH, DONE = 1, 2, 3, 4
FUA = 1


@dataclasses.dataclass
class Write:
    begin: int              # positions in the log: where its record ends
    done: float = math.inf  # ... and that of its completion
    durable: float = math.inf
    fua: bool = False
    offset: int = 0
    len: int = 0
    data: int = -1          # where its bytes are in the log; -1: zeros


@dataclasses.dataclass
class Flush:
    begin: int
    done: float = math.inf


class WriteLog:
    """The records of a log file, in the order in which they began."""

    def __init__(self, path):
        self.writes, self.flushes = [], []
        with open(path, "rb") as f:
            self.data = mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ)
        self.ends = []                  # of each record: the places where it can be cut
        self._read()
        self.honour_flushes()

    def _read(self):
        requests, at, size = {}, 0, len(self.data)
        while at + HEADER.size <= size:
            magic, op, flags, seq, offset, length = HEADER.unpack_from(self.data, at)
            if magic != MAGIC:
                raise ValueError(f"no record at {at} of the write log")
            end = at + HEADER.size + (length if op == WRITE else 0)
            if end > size:              # the recorder was killed here
                break
            if op == DONE:
                self._done(requests.pop(seq), length, end)
            elif op == FLUSH:
                requests[seq] = Flush(end)
                self.flushes.append(requests[seq])
            else:
                requests[seq] = Write(end, fua=bool(flags & FUA), offset=offset, len=length,
                                      data=at + HEADER.size if op == WRITE else -1)
                self.writes.append(requests[seq])
            self.ends.append(end)
            at = end

    @staticmethod
    def _done(request, result, end):
        """One that failed, or did less than it should, promises nothing."""
        if result >= (request.len if isinstance(request, Write) else 1):
            request.done = end

    def honour_flushes(self):
        """Durable is what a flush covers."""
        flushes = sorted((f for f in self.flushes if f.done != math.inf), key=lambda f: f.begin)
        begins = [f.begin for f in flushes]
        earliest, best = [], math.inf   # completion of any flush from here on
        for f in reversed(flushes):
            best = min(best, f.done)
            earliest.append(best)
        earliest.reverse()
        for w in self.writes:
            i = bisect.bisect_right(begins, w.done)
            w.durable = earliest[i] if i < len(flushes) else math.inf
            if w.fua:
                w.durable = min(w.durable, w.done)

    def ignore_flushes(self, cache):
        """A medium that lies: its cache holds the last `cache` writes, whatever is flushed."""
        for w, later in zip(self.writes, self.writes[cache:]):
            w.durable = later.begin
        for w in self.writes[-cache:]:
            w.durable = math.inf

    def content(self, w, start=0, end=None):
        end = w.len if end is None else end
        return bytes(end - start) if w.data < 0 else self.data[w.data + start:w.data + end]


def data_ranges(fd, size):
    """What is not a hole."""
    at = 0
    while at < size:
        try:
            at = os.lseek(fd, at, os.SEEK_DATA)
        except OSError as e:
            if e.errno == errno.ENXIO:
                return
            raise
        end = os.lseek(fd, at, os.SEEK_HOLE)
        yield at, end
        at = end


def copy(source, target):
    with open(source, "rb") as f, open(target, "wb") as t:
        size = os.fstat(f.fileno()).st_size
        os.ftruncate(t.fileno(), size)
        for at, end in data_ranges(f.fileno(), size):
            while at < end:
                at += os.copy_file_range(f.fileno(), t.fileno(), end - at, at, at)


class PowerCut:
    """Images after cuts of one log, at positions that never decrease."""

    def __init__(self, log, first, work, rng, whole):
        self.log, self.rng = log, rng
        self.whole = whole              # bytes that are never torn
        self.base = os.path.join(work, "durable.img")   # the first `laid` writes are in it
        self.laid = 0
        copy(first, self.base)

    def _advance(self, position):
        writes = self.log.writes
        with open(self.base, "r+b", buffering=0) as f:
            while self.laid < len(writes) and writes[self.laid].durable <= position:
                self._lay(f, writes[self.laid])
                self.laid += 1

    def _lay(self, f, w, start=0, end=None):
        os.pwrite(f.fileno(), self.log.content(w, start, end), w.offset + start)

    def _lay_some(self, f, w):
        count = -(-w.len // self.whole)
        if self.rng.random() < 0.5:     # it came as far as there
            self._lay(f, w, 0, min(w.len, self.rng.randrange(count + 1) * self.whole))
            return
        for i in range(count):
            if self.rng.random() < 0.5:
                self._lay(f, w, i * self.whole, min(w.len, (i + 1) * self.whole))

    def image(self, position, target):
        """Build it; returns (pending writes, how many of them are not there as a whole)."""
        self._advance(position)
        copy(self.base, target)
        keep = self.rng.choice((0, 0.2, 0.5, 0.8, 0.95))
        pending = harmed = 0
        with open(target, "r+b", buffering=0) as f:
            for w in self.log.writes[self.laid:]:
                if w.begin > position:
                    break
                luck = self.rng.random()
                if w.durable <= position:
                    self._lay(f, w)
                    continue
                pending += 1
                if luck < keep:
                    self._lay(f, w)
                    continue
                harmed += 1
                if luck > 0.8 * (1 - keep) + keep:
                    self._lay_some(f, w)
        return pending, harmed

    def last(self, target, image):
        """
        The image with all that was written; of requests that never came to their end there is
        whatever `image` has.
        """
        copy(self.base, target)
        with open(target, "r+b", buffering=0) as f, open(image, "rb", buffering=0) as i:
            for w in self.log.writes[self.laid:]:
                if w.done == math.inf:
                    os.pwrite(f.fileno(), os.pread(i.fileno(), w.len, w.offset), w.offset)
                else:
                    self._lay(f, w)
