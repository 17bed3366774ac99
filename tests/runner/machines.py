#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# --junit and --tap: what programs read says the same as the lines for people, whatever tests print.
# run-as: self
# timeout: 60
import os
import subprocess
import sys
import xml.etree.ElementTree as xml

TESTS = {
    "passes": "exit 0",
    "fails": r"printf 'why <&> \033[1m\000\377 \360\237\230\200\n'; exit 1",
    "skips": "echo 'no moon # today'; exit 77",
    "unsteady": '[ -e "$OUTER/seen" ] || { touch "$OUTER/seen"; echo at first; exit 1; }',
    "each": "# each: a/b x#y\nexit 0",
}


def made_up_tree():
    os.makedirs("top/tests/it")
    os.makedirs("top/build")
    os.symlink(os.environ["RUMP_TOP"] + "/tests/lib", "top/tests/lib")
    subprocess.run(["cp", os.environ["RUMP_TOP"] + "/tests/run", "top/tests/run"], check=True)
    for name, text in TESTS.items():
        path = f"top/tests/it/{name}.sh"
        with open(path, "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\n# run-as: self\n" + text.replace("$OUTER", os.getcwd()) + "\n")
        os.chmod(path, 0o755)


def run(*options):
    if os.path.exists("seen"):
        os.unlink("seen")
    out = subprocess.run(["top/tests/run", "-b", "build", "--junit", "it.xml", "--tap", "it.tap",
                          *options], capture_output=True, text=True, check=False)
    return out.stdout.splitlines()[-1]


def equal(what, expected, got):
    if expected != got:
        sys.exit(f"FAILED: {what}: expected {expected!r}, got {got!r}")


def junit():
    """(tests, failures, skipped) as the suite says, and each case's verdict and text."""
    suite = xml.parse("it.xml").getroot().find("testsuite")
    cases = {}
    for case in suite:
        child = next(iter(case), None)
        cases[f"{case.get('classname')}/{case.get('name')}"] = (
            (child.tag, child.get("message"), child.text or "") if child is not None else None)
    return [int(suite.get(a)) for a in ("tests", "failures", "skipped")], cases


def tap():
    with open("it.tap", encoding="utf-8") as f:
        lines = f.read().splitlines()
    equal("the version", "TAP version 13", lines[0])
    equal("the plan", "1..6", lines[1])
    found = {}
    for line in lines[2:]:
        if not line.startswith("#"):
            verdict, _, title = line.partition(" - ")
            found[title] = verdict.rstrip("0123456789 ")
    return found


def check_tier():
    equal("the last line", "4 passed, 1 failed, 1 skipped", run())
    numbers, cases = junit()
    equal("JUnit's numbers", [6, 1, 1], numbers)
    equal("a pass", None, cases["it/passes"])
    equal("an argument with a slash", None, cases["it/each[a/b]"])
    equal("a failure", ("failure", "failed", r"why <&> \x1b[1m\x00\xff " + "\U0001f600"),
          cases["it/fails"])
    equal("a skip", ("skipped", "no moon # today", ""), cases["it/skips"])
    equal("an unsteady test", ("flakyFailure", "unsteady", "at first"), cases["it/unsteady"])
    equal("TAP", {"it/passes": "ok", "it/fails": "not ok", "it/unsteady": "ok",
                  "it/skips # SKIP no moon # today": "ok", "it/each[a/b]": "ok",
                  "it/each[x\\#y]": "ok"}, tap())


def full_tier():
    equal("the last line", "3 passed, 2 failed, 1 skipped", run("--full"))
    numbers, cases = junit()
    equal("JUnit's numbers, tier full", [6, 2, 1], numbers)
    equal("an unsteady test, tier full", ("failure", "unsteady", "at first"), cases["it/unsteady"])
    equal("TAP, tier full", "not ok", tap()["it/unsteady"])


made_up_tree()
check_tier()
full_tier()
