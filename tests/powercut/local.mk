# SPDX-License-Identifier: GPL-2.0-or-later
# Preloaded by the power cut tests: into what holds the image, and into its clients.
$(TEST_BIN)/%.so: $(B)/obj/tests/powercut/%.o $(B)/vars/link
	@mkdir -p $(@D)
	$(CC) -shared $(ldflags) -o $@ $(filter %.o,$^) -ldl
$(TEST_BIN)/recorder.so: $(B)/obj/tests/powercut/ring.o
TEST_PROGRAMS += $(TEST_BIN)/recorder.so $(TEST_BIN)/acks.so
