# SPDX-License-Identifier: GPL-2.0-or-later
# Fuzzers of the host side: make check-fuzz, into build/fuzz, by clang with libFuzzer, ASan and UBSan.
# Each tests/fuzz/NAME.c is one; FUZZ_NAME are the objects that it is linked with, FUZZ_NAME_LIBS the
# host's libraries.
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c))
FUZZ_p2k := $(P2K_OBJS) $(call objs,tests/fuzz/lib/vfs.c)
# What makefs makes a tree with
FUZZ_TREE := $(call objs,tests/fuzz/lib/trees.c \
	tools/fsu/message.c tools/fsu/ls/quote.c tools/fsu/copy/item.c \
	$(patsubst %,tools/makefs/%.c,archive tree side size userdb types))
FUZZ_archive := $(FUZZ_TREE)
FUZZ_archive_LIBS := -larchive
FUZZ_mtree := $(FUZZ_TREE)
FUZZ_mtree_LIBS := -larchive
FUZZ_disk := $(FUZZ_TREE) $(call objs,tools/fsu/fmt.c tools/fsu/limit.c tools/makefs/options.c \
	tools/makefs/partitions.c tools/makefs/words.c)
FUZZ_disk_LIBS := -larchive
# libukfs before it mounts
FUZZ_UKFS := $(call objs,tests/fuzz/lib/kernel.c $(patsubst %,libukfs/%.c,options idmap table error log))
FUZZ_options := $(FUZZ_UKFS) $(call objs,$(patsubst %,libukfs/%.c,devices folders))
FUZZ_flash := $(FUZZ_UKFS) $(call objs,libukfs/flash.c)
$(call objs,$(patsubst %,tests/fuzz/%.c,lib/kernel options flash)): private cppflags += -Ilibukfs
FUZZ_report := $(call objs,$(patsubst %,tools/mount/%.c,report channel lines limit))

.PHONY: check-fuzz fuzzers
ifneq ($(shell command -v clang),)
check-fuzz:
	+$(MAKE) CC=clang SANITIZE=fuzzer-no-link,address,undefined B=$(B)/fuzz BASE=$(BASE) \
		KERNELS=$(KERNEL) fuzzers
else
check-fuzz:
	@echo "clang is missing, which builds the fuzzers: their tests are skipped"
endif

fuzzers: $(FUZZERS:%=$(B)/tests/fuzz/%)
	@touch $(B)/built

define fuzzer
$(B)/tests/fuzz/$(1): $(B)/obj/tests/fuzz/$(1).o $(FUZZ_$(1)) $(B)/obj/tests/fuzz/lib/quiet.o $(B)/vars/link
	@mkdir -p $$(@D)
	$$(CC) $$(ldflags) -fsanitize=fuzzer -o $$@ $$(filter %.o,$$^) $(FUZZ_$(1)_LIBS)
endef
$(foreach f,$(FUZZERS),$(eval $(call fuzzer,$(f))))

$(B)/obj/tests/fuzz/p2k.o: $(FUSE_H)
$(B)/obj/tests/fuzz/p2k.o: private cppflags += -I$(B)/include -Ilibp2k
$(B)/tests/fuzz/p2k: private ldflags += -Wl,--wrap=writev
