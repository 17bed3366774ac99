# SPDX-License-Identifier: GPL-2.0-or-later
"""
Running one test: its own directory, a time limit, a look at what it leaves behind.

discovery.py has what a test may say about itself, schedule.py when each one runs.
"""
import dataclasses
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

import leftovers
from discovery import Test

USER = "rumptest"
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclasses.dataclass
class Result:
    test: Test
    result: str             # pass, fail or skip
    seconds: float
    output: str
    unsteady: bool = False  # failed at first, and then passed alone


def account():
    """The ordinary user; the account is created if there is none yet."""
    try:
        return pwd.getpwnam(USER)
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", "--shell", "/bin/sh",
                        "--user-group", USER], check=True)
        return pwd.getpwnam(USER)


def hidden(path):
    """Whether the ordinary user of a run by root cannot enter the directory."""
    if os.geteuid() != 0:
        return False
    user = account()
    return subprocess.run(["test", "-x", path], user=user.pw_uid, group=user.pw_gid,
                          extra_groups=[], check=False).returncode != 0


def share(folder):
    """
    Make it a shared mount: a mount namespace that one test makes has the mounts of the tests beside
    it, and would keep their devices busy if it did not see that they are unmounted.
    """
    return all(subprocess.run(["mount", *args], stderr=subprocess.DEVNULL, check=False)
               .returncode == 0 for args in (["--bind", folder, folder],
                                             ["--make-shared", folder]))


class Session:
    """What all tests of one run share: the environment, the account, the directory they work in."""

    def __init__(self, top, build, keep=False, long=False):
        self.top, self.build, self.keep, self.long = top, build, keep, long
        self.root = os.geteuid() == 0
        self.lock = threading.Lock()
        self.number = 0
        self.active = set()     # directories of the tests that run now

    def __enter__(self):
        self.work = tempfile.mkdtemp(prefix="rump-tests.")
        os.chmod(self.work, 0o755)
        self.shared = self.root and share(self.work)
        leftovers.become_subreaper()
        leftovers.allow_cores()
        self.user = account() if self.root else None
        unreachable = os.path.isdir(self.build) and hidden(self.build)
        self.user_reason = f"user {USER} cannot reach {self.build}" if unreachable else ""
        return self

    def __exit__(self, *exc):
        if self.shared:
            subprocess.run(["umount", "-l", self.work], check=False)
        if self.keep and os.listdir(self.work):
            print("kept: " + self.work)
        else:
            subprocess.run(["rm", "-rf", self.work], check=False)

    def environment(self, test, folder):
        return {
            "PATH": f"{self.build}/bin:{SYSTEM_PATH}", "HOME": folder, "TMPDIR": folder,
            "LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONDONTWRITEBYTECODE": "1",
            "LD_LIBRARY_PATH": f"{self.build}/lib",
            "RUMP_CHECKOUT": os.environ.get("RUMP_CHECKOUT", self.top),
            "RUMP_TOP": self.top, "RUMP_BUILD": self.build, "RUMP_TEST_DIR": folder,
            "RUMP_TEST_QUICK": "" if test.all_rounds else "1",
            "RUMP_TEST_LONG": "1" if self.long else "",
            "RUMP_TEST_LIB": f"{self.top}/tests/lib", "PYTHONPATH": f"{self.top}/tests/lib",
            "SEED": os.environ.get("SEED", ""),
            # what was built: a test that calls make builds the same
            **{n: os.environ[n] for n in ("TYPES", "OTHER_TYPES") if n in os.environ},
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
            self.active.add(folder)
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
        if result == "pass" or not self.keep:
            subprocess.run(["rm", "-rf", folder], check=False)
        with self.lock:
            self.active.discard(folder)
        return Result(test, result, time.monotonic() - begin, output)

    def again(self, first):
        """
        A test that failed beside others runs once more, alone, because machines are shared.  If it
        fails again, it has failed; if it passes, it is unsteady, and its first output is kept.
        """
        second = self.run(first.test)
        if second.result == "pass":
            return dataclasses.replace(second, output=first.output, unsteady=True)
        return second if second.result == "fail" else first

    def kill(self):
        """End what runs now: the run is interrupted."""
        with self.lock:
            active = list(self.active)
        for folder in active:
            leftovers.kill(folder, signal.SIGKILL)

    def execute(self, test, folder, as_user):
        who = {"user": self.user.pw_uid, "group": self.user.pw_gid,
               "extra_groups": []} if as_user else {}
        limit = test.timeout * (12 if self.long else 1)
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
        if self.without_command(output):
            code = 1
        return {0: "pass", 77: "skip"}.get(code, "fail"), output

    def without_command(self, output):
        """A shell script goes on after a command that does not exist; such a test tests less."""
        return re.search(rf"^{re.escape(self.top)}/\S+: (line )?\d+: \S+: (command )?not found$",
                         output, re.MULTILINE)
