# SPDX-License-Identifier: GPL-2.0-or-later
"""v7, the file system of Unix Seventh Edition: that of the PDP-11, and that of x86 (PC/IX)."""
from sysv import make, read             # noqa: F401

FLAVOURS = ("v7", "v7-le")
