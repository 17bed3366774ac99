# SPDX-License-Identifier: GPL-2.0-or-later
"""
Finding tests and running one: its own folder, a time limit, a look at what it leaves behind.

What a test may say in its first 25 lines, after a comment sign:
  run-as: root | user | both | self   who runs it (default both; self: whoever runs tests/run)
  timeout: SECONDS                    default 300
  each: A B C                         run it once with each of these as its argument
  needs: PROGRAM ...                  skipped, with the reason, where one is missing
  alone: yes                          not at the same time as others (it measures)
"""
import dataclasses
import glob
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import leftovers
import ownfiles

USER = "rumptest"
HEADER = re.compile(r"^\W{0,4}(run-as|timeout|each|needs|alone):\s*(.*?)\s*(?:\*/)?$")
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclasses.dataclass
class Test:
    path: str
    name: str
    who: str                # root, user or self
    arg: str = ""
    timeout: int = 300
    needs: tuple = ()
    alone: bool = False
    second: bool = False    # root runs it as well

    @property
    def title(self):
        return self.name + (f"[{self.arg}]" if self.arg else "") + \
            ("" if self.who == "self" else f" as {self.who}")


@dataclasses.dataclass
class Result:
    test: Test
    result: str             # pass, fail or skip
    seconds: float
    output: str
    unsteady: bool = False  # failed at first, and then passed alone


def header(path):
    """What the test says about itself."""
    said = {}
    with open(path, encoding="utf-8", errors="replace") as f:
        for _, line in zip(range(25), f):
            m = HEADER.match(line)
            if m:
                said[m[1]] = m[2]
    return said


def sources(top, build):
    """(name, file to run, file with the header) of every test."""
    for path in sorted(glob.glob(f"{top}/tests/*/*.sh") + glob.glob(f"{top}/tests/*/*.py")
                       + glob.glob(f"{top}/*/tests/*.sh") + glob.glob(f"{top}/*/*/tests/*.sh")):
        rel = os.path.relpath(path, top)
        if not rel.startswith("tests/lib/") and os.access(path, os.X_OK):
            yield re.sub(r"^tests/|\.(sh|py)$", "", rel), path, path
    programs = [s for s in ownfiles.find(top, lambda n: n.endswith(".c")) if "/tests/" in s]
    for path in sorted(glob.glob(f"{build}/tests/*")):
        if os.path.isfile(path) and os.access(path, os.X_OK) and "." not in os.path.basename(path):
            base = os.path.basename(path)
            source = [s for s in programs if os.path.basename(s) == base + ".c"]
            yield base, path, source[0] if source else None


def discover(top, build):
    tests = []
    for name, path, source in sources(top, build):
        said = header(source) if source else {}
        who = said.get("run-as", "both")
        for arg in said.get("each", "").split() or [""]:
            for w in ("root", "user") if who == "both" else (who,):
                tests.append(Test(path, name, w, arg, int(said.get("timeout", 300)),
                                  tuple(said.get("needs", "").split()),
                                  said.get("alone") == "yes", who == "both" and w == "user"))
    return tests


def select(tests, patterns):
    return [t for t in tests if all(re.search(p, t.title) for p in patterns)]


def shortened(output, head=30, tail=70, width=400):
    """The lines worth reading of a long output: its beginning and its end."""
    lines = [text[:width] for text in output.splitlines()]
    if len(lines) > head + tail:
        lines[head:-tail] = [f"... {len(lines) - head - tail} lines more ..."]
    return lines


def account():
    """The ordinary user, made where there is none yet."""
    try:
        return pwd.getpwnam(USER)
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", "--shell", "/bin/sh",
                        "--user-group", USER], check=True)
        return pwd.getpwnam(USER)


def hidden(path):
    """Whether the ordinary user of a run by root cannot enter the folder."""
    if os.geteuid() != 0:
        return False
    user = account()
    return subprocess.run(["test", "-x", path], user=user.pw_uid, group=user.pw_gid,
                          extra_groups=[], check=False).returncode != 0


