# SPDX-License-Identifier: GPL-2.0-or-later
"""Loads of programs that hold the image themselves, and what must be there after a cut of them."""
import os
import subprocess
import time

from powercut import BIN, CUT, IMAGE, LOG, QUICK, fail, must, recorded, shell

ACKS = "acks"


def up_to(position):
    """The acknowledgements given before the cut, whose lines end with their position."""
    with open(ACKS, encoding="ascii") as f, open("acks.cut", "w", encoding="ascii") as out:
        out.writelines(line for line in f if int(line.split()[-1]) <= position)


def lines(path):
    try:
        with open(path, "rb") as f:
            return sum(1 for _ in f)
    except FileNotFoundError:
        return 0


def wait_for(done, process=None):
    """However long the machine takes; the runner has a limit."""
    while not done():
        if process and process.poll() is not None:
            fail(f"the load ended by itself: {process.returncode}")
        time.sleep(0.02)


class Acked:
    """Files created, written, fsynced, removed; the writer never unmounts."""
    acknowledgements = 150 if QUICK else 600

    @staticmethod
    def run():
        p = subprocess.Popen([f"{BIN}/acked", "write", IMAGE, ACKS, LOG], env=recorded())
        wait_for(lambda: lines(ACKS) >= Acked.acknowledgements, p)
        p.kill()
        p.wait()

    @staticmethod
    def check(fstype, position):
        up_to(position)
        must(f"{BIN}/acked", "verify", CUT, "acks.cut")
        shell("fsck_clean", fstype, CUT)


class Slots:
    """Rewriting in place, appending, replacing by rename, in three threads; then unmounted."""
    operations = 80 if QUICK else 250

    @staticmethod
    def run():
        subprocess.run([f"{BIN}/slots", "write", IMAGE, ACKS, LOG, str(Slots.operations)],
                       env=recorded(), check=True)

    @staticmethod
    def check(fstype, position):
        must(f"{BIN}/slots", "verify", CUT, ACKS, str(position))
        shell("fsck_clean", fstype, CUT)


def acknowledged():
    with open(ACKS, encoding="ascii") as f:
        return sum(line[0] in "+a" for line in f)


def fresh():
    for name in (ACKS, LOG):
        if os.path.exists(name):
            os.unlink(name)
