# SPDX-License-Identifier: GPL-2.0-or-later
"""The files of the project itself: everything below the top but what is built."""
import os


def find(top, wanted):
    """Paths whose base name satisfies `wanted`, sorted.  A folder called build is not entered."""
    found = []
    for folder, dirs, names in os.walk(top):
        dirs[:] = [d for d in dirs if d != "__pycache__"
                   and not (folder == top and (d.startswith("build") or d == ".git"))]
        found += [os.path.join(folder, n) for n in names if wanted(n)]
    return sorted(found)
