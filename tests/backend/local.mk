# SPDX-License-Identifier: GPL-2.0-or-later
# For tests/backend: the POSIX back end beside the one that was chosen, for this libc and for musl.
# $(B)/tests/posix/LIBC has the library, its tests and, for musl, what the tests of the file systems need:
# librump.so, libukfs, fsu, opmix.  The kernel side is the same file: it takes the librumpuser.so that is
# found first.
MUSL_CC ?= musl-gcc
# musl where there is a compiler for the machine that all else is compiled for
RUMPUSER_LIBCS := glibc $(if $(filter $(shell $(CC) -dumpmachine),\
	$(shell $(MUSL_CC) -dumpmachine 2>/dev/null)),musl)
MUSL := $(B)/tests/posix/musl
MUSL_EXTRA := tests/backend/musl

RUMPUSER_CC_glibc := $(CC)
RUMPUSER_OBJ_glibc := $(B)/obj
RUMPUSER_CMOCKA_glibc := -lcmocka
RUMPUSER_CC_musl := $(MUSL_CC)
RUMPUSER_OBJ_musl := $(B)/obj/musl

# musl's compiler sees no headers but musl's: the host kernel's are shown to it, and what the libraries
# that are not packaged for musl are replaced by.
$(MUSL)/include/made: $(wildcard $(MUSL_EXTRA)/*.h) tests/backend/local.mk
	mkdir -p $(@D)
	ln -sfn /usr/include/linux /usr/include/mtd /usr/include/asm-generic /usr/include/blkid \
		/usr/include/$$($(CC) -print-multiarch)/asm $(@D)
	touch $@

$(B)/obj/musl/%.o: %.c $(MUSL)/include/made $(B)/vars/compile
	@mkdir -p $(@D)
	$(CCACHE) $(MUSL_CC) $(cppflags) -I$(MUSL_EXTRA) -isystem $(MUSL)/include $(cflags) \
		-MD -MP -c -o $@ $<

$(B)/obj/musl/$(RUMPUSER_DIR)/module.o: $(B)/vars/RUMPUSER_DEFAULTS
$(B)/obj/musl/$(RUMPUSER_DIR)/module.o: private cppflags += $(RUMPUSER_DEFAULTS)
$(B)/obj/musl/$(RUMPUSER_DIR)/posix/%.o: private cppflags += -U_GNU_SOURCE
$(B)/obj/musl/libukfs/%.o $(B)/obj/musl/libhost/%.o $(B)/obj/musl/tools/%.o: private cppflags += -include $(MUSL_EXTRA)/glibc.h
$(B)/obj/musl/libukfs/table.o: $(B)/include/fs_table.h
$(B)/obj/musl/libukfs/table.o: private cppflags += -I$(B)/include
$(B)/obj/musl/tests/threads/%.o: private cppflags += -Itests/lib
$(B)/obj/musl/librump/entry/entry.o: $(ENTRY_CALLS)
$(B)/obj/musl/librump/entry/entry.o: private cppflags += -I$(B)/obj/librump/entry

musl_objs = $(patsubst %.c,$(B)/obj/musl/%.o,$(1))

# musl loads no library with thread-local variables like the kernel side's later than at the program's
# start: what is linked with librump.so there is linked with the kernel side, too.
MUSL_CORE := -L$(B)/lib/rump/$(KERNEL) -Wl,--push-state,--no-as-needed -lrumpcore -Wl,--pop-state \
	-Wl,-rpath-link,$(MUSL):$(B)/lib

$(MUSL)/librump.so.$(SOVERSION): $(call musl_objs,librump/entry/entry.c) \
		$(B)/lib/rump/$(KERNEL)/librumpcore.so $(MUSL)/librumpuser.so.$(SOVERSION) $(B)/vars/link
	$(MUSL_CC) -shared $(ldflags) -Wl,-soname,$(@F) -Wl,-z,defs -o $@ $(filter %.o,$^) \
		$(filter %librumpuser.so.$(SOVERSION),$^) $(MUSL_CORE)

$(MUSL)/libukfs.so.$(SOVERSION): $(call musl_objs,$(wildcard libukfs/*.c) libhost/files.c libhost/rights.c \
			$(MUSL_EXTRA)/blkid.c $(MUSL_EXTRA)/confine.c) \
		$(UKFS_MAP) $(MUSL)/librump.so.$(SOVERSION) $(MUSL)/librumpuser.so.$(SOVERSION) $(B)/vars/link
	$(MUSL_CC) -shared $(ldflags) -Wl,-soname,$(@F) -Wl,--version-script=$(UKFS_MAP) -o $@ \
		$(filter %.o %.so.$(SOVERSION),$^) $(MUSL_CORE)

MUSL_FSU := $(filter-out tools/fsu/find/% tools/fsu/grep/% tools/fsu/sums.c,$(FSU_SRCS)) $(MUSL_EXTRA)/absent.c
$(B)/obj/musl/$(MUSL_EXTRA)/absent.o: private cppflags += -Itools/fsu
$(MUSL)/fsu: $(call musl_objs,$(MUSL_FSU)) $(MUSL)/libukfs.so.$(SOVERSION) $(B)/vars/link
	$(MUSL_CC) $(ldflags) -o $@ $(filter-out $(B)/vars/%,$^) $(MUSL_CORE)

$(MUSL)/opmix: $(call musl_objs,tests/threads/opmix.c) $(MUSL)/libukfs.so.$(SOVERSION) $(B)/vars/link
	$(MUSL_CC) $(ldflags) -o $@ $(filter-out $(B)/vars/%,$^) $(MUSL_CORE)

# $(call rumpuser_variant,libc)
define rumpuser_variant
$(B)/tests/posix/$(1)/librumpuser.so.$(SOVERSION): \
		$(patsubst %.c,$(RUMPUSER_OBJ_$(1))/%.o,$(call rumpuser_sources,posix)) $(RUMPUSER_MAP) $(B)/vars/link
	@mkdir -p $$(@D)
	ln -sfn ../../../lib/rump $$(@D)/rump
	$$(call rumpuser_link,$(RUMPUSER_CC_$(1)),posix)

$(B)/tests/posix/$(1)/rumpuser_%: $(RUMPUSER_OBJ_$(1))/$(RUMPUSER_DIR)/tests/rumpuser_%.o \
		$(call rumpuser_test_objs,$(RUMPUSER_OBJ_$(1)),posix) \
		$(B)/tests/posix/$(1)/librumpuser.so.$(SOVERSION) $(B)/vars/link
	$$(RUMPUSER_CC_$(1)) $$(ldflags) -o $$@ $$(filter-out $(B)/vars/%,$$^) $(RUMPUSER_CMOCKA_$(1))

TEST_PROGRAMS += $(RUMPUSER_TESTS:%=$(B)/tests/posix/$(1)/rumpuser_%)
.SECONDARY: $(call rumpuser_test_objs,$(RUMPUSER_OBJ_$(1)),posix) \
	$(RUMPUSER_TESTS:%=$(RUMPUSER_OBJ_$(1))/$(RUMPUSER_DIR)/tests/rumpuser_%.o)
endef
$(foreach l,$(RUMPUSER_LIBCS),$(eval $(call rumpuser_variant,$(l))))
TEST_PROGRAMS += $(if $(filter musl,$(RUMPUSER_LIBCS)),$(MUSL)/fsu $(MUSL)/opmix)
