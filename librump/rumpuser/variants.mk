# SPDX-License-Identifier: GPL-2.0-or-later
# For tests/backend: the POSIX back end beside the one that was chosen, for this libc and for musl.
# Each is a folder $(B)/posix/LIBC with the library and the tests' programs.  The kernel side is the
# same: librump.so takes the librumpuser.so that is found first.
MUSL_CC ?= musl-gcc
RUMPUSER_LIBCS := glibc $(if $(shell command -v $(MUSL_CC) 2>/dev/null),musl)

RUMPUSER_CC_glibc := $(CC)
RUMPUSER_OBJ_glibc := $(B)/obj
RUMPUSER_CMOCKA_glibc := -lcmocka
RUMPUSER_CC_musl := $(MUSL_CC)
RUMPUSER_OBJ_musl := $(B)/posix/musl/obj

# musl has the names of the tests' library in a header of our own.
$(B)/posix/musl/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CCACHE) $(MUSL_CC) $(CPPFLAGS) -I$(RUMPUSER_DIR)/tests/musl $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/posix/musl/obj/$(RUMPUSER_DIR)/posix/%.o: private CPPFLAGS += -U_GNU_SOURCE

# $(call rumpuser_variant,libc)
define rumpuser_variant
$(B)/posix/$(1)/librumpuser.so.$(SOVERSION): \
		$(patsubst %.c,$(RUMPUSER_OBJ_$(1))/%.o,$(call rumpuser_sources,posix)) $(RUMPUSER_MAP)
	@mkdir -p $$(@D)
	$$(call rumpuser_link,$(RUMPUSER_CC_$(1)),posix)

$(B)/posix/$(1)/rumpuser_%: $(RUMPUSER_OBJ_$(1))/$(RUMPUSER_DIR)/tests/rumpuser_%.o \
		$(call rumpuser_test_objs,$(RUMPUSER_OBJ_$(1)),posix) \
		$(B)/posix/$(1)/librumpuser.so.$(SOVERSION)
	$(RUMPUSER_CC_$(1)) $(LDFLAGS) -o $$@ $$^ $(RUMPUSER_CMOCKA_$(1))

TEST_PROGRAMS += $(RUMPUSER_TESTS:%=$(B)/posix/$(1)/rumpuser_%)
.SECONDARY: $(call rumpuser_test_objs,$(RUMPUSER_OBJ_$(1)),posix) \
	$(RUMPUSER_TESTS:%=$(RUMPUSER_OBJ_$(1))/$(RUMPUSER_DIR)/tests/rumpuser_%.o)
endef
$(foreach l,$(RUMPUSER_LIBCS),$(eval $(call rumpuser_variant,$(l))))
