# SPDX-License-Identifier: GPL-2.0-or-later
"""
What a run reports: a line for each test, what failed, the counts; JUnit XML and TAP for programs.

A strict run (the full tier) counts an unsteady test as failed.
"""
import re
import sys
import xml.etree.ElementTree as xml


def shortened(output, head=30, tail=70, width=400):
    """The lines worth reading of a long output: its beginning and its end."""
    lines = [text[:width] for text in output.splitlines()]
    if len(lines) > head + tail:
        lines[head:-tail] = [f"... {len(lines) - head - tail} lines more ..."]
    return lines


def reason(r):
    """Why a test was skipped: the last line that it printed."""
    return (r.output.strip().splitlines() or ["no reason given"])[-1]


def failed(r, strict):
    return r.result == "fail" or (strict and r.unsteady)


class Console:
    """The run as people read it.  `progress` is None where standard output is no terminal."""

    def __init__(self, progress=None, verbose=False):
        self.progress, self.verbose = progress, verbose

    def plan(self, tests):
        if self.progress:
            self.progress.plan(tests)

    def started(self, test):
        if self.progress:
            self.progress.started(test)

    def finished(self, r):
        if self.progress:
            self.progress.erase()
            self.progress.finished(r.test)
        word = "unsteady" if r.unsteady else r.result
        line = f"{word:4} {r.seconds:6.1f}s  {r.test.title}"
        print(line + (": " + reason(r) if r.result == "skip" else ""), flush=True)
        if r.result == "fail" or (self.verbose and r.output):
            for text in shortened(r.output):
                print("    | " + text)
            sys.stdout.flush()

    def tick(self):
        if self.progress:
            self.progress.draw()

    def idle(self):
        if self.progress:
            self.progress.erase()


def listed(title, results):
    if results:
        print(f"\n{title}:")
    for r in sorted(results, key=lambda r: r.test.title):
        print("  " + r.test.title)
        for text in shortened(r.output, 3, 12):
            print("    | " + text)


def summary(results, strict, not_run=0):
    """What is to be looked into, and the counts.  Returns how many count as failed."""
    unsteady = [r for r in results if r.unsteady]
    listed("failed beside others, passed alone", unsteady)
    listed("failed", [r for r in results if r.result == "fail"])
    bad = sum(failed(r, strict) for r in results)
    skipped = sum(r.result == "skip" for r in results)
    if not_run:
        print(f"{not_run} not run")
    if unsteady:
        print(f"{len(unsteady)} unsteady" + (", counted as failed" if strict else ""))
    print(f"{len(results) - bad - skipped} passed, {bad} failed, {skipped} skipped", flush=True)
    return bad


def printable(text):
    """XML 1.0 has no way to write most control characters."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]",
                  lambda m: f"\\x{ord(m[0]):02x}", text)


def junit_case(suite, r, strict):
    folder, _, name = r.test.title.rpartition("/")
    if "[" in folder:       # an argument may hold a slash
        folder, _, name = r.test.title.partition("/")
    case = xml.SubElement(suite, "testcase", classname=folder or "build", name=printable(name),
                          time=f"{r.seconds:.1f}")
    if failed(r, strict):
        element = xml.SubElement(case, "failure", message="unsteady" if r.unsteady else "failed")
    elif r.unsteady:
        element = xml.SubElement(case, "flakyFailure", message="unsteady")
    elif r.result == "skip":
        xml.SubElement(case, "skipped", message=printable(reason(r)))
        return
    else:
        return
    element.text = printable("\n".join(shortened(r.output)))


def write_junit(path, results, strict):
    suite = xml.Element("testsuite", name="tests/run", tests=str(len(results)),
                        failures=str(sum(failed(r, strict) for r in results)), errors="0",
                        skipped=str(sum(r.result == "skip" for r in results)),
                        time=f"{sum(r.seconds for r in results):.1f}")
    for r in results:
        junit_case(suite, r, strict)
    suites = xml.Element("testsuites")
    suites.append(suite)
    xml.ElementTree(suites).write(path, encoding="utf-8", xml_declaration=True)


def write_tap(path, results, strict):
    with open(path, "w", encoding="utf-8") as f:
        f.write(f"TAP version 13\n1..{len(results)}\n")
        for n, r in enumerate(results, 1):
            word = "not ok" if failed(r, strict) else "ok"
            skip = f" # SKIP {reason(r)}" if r.result == "skip" else ""
            title = r.test.title.replace("\\", "\\\\").replace("#", "\\#")
            f.write(f"{word} {n} - {title}{skip}\n")
            if r.unsteady:
                f.write("# unsteady: it failed beside others and passed alone\n")
            if r.result == "fail" or r.unsteady:
                f.writelines(f"# {text}\n" for text in shortened(r.output))
