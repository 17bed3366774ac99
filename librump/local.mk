# SPDX-License-Identifier: GPL-2.0-or-later
# librump.so and the module libraries: the distribution's kernel source is unpacked into the build
# folder, arch/rump is laid beside its architectures by symbolic links, Kbuild compiles, and
# librump/link links.  Nothing of the unpacked tree is written to.

# In the rules below the stem, $*, is the kernel's version.
KDIR = $(BASE)/linux-$*
KSRC = $(KDIR)/linux-source-$*
KFARM = $(KDIR)/farm
KOBJ = $(B)/linux-$*/obj
KLIB = $(B)/lib/rump/$*
# Fragments of the configuration; with TYPES, without the modules that no type asks for by itself.
KCONFIGS := $(sort $(wildcard arch/rump/configs/*.config))
$(foreach k,$(KERNELS),$(eval types-$(k) := \
	$(if $(filter $(firstword $(ALL_KERNELS)),$(k)),$(TYPES),$(OTHER_TYPES))))
# The directories of which the farm has a copy with links, and the entries left out of each: arch/ gets
# one architecture more; what librump replaces whole loses its makefile, so that it is not compiled.
KFARM_COPIES := .:arch|kernel arch:rump kernel:sched|module kernel/sched:Makefile kernel/module:Makefile
KPARTS := rumpkern rumpvfs rumpblk rumpmtd
KTARGETS := init/ mm/ block/ kernel/ lib/ crypto/ security/ fs/ drivers/ arch/rump/
KMAKE = $(MAKE) -C $(KFARM) O=$(abspath $(KOBJ)) ARCH=rump CROSS_COMPILE=$(CROSS_COMPILE) \
	CC="$(strip $(CCACHE) $(CC))" \
	KBUILD_BUILD_USER=rump KBUILD_BUILD_HOST=rump KBUILD_BUILD_TIMESTAMP=1970-01-01

ED_SOURCES := $(shell find arch/rump $(KPARTS:%=librump/%) librump/compat -type f)

LIBS += $(foreach k,$(KERNELS),$(addprefix $(B)/lib/rump/$(k)/,librumpcore.so rump-modules))
.SECONDARY: $(foreach k,$(KERNELS),$(addprefix $(BASE)/linux-$(k)/,unpacked farm/laid) \
	$(addprefix $(B)/linux-$(k)/obj/,fragments .config abi built link/rules \
	link/modules.undef))

/usr/src/linux-source-%.tar.xz:
	@echo "The kernel's source is missing: install the package linux-source-$* (make deps does it)." >&2; exit 1

$(BASE)/linux-%/unpacked: /usr/src/linux-source-%.tar.xz
	rm -rf $(KSRC)
	mkdir -p $(KDIR)
	tar -C $(KDIR) -xf $<
	touch $@

$(BASE)/linux-%/farm/laid: $(BASE)/linux-%/unpacked librump/local.mk
	rm -rf $(KFARM)
	for copy in $(foreach c,$(KFARM_COPIES),'$(c)'); do \
		dir=$${copy%:*}; mkdir -p $(KFARM)/$$dir; \
		ls -A $(KSRC)/$$dir | grep -vxE "$${copy#*:}" | sed "s|^|$(abspath $(KSRC))/$$dir/|" | \
			xargs ln -s -t $(KFARM)/$$dir; done
	touch $(KFARM)/kernel/sched/Makefile $(KFARM)/kernel/module/Makefile
	mkdir $(KFARM)/arch/rump
	ln -s $(addprefix $(abspath arch/rump)/,$(notdir $(wildcard arch/rump/*))) \
		$(KPARTS:%=$(abspath librump)/%) $(KFARM)/arch/rump
	ln -s $(abspath librump/compat)/$* $(KFARM)/arch/rump/compat
	ln -s $(abspath include) $(KFARM)/arch/rump/public
	touch $@

# The same text keeps its time: most columns of the table are nothing to the kernel.
$(B)/linux-%/obj/fragments: $(KCONFIGS) fs/table.toml scripts/fs-table \
		$(B)/vars/types-% $(wildcard librump/compat/*/config)
	@mkdir -p $(@D)
	cat $(filter-out $(if $(types-$*),%/modules.config),$(KCONFIGS)) $(filter librump/compat/$*/config,$^) > $@.new
	scripts/fs-table config $* $(types-$*) >> $@.new
	cmp -s $@.new $@ && rm $@.new || mv $@.new $@

kernel_compiler = $(CC) $(CROSS_COMPILE)

# The first kernel knows every symbol; another may be older or newer than one of them.
$(B)/linux-%/obj/.config: $(BASE)/linux-%/farm/laid $(B)/linux-%/obj/fragments arch/rump/Kconfig \
		$(B)/vars/kernel_compiler
	+$(KMAKE) -s KCONFIG_ALLCONFIG=$(abspath $(KOBJ)/fragments) allnoconfig
	librump/link/check-config $(KOBJ)/fragments $@ $(if $(filter-out $(firstword $(ALL_KERNELS)),$*),$(KSRC))

# What a module must have been built with to fit this kernel side.
$(B)/linux-%/obj/abi: $(B)/linux-%/obj/.config librump/rumpkern/module.h \
		$(wildcard arch/rump/include/asm/*.h arch/rump/host/*/asm/*.h)
	+$(KMAKE) -s prepare
	printf '%s %s' "$$(cat $(KOBJ)/include/config/kernel.release)" \
		"$$(cat $^ | sha256sum | cut -c1-16)" > $@
	printf '#define RUMP_ABI "%s"\n' "$$(cat $@)" > $(KOBJ)/include/generated/rump_abi.h

$(B)/linux-%/obj/built: $(B)/linux-%/obj/abi $(ED_SOURCES) include/rump/rumpuser.h
	+$(KMAKE) -s $(KTARGETS)
	touch $@

LINK_SCRIPTS := $(wildcard librump/link/*)
RUMP_HEADERS := $(wildcard include/rump/rump*.h)

$(B)/linux-%/obj/link/rules: librump/link/symbol-rules librump/link/common.sh $(RUMP_HEADERS)
	@mkdir -p $(@D)
	librump/link/symbol-rules > $@.new
	cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(B)/linux-%/obj/link/modules.undef: $(B)/linux-%/obj/built $(B)/linux-%/obj/link/rules $(LINK_SCRIPTS)
	CROSS_COMPILE=$(CROSS_COMPILE) librump/link/link-modules prepare $(KOBJ) $(KLIB) $(B)/lib

$(B)/lib/rump/%/librumpcore.so: $(B)/linux-%/obj/link/modules.undef $(B)/lib/librumpuser.so
	mkdir -p $(@D)
	CROSS_COMPILE=$(CROSS_COMPILE) librump/link/link-core $(KOBJ) $@ $(@F) $(B)/lib

$(B)/lib/rump/%/rump-modules: $(B)/lib/rump/%/librumpcore.so
	+CROSS_COMPILE=$(CROSS_COMPILE) $(MAKE) -s -f $(KOBJ)/link/modules.mk all
	CROSS_COMPILE=$(CROSS_COMPILE) librump/link/link-modules table $(KOBJ) $(@D)
