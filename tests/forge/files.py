#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# The files that a forge reads are true to the tree: workflows and issue forms parse, the scripts,
# make targets and options that they use exist, the files that they name exist, and NEWS begins with
# the version that the Makefile has.
# run-as: self
import glob
import os
import re
import subprocess
import sys

try:
    import yaml
except ImportError:
    print("not installed: python3-yaml")
    sys.exit(77)

TOP = os.environ["RUMP_TOP"]
FORM_PARTS = {"markdown", "textarea", "input", "dropdown", "checkboxes"}
SYSTEM = {"apt-get", "git"}     # what a step may run besides the project's own
failures = []


def check(ok, text):
    if not ok:
        failures.append(text)


def read(name):
    with open(os.path.join(TOP, name), encoding="utf-8") as f:
        return f.read()


def make_knows(target):
    """Whether make has a rule for it: exit code 1 (not up to date) or 0, 2 where there is none."""
    return subprocess.run(["make", "-q", "-C", TOP, target], capture_output=True,
                          check=False).returncode != 2


def check_command(where, line):
    words = line.split()
    if words[0] == "make":
        check(make_knows(words[1]), f"{where}: no make target {words[1]}")
        usage = subprocess.run([f"{TOP}/tests/run", "--help"], capture_output=True, text=True,
                               check=True).stdout
        for option in re.findall(r"--[a-z]+", line):
            check(option in usage, f"{where}: tests/run has no {option}")
    elif words[0] not in SYSTEM:
        check(os.access(os.path.join(TOP, words[0]), os.X_OK), f"{where}: cannot run {words[0]}")


def check_workflow(path):
    for name, job in yaml.safe_load(read(path))["jobs"].items():
        where = f"{path}: {name}"
        check(job.get("timeout-minutes"), f"{where}: no time limit")
        check(job["container"]["image"] == "debian:12", f"{where}: not the supported distribution")
        for step in job["steps"]:
            check(("run" in step) != ("uses" in step), f"{where}: a step without run or uses")
            check(re.search(r"@v\d+$", step.get("uses", "@v0")), f"{where}: {step.get('uses')}")
            for line in re.split(r"\n|&&", step.get("run", "").strip()):
                if line:
                    check_command(where, line)


def check_form(path):
    form = yaml.safe_load(read(path))
    check(form.get("name") and form.get("description"), f"{path}: no name or description")
    ids = [part.get("id") for part in form["body"] if part["type"] != "markdown"]
    check(len(ids) == len(set(ids)) and all(ids), f"{path}: ids are missing or not unique")
    for part in form["body"]:
        check(part["type"] in FORM_PARTS, f"{path}: {part['type']}: not a part of a form")
        check({"label", "value"} & set(part["attributes"]), f"{path}: a part without a label")


def check_names(path):
    for name in set(re.findall(r"\b(?:doc/[\w-]+\.md|[A-Z]{3,}\.md|NEWS)\b", read(path))):
        check(os.path.exists(os.path.join(TOP, name)), f"{path}: there is no {name}")


def check_news():
    version = re.search(r"^VERSION := (\S+)$", read("Makefile"), re.M)[1]
    first = re.search(r"^CHANGES IN (\S+)", read("NEWS"), re.M)[1]
    check(first == version, f"NEWS begins with {first}, the Makefile has {version}")


workflows = glob.glob(".github/workflows/*.yml", root_dir=TOP)
forms = [f for f in glob.glob(".github/ISSUE_TEMPLATE/*.yml", root_dir=TOP)
         if not f.endswith("/config.yml")]
check(workflows and forms, "no workflow or no issue form")
for name in workflows:
    check_workflow(name)
for name in forms:
    check_form(name)
for name in workflows + forms + [".github/pull_request_template.md"]:
    check_names(name)
check_news()
print("\n".join(failures))
sys.exit(1 if failures else 0)
