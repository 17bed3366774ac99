# SPDX-License-Identifier: GPL-2.0-or-later
# The sandbox of the mount servers, in a program that tries to get out of it.
BOXED_OBJS := $(call objs,$(wildcard tests/sandbox/*.c tools/mount/sandbox*.c libhost/*.c))
$(TEST_BIN)/boxed: $(BOXED_OBJS) $(B)/lib/libukfs.so $(B)/lib/librump.so $(B)/vars/link
	@mkdir -p $(@D)
	$(CC) $(ldflags) -o $@ $(BOXED_OBJS) $(TEST_LDLIBS) -lseccomp
# Preloaded into the real servers.
$(TEST_BIN)/intruder.so: $(B)/obj/tests/sandbox/preload/intruder.o $(B)/vars/link
	@mkdir -p $(@D)
	$(CC) -shared $(ldflags) -o $@ $<
$(B)/obj/tests/sandbox/%.o: private cppflags += -Itests/lib
TEST_PROGRAMS += $(TEST_BIN)/boxed $(TEST_BIN)/intruder.so
