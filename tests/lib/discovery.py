# SPDX-License-Identifier: GPL-2.0-or-later
"""
Finding the tests, and what each says about itself.

A test's first 25 lines may hold, after a comment sign:
  run-as: user-first | root-first     check: by the user named; full: by both (default user-first)
  run-as: both | root | user | self   the same in both tiers; self: whoever started tests/run
  tier: full                          only in the full tier
  each: A B C                         one instance for each, with that as its argument
  each-full: D E                      further instances, only in the full tier
  timeout: SECONDS                    default 300
  needs: PROGRAM ...                  skipped, with the reason, where a program is missing
  weight: N                           how many processors it keeps busy (default 1); 0: only waits
  alone: yes                          not beside other tests (it measures)
"""
import dataclasses
import glob
import os
import re
import sys

import ownfiles

HEADER = re.compile(r"^\W{0,4}(run-as|tier|timeout|each-full|each|needs|weight|alone):\s*(.*?)"
                    r"\s*(?:\*/)?$")
VALUES = {
    "run-as": "user-first|root-first|both|root|user|self", "tier": "check|full",
    "timeout": r"[1-9]\d*", "weight": r"\d+", "alone": "yes|no",
    "each": ".*", "each-full": ".*", "needs": ".*",
}


@dataclasses.dataclass
class Test:
    path: str
    name: str
    who: str                # root, user or self
    arg: str = ""
    source: str = ""        # the file that has the header
    tier: str = "check"
    timeout: int = 300
    needs: tuple = ()
    weight: int = 1
    alone: bool = False
    all_rounds: bool = False

    @property
    def title(self):
        return self.name + (f"[{self.arg}]" if self.arg else "") + \
            ("" if self.who == "self" else f" as {self.who}")

    @property
    def key(self):
        """What it is called in records: with few and with all rounds it is not the same test."""
        return self.title + (" (all rounds)" if self.all_rounds else "")


def header(path):
    """What the test says about itself.  A value that means nothing ends the run."""
    said = {}
    with open(path, encoding="utf-8", errors="replace") as f:
        for _, line in zip(range(25), f):
            m = HEADER.match(line)
            if m and not re.fullmatch(VALUES[m[1]], m[2]):
                sys.exit(f"tests/run: {path}: {m[1]}: unknown value '{m[2]}'")
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
            yield base, path, source[0] if source else ""


def identities(run_as, root):
    """(who, tier): who runs the test, and from which tier on."""
    if run_as in ("root", "user", "self"):
        return [(run_as, "check")]
    if run_as == "both":
        return [("root", "check"), ("user", "check")]
    first = "root" if run_as == "root-first" and root else "user"
    return [(who, "check" if who == first else "full") for who in ("root", "user")]


def arguments(said):
    """(argument, tier) of each instance."""
    found = {arg: "check" for arg in said.get("each", "").split() or [""]}
    for arg in said.get("each-full", "").split():
        found.setdefault(arg, "full")
    return found.items()


def discover(top, build, root):
    """Every instance of every test; `root`: whether root runs tests/run."""
    tests = []
    for name, path, source in sources(top, build):
        said = header(source) if source else {}
        for arg, arg_tier in arguments(said):
            for who, who_tier in identities(said.get("run-as", "user-first"), root):
                tier = "full" if "full" in (said.get("tier"), arg_tier, who_tier) else "check"
                tests.append(Test(path, name, who, arg, os.path.relpath(source or path, top), tier,
                                  int(said.get("timeout", 300)),
                                  tuple(said.get("needs", "").split()),
                                  int(said.get("weight", 1)), said.get("alone") == "yes"))
    return tests


def of_check(tests):
    return [t for t in tests if t.tier == "check"]


def with_all_rounds(tests):
    """The tests as the full tier runs them."""
    return [dataclasses.replace(t, all_rounds=True) for t in tests]


def matching(tests, patterns):
    return [t for t in tests if all(re.search(p, t.title) for p in patterns)]
