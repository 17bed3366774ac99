# SPDX-License-Identifier: GPL-2.0-or-later
# A program that takes namespaces, mounts and /dev/fuse away.
$(TEST_BIN)/confined: $(B)/obj/tests/confined/confined.o $(B)/vars/link
	@mkdir -p $(@D)
	$(CC) $(ldflags) -o $@ $< -lseccomp
TEST_PROGRAMS += $(TEST_BIN)/confined