class Session:
    """What all tests of one run share: the environment, the account, the folder they work in."""

    def __init__(self, top, build, args):
        self.top, self.build, self.args = top, build, args
        self.root = os.geteuid() == 0
        self.lock = threading.Lock()
        self.number = 0

    def __enter__(self):
        self.work = tempfile.mkdtemp(prefix="rump-tests.")
        os.chmod(self.work, 0o755)
        leftovers.become_subreaper()
        leftovers.allow_cores()
        self.user = account() if self.root else None
        self.user_reason = f"user {USER} cannot reach {self.build}" if hidden(self.build) else ""
        return self

    def __exit__(self, *exc):
        if self.args.keep and os.listdir(self.work):
            print("kept: " + self.work)
        else:
            subprocess.run(["rm", "-rf", self.work], check=False)

    def environment(self, test, folder):
        # what happens at random moments is repeated often by one of both users
        quick = self.args.quick or (test.second and self.root)
        return {
            "PATH": f"{self.build}/bin:{SYSTEM_PATH}", "HOME": folder, "TMPDIR": folder,
            "LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONDONTWRITEBYTECODE": "1",
            "LD_LIBRARY_PATH": f"{self.build}/lib",
            "RUMP_CHECKOUT": os.environ.get("RUMP_CHECKOUT", self.top),
            "RUMP_TOP": self.top, "RUMP_BUILD": self.build, "RUMP_TEST_DIR": folder,
            "RUMP_TEST_QUICK": "1" if quick else "",
            "RUMP_TEST_LONG": "1" if self.args.long else "",
            "RUMP_TEST_LIB": f"{self.top}/tests/lib", "PYTHONPATH": f"{self.top}/tests/lib",
            "SEED": os.environ.get("SEED", ""),
        }

    def skip_reason(self, test):
        if test.who == "root" and not self.root:
            return "needs root"
        if test.who == "user" and self.user_reason:
            return self.user_reason
        path = f"{self.build}/bin:{SYSTEM_PATH}"
        missing = [n for n in test.needs if not shutil.which(n, path=path)]
        return "not installed: " + " ".join(missing) if missing else ""

    def run(self, test):
        begin = time.monotonic()
        reason = self.skip_reason(test)
        if reason:
            return Result(test, "skip", 0, reason)
        with self.lock:
            self.number += 1
            folder = f"{self.work}/{self.number}"
        os.mkdir(folder)
        as_user = test.who == "user" and self.root
        if as_user:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        result, output = self.execute(test, folder, as_user)
        left = leftovers.clean(folder)
        if result == "fail":
            output += leftovers.cores(folder)
        if left:
            result = "fail"
            output += "left behind:\n" + "".join(f"  {line}\n" for line in left)
        if result == "pass" or not self.args.keep:
            subprocess.run(["rm", "-rf", folder], check=False)
        return Result(test, result, time.monotonic() - begin, output)

    def again(self, first):
        """
        The machines are shared: a test that failed beside others runs once more, alone.  Failing
        twice it has failed; else it is unsteady, and its first output is told at the end.
        """
        second = self.run(first.test)
        if second.result != "pass":
            return second
        return dataclasses.replace(second, output=first.output, unsteady=True)

    def execute(self, test, folder, as_user):
        who = {"user": self.user.pw_uid, "group": self.user.pw_gid,
               "extra_groups": []} if as_user else {}
        limit = test.timeout * (12 if self.args.long else 1)
        with tempfile.TemporaryFile() as log:
            p = subprocess.Popen([test.path] + ([test.arg] if test.arg else []), cwd=folder,
                                 env=self.environment(test, folder), stdin=subprocess.DEVNULL,
                                 stdout=log, stderr=subprocess.STDOUT, umask=0o022,
                                 start_new_session=True, **who)
            late = ""
            try:
                code = p.wait(limit)
            except subprocess.TimeoutExpired:
                late = f"no end after {limit} s\n" + leftovers.backtraces(folder)
                leftovers.kill(folder, signal.SIGKILL)
                code = p.wait()
            log.seek(0)
            output = log.read().decode("utf-8", "backslashreplace") + late
        if code < 0 and not late:
            output += f"ended by {signal.Signals(-code).name}\n"
        return {0: "pass", 77: "skip"}.get(code, "fail"), output

    def report(self, r):
        line = f"{r.result:4} {r.seconds:6.1f}s  {r.test.title}"
        if r.result == "skip":
            line += ": " + (r.output.strip().splitlines() or ["no reason given"])[-1]
        print(line, flush=True)
        if r.result == "fail" or (self.args.verbose and r.output):
            for text in shortened(r.output):
                print("    | " + text)
            sys.stdout.flush()
