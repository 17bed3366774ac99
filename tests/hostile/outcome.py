# SPDX-License-Identifier: GPL-2.0-or-later
"""
What becomes of an image that commands or a mount server use: clean, error, a crash that is
contained and explained, or an end by a limit of processor time.  All else is a problem: a hang, an
end without a reason, memory, a file elsewhere, a mount that stays, a byte of what is only read.
"""
import contextlib
import errno
import os
import select
import signal
import stat
import subprocess
import time
import zlib

from mounts import leave, mounts

OUTCOMES = CLEAN, ERROR, CRASH, WATCHDOG = "clean", "error", "crash", "watchdog"
PROCESSOR = 5                   # seconds of processor time, for a command or a request
PATIENCE = 240                  # seconds after which something hangs, on a busy machine too
MOST_KIB = 1 << 20              # of memory
SHOWN = 20000                   # bytes of messages that are looked at
TOOL = {0: CLEAN, 1: ERROR, 2: ERROR, 70: CRASH, 71: WATCHDOG}
SERVER = {0: CLEAN, 2: ERROR, 4: CRASH, 32: ERROR, 71: WATCHDOG}
REASON = {CRASH: (" crashed", "was ended by signal"),
          WATCHDOG: ("did not end", "does not end", "--max-cpu", "--max-time")}


def worst(outcomes):
    return max(outcomes, key=OUTCOMES.index, default=CLEAN)


def explains(outcome, line):
    return any(word in line for word in REASON.get(outcome, ()))


def checksum(path):
    """Of the bytes that are stored; and the time, which every write changes."""
    found = []
    with open(path, "rb") as f:
        size, end = os.path.getsize(path), 0
        while end < size:
            try:
                at = os.lseek(f.fileno(), end, os.SEEK_DATA)
            except OSError:
                break
            end = os.lseek(f.fileno(), at, os.SEEK_HOLE)
            f.seek(at)
            found.append((at, end, zlib.crc32(f.read(end - at))))
    return os.stat(path).st_mtime_ns, size, found


def around(*but):
    """What there is beside the work of a command."""
    found = {}
    for top, directories, files in os.walk("."):
        directories[:] = [name for name in directories if os.path.join(top, name) not in but]
        for name in (*directories, *files):
            path = os.path.join(top, name)
            if path not in but:
                st = os.lstat(path)
                found[path] = stat.S_IFMT(st.st_mode), st.st_size, st.st_mtime_ns
    return found


def wait(pid, seconds):
    """(exit code, or minus the signal; peak of memory in KiB), or None: it has not ended."""
    fd = os.pidfd_open(pid)
    ended = select.select([fd], [], [], seconds)[0]
    os.close(fd)
    if not ended:
        return None
    _, status, used = os.wait4(pid, 0)
    return os.waitstatus_to_exitcode(status), used.ru_maxrss


