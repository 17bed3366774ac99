# SPDX-License-Identifier: GPL-2.0-or-later
# posix_suite: what the file system of a folder does, one line for each check.  imagequota is a program
# of its own, see tests/local.mk.
POSIX_OBJS := $(call objs,$(filter-out tests/posix/imagequota.c,$(wildcard tests/posix/*.c)))

$(TEST_BIN)/posix_suite: $(POSIX_OBJS) $(B)/vars/link
	@mkdir -p $(@D)
	$(CC) $(ldflags) -o $@ $(POSIX_OBJS) -lacl
TEST_PROGRAMS += $(TEST_BIN)/posix_suite
