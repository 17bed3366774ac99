# SPDX-License-Identifier: GPL-2.0-or-later
# The host-side code under sanitizers: make SANITIZE=address,undefined, into build/sanitize.  The
# kernel side is not built again: it is the ordinary build's, which takes the librumpuser.so that is
# found first.  Included last of all that name programs, because it changes how they are linked.
.PHONY: check-sanitize sanitized

# What tests/sanitize runs
check-sanitize: all
	+$(MAKE) SANITIZE=address,undefined B=$(B)/sanitize BASE=$(B) KERNELS=$(KERNEL) \
		RUMPUSER=$(RUMPUSER) sanitized

ifneq ($(SANITIZE),)
SANITIZE_FLAGS := -fsanitize=$(SANITIZE) -fno-sanitize-recover=undefined
cflags += -O1 -fno-omit-frame-pointer $(SANITIZE_FLAGS)
ldflags += $(SANITIZE_FLAGS)

# Preloaded into programs of the host, which have no sanitizer.
$(B)/obj/tools/makefs/preload/fixed.o $(B)/lib/libmakefs_fixed.so: private SANITIZE_FLAGS :=

# The kernel side is used from where it is.
LIBS := $(filter-out $(B)/lib/rump/%,$(LIBS))
$(B)/lib/rump:
	@[ -e $(BASE)/lib/rump/$(KERNEL)/rump-modules ] || \
		{ echo "$(BASE)/lib/rump/$(KERNEL) is missing: run make first" >&2; exit 1; }
	@mkdir -p $(@D)
	ln -sfn $(abspath $(BASE))/lib/rump $@

SANITIZED := $(filter-out $(MUSL)/%,$(PROGRAMS) $(SBIN_PROGRAMS) $(TEST_PROGRAMS) $(UKFS_TESTS) \
	$(TEST_BIN)/fakeserver $(TEST_BIN)/seeded)
sanitized: libs $(SANITIZED) $(B)/lib/rump
	@touch $(B)/built

# What the sanitizers must find, and must not
$(TEST_BIN)/seeded: $(B)/obj/tests/sanitize/seeded.o $(B)/lib/libukfs.so $(B)/vars/link
	@mkdir -p $(@D)
	$(CC) $(ldflags) -o $@ $< $(TEST_LDLIBS)

ifneq ($(findstring address,$(SANITIZE)),)
SANITIZE_ARENA := $(B)/obj/tests/sanitize/arena.o
$(SANITIZE_ARENA): private SANITIZE_FLAGS :=
$(filter-out %.so,$(SANITIZED)): private ldflags += $(SANITIZE_ARENA)
$(filter-out %.so,$(SANITIZED)): | $(SANITIZE_ARENA)
endif
endif
