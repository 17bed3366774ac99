# SPDX-License-Identifier: GPL-2.0-or-later
# librump.so and the module libraries: the distribution's kernel source is unpacked into the build
# folder, arch/rump is laid beside its architectures by symbolic links, Kbuild compiles, and
# librump/link links.  Nothing of the unpacked tree is written to.

KDIR := $(B)/linux-$(KERNEL)
KSRC := $(KDIR)/linux-source-$(KERNEL)
KFARM := $(KDIR)/farm
KOBJ := $(KDIR)/obj
KTAR := /usr/src/linux-source-$(KERNEL).tar.xz
KPARTS := rumpkern rumpvfs rumpblk rumpmtd
KTARGETS := init/ mm/ block/ kernel/ lib/ crypto/ security/ fs/ drivers/ arch/rump/
KMAKE = $(MAKE) -C $(KFARM) O=$(abspath $(KOBJ)) ARCH=rump CC="$(strip $(CCACHE) $(CC))" \
	KBUILD_BUILD_USER=rump KBUILD_BUILD_HOST=rump KBUILD_BUILD_TIMESTAMP=1970-01-01

ED_SOURCES := $(shell find arch/rump $(KPARTS:%=librump/%) -type f)
MODDIR_BUILD := $(B)/lib/rump/$(KERNEL)

LIBS += $(B)/lib/librump.so $(MODDIR_BUILD)/rump-modules

$(KTAR):
	@echo "The kernel's source is missing: install the package linux-source-$(KERNEL)." >&2; exit 1

$(KDIR)/unpacked: $(KTAR)
	rm -rf $(KSRC)
	mkdir -p $(KDIR)
	tar -C $(KDIR) -xf $(KTAR)
	touch $@

# A real folder arch/ with a link to each architecture and our own; links for all else.
$(KFARM)/laid: $(KDIR)/unpacked librump/local.mk
	rm -rf $(KFARM)
	mkdir -p $(KFARM)/arch/rump
	for e in $$(ls -A $(KSRC) | grep -vx arch); do \
		ln -s $(abspath $(KSRC))/$$e $(KFARM)/$$e; done
	for e in $$(ls $(KSRC)/arch); do ln -s $(abspath $(KSRC))/arch/$$e $(KFARM)/arch/$$e; done
	for e in $$(ls arch/rump); do ln -s $(abspath arch/rump)/$$e $(KFARM)/arch/rump/$$e; done
	for e in $(KPARTS); do ln -s $(abspath librump)/$$e $(KFARM)/arch/rump/$$e; done
	ln -s $(abspath include) $(KFARM)/arch/rump/public
	touch $@

$(KOBJ)/fragments: $(wildcard arch/rump/configs/*.config) fs/table.toml scripts/fs-table
	@mkdir -p $(@D)
	cat $(filter %.config,$^) > $@
	scripts/fs-table config $(KERNEL) >> $@

$(KOBJ)/.config: $(KFARM)/laid $(KOBJ)/fragments arch/rump/Kconfig
	+$(KMAKE) -s KCONFIG_ALLCONFIG=$(abspath $(KOBJ)/fragments) allnoconfig
	librump/link/check-config $(KOBJ)/fragments $@

# What a module must have been built with to fit this librump.
$(KOBJ)/abi: $(KOBJ)/.config $(wildcard arch/rump/include/asm/*.h) librump/rumpkern/module.h
	+$(KMAKE) -s prepare
	printf '%s %s' "$$(cat $(KOBJ)/include/config/kernel.release)" \
		"$$(cat $^ | sha256sum | cut -c1-16)" > $@
	printf '#define RUMP_ABI "%s"\n' "$$(cat $@)" > $(KOBJ)/include/generated/rump_abi.h

$(KOBJ)/built: $(KOBJ)/abi $(ED_SOURCES) include/rump/rumpuser.h
	+$(KMAKE) -s $(KTARGETS)
	touch $@

LINK_SCRIPTS := $(wildcard librump/link/*)
RUMP_HEADERS := $(wildcard include/rump/rump*.h)

$(KOBJ)/link/modules.undef: $(KOBJ)/built $(LINK_SCRIPTS) $(RUMP_HEADERS)
	librump/link/link-modules prepare $(KOBJ)

$(B)/lib/librump.so.$(SOVERSION): $(KOBJ)/link/modules.undef $(B)/lib/librumpuser.so
	librump/link/link-core $(KOBJ) $@ $(@F) $(B)/lib

$(B)/lib/librump.so: $(B)/lib/librump.so.$(SOVERSION)
	ln -sf $(<F) $@

$(MODDIR_BUILD)/rump-modules: $(B)/lib/librump.so
	rm -rf $(@D)
	librump/link/link-modules link $(KOBJ) $(@D) $(B)/lib