def picture(pid):
    """Where its threads are."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        return subprocess.run(
            ["gdb", "-p", str(pid), "-batch", "-nx", "-iex", "set debuginfod enabled off", "-ex",
             "thread apply all bt 12"], capture_output=True, text=True, errors="replace",
            timeout=PATIENCE, check=False).stdout
    return "no gdb\n"


class Uses:
    """What was done with one image: `outcomes', `reasons' of crashes, and `problems'."""

    def __init__(self, fstype, image):
        self.fstype, self.image = fstype, image
        self.outcomes, self.reasons, self.problems = [], [], []
        self.last = ""

    def problem(self, what, text=""):
        self.problems.append(f"{what}: {text}")

    def messages(self, path="said"):
        with open(path, encoding="utf-8", errors="replace") as f:
            text = f.read(SHOWN)
            f.seek(max(f.tell(), os.fstat(f.fileno()).st_size - SHOWN))
            return (text + f.read()).splitlines()

    def judge(self, what, codes, code, peak, lines):
        """A process has ended: how."""
        outcome = codes.get(code)
        if outcome != CLEAN:
            self.last = "\n".join(lines[-5:])
        if not outcome:
            self.problem(what, f"exit code {code}\n" + "\n".join(lines[-10:]))
            return
        if outcome == ERROR and not lines:
            self.problem(what, f"exit code {code} without a message")
        if outcome in REASON:
            reasons = [line for line in lines if explains(outcome, line)]
            if len(reasons) != 1:
                self.problem(what, f"exit code {code}, {len(reasons)} reasons\n" +
                             "\n".join(lines[-10:]))
            self.reasons += reasons[:1]
        if peak > MOST_KIB:
            self.problem(what, f"{peak} KiB of memory")
        self.outcomes.append(outcome)


class Commands(Uses):
    """Standalone: fsu commands, one process each."""

    def call(self, command, options, *args):
        what = f"fsu_{command} " + " ".join(args)
        with open("said", "wb") as said:
            process = subprocess.Popen(
                [f"fsu_{command}", f"--max-cpu={PROCESSOR}", f"--max-time={PATIENCE // 2}",
                 *options, self.image, *args], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=said)
        ended = wait(process.pid, PATIENCE)
        if not ended:
            self.problem(what, "does not end\n" + picture(process.pid))
            process.kill()
            ended = wait(process.pid, PATIENCE)
        process.returncode = ended[0]
        self.judge(what, TOOL, *ended, self.messages())

    def read(self, options):
        before, beside = checksum(self.image), around("./out", "./said")
        self.call("ls", options, "-lR", "/")
        self.call("tar", options, "-c", "-f", "-", "/")
        self.call("get", options, "/", "out")
        if around("./out", "./said") != beside:
            self.problem("fsu_get", "changed something outside of its directory")
        if checksum(self.image) != before:
            self.problem("reading", "changed the image")
        subprocess.run(["chmod", "-R", "u+rwX", "out"], stderr=subprocess.DEVNULL, check=False)
        subprocess.run(["rm", "-rf", "out"], check=True)

    def write(self, options, source):
        self.call("put", options, "--ignore=all", source, "/new")
        self.call("rm", options, "-rf", "/new", "/s5000", "/one")


class Mount(Uses):
    """A mount server; programs of the host use the mount."""

    def start(self, options):
        os.makedirs("mnt", exist_ok=True)
        ready, theirs = os.pipe()
        with open("said", "wb") as said:
            process = subprocess.Popen(
                [f"rump_{self.fstype}", "-f", "-o",
                 ",".join([*options, f"watchdog={PROCESSOR}", f"ready-fd={theirs}"]),
                 self.image, "mnt"], pass_fds=[theirs], stdin=subprocess.DEVNULL, stderr=said)
        os.close(theirs)
        is_ready = bool(select.select([ready], [], [], PATIENCE)[0])
        mounted = is_ready and os.read(ready, 1) == b"\n"
        os.close(ready)
        if not is_ready:
            self.hangs(process.pid, "mounting")
        return process, mounted

    def hangs(self, monitor, what):
        children = []
        with contextlib.suppress(OSError):
            with open(f"/proc/{monitor}/task/{monitor}/children", encoding="ascii") as f:
                children = [int(pid) for pid in f.read().split()]
        self.problem(what, "does not end\n" + "".join(map(picture, children)))
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def walk(self, monitor, writing):
        pid = os.fork()
        if not pid:
            try:
                os._exit(walk("mnt", writing))
            finally:
                os._exit(3)             # what walk() did not expect
        ended = wait(pid, PATIENCE)
        if not ended:
            self.hangs(monitor, "using the mount")
            ended = wait(pid, PATIENCE)
            if not ended:
                os.kill(pid, signal.SIGKILL)
                ended = wait(pid, PATIENCE)
        if ended[0] not in (0, 1):
            self.problem("using the mount", f"the walker ended with {ended[0]}")
        self.outcomes.append(ERROR if ended[0] else CLEAN)

    def leave(self, monitor):
        with contextlib.suppress(subprocess.TimeoutExpired):
            if not leave("mnt").returncode or not mounts("mnt"):
                return
        self.hangs(monitor, "umount")

    def use(self, options, writing):
        before = None if writing else checksum(self.image)
        process, mounted = self.start(options)
        if mounted:
            self.walk(process.pid, writing)
            self.leave(process.pid)
        ended = wait(process.pid, PATIENCE)
        if not ended:
            self.hangs(process.pid, "the server")
            ended = wait(process.pid, PATIENCE) or (None, 0)
        process.returncode = ended[0]
        self.judge("mount" if mounted else "mounting", SERVER, *ended, self.messages())
        if mounts("mnt"):
            self.problem("the mount", "is left")
            subprocess.run(["umount", "-l", "mnt"], check=False)
        if before and checksum(self.image) != before:
            self.problem("a read-only mount", "changed the image")


def read_file(path):
    with open(path, "rb", buffering=0) as f:
        while f.read(1 << 20) and f.tell() < 32 << 20:
            pass


def look(path):
    """What programs ask of a file; returns whether it is a directory."""
    st = os.lstat(path)
    try:
        os.listxattr(path, follow_symlinks=False)
    except OSError as e:
        if e.errno != errno.EOPNOTSUPP:         # hfsplus has none here, and does not say so
            raise
    if stat.S_ISREG(st.st_mode):
        read_file(path)
    elif stat.S_ISLNK(st.st_mode):
        os.readlink(path)
    return stat.S_ISDIR(st.st_mode)


def change(directory):
    with open(directory + "/new", "wb") as f:
        f.write(bytes(100000))
        f.flush()
        os.fsync(f.fileno())
    os.rename(directory + "/new", directory + "/newer")
    os.unlink(directory + "/newer")
    os.unlink(directory + "/s5000")
    os.mkdir(directory + "/made")
    with open(directory + "/made/file", "wb") as f:
        f.write(b"text")


def walk(top, writing):
    """0, or 1: something failed.  As far as some thousand files and some seconds go."""
    left, done, failed, end = [top], 0, 0, time.monotonic() + 20
    while left and done < 5000 and time.monotonic() < end:
        directory = left.pop()
        try:
            entries = os.listdir(directory)
        except OSError:
            entries, failed = [], 1
        for entry in entries[:5000]:
            done += 1
            path = os.path.join(directory, entry)
            try:
                if look(path) and path.count("/") < 40:
                    left.append(path)
            except OSError:
                failed = 1
    try:
        os.statvfs(top)
        if writing:
            change(top)
    except OSError:
        failed = 1
    return failed
