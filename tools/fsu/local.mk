# SPDX-License-Identifier: GPL-2.0-or-later
# fsu: one program; its links and manual pages follow from commands.def.
FSU_COMMANDS := $(shell sed -n 's/^FSU_COMMAND.\([a-z0-9]*\),.*/\1/p' tools/fsu/commands.def)
# commands that are libraries of their own, and the libraries that they need
FSU_PLUGINS := perl sh tar
FSU_perl_LIBS := -lpcre2-8
FSU_sh_LIBS := -ledit
FSU_tar_LIBS := -larchive
FSU_PLUGIN_LIBS := $(FSU_PLUGINS:%=$(B)/lib/libfsu_%.so)
FSU_SRCS := $(filter-out $(FSU_PLUGINS:%=tools/fsu/%/%.c),$(wildcard tools/fsu/*.c tools/fsu/*/*.c))
FSU_OBJS := $(call objs,$(FSU_SRCS))
FSU_LINKS := $(FSU_COMMANDS:%=$(B)/bin/fsu_%)

LIBS += $(FSU_PLUGIN_LIBS)
PROGRAMS += $(B)/bin/fsu $(FSU_LINKS)
# the checksums have one page
FSU_SUMS := $(filter sha%sum,$(FSU_COMMANDS))
FSU_SUM_PAGES := $(FSU_SUMS:%=$(B)/man/man1/fsu_%.1)
$(FSU_SUM_PAGES):
	@mkdir -p $(@D)
	echo '.so man1/fsu_md5sum.1' >$@
MAN += tools/fsu/fsu.1 $(patsubst %,tools/fsu/fsu_%.1,$(filter-out $(FSU_SUMS),$(FSU_COMMANDS))) $(FSU_SUM_PAGES)

$(B)/bin/fsu: $(FSU_OBJS) $(B)/lib/libukfs.so $(B)/vars/link
	@mkdir -p $(@D)
	$(CC) $(ldflags) -Wl,--export-dynamic-symbol='fsu_*' -Wl,--export-dynamic-symbol=xattr_wanted -o $@ $(FSU_OBJS) -L$(B)/lib -lukfs -lnettle -Wl,-rpath-link,$(B)/lib

# What is no command, for other tools: the copier, messages, numbers.
$(B)/obj/tools/fsu/libfsu.a: $(filter-out %/main.o,$(FSU_OBJS))
	rm -f $@
	ar rcs $@ $^

$(FSU_LINKS): $(B)/bin/fsu
	ln -sf $(<F) $@

define fsu_plugin
$(B)/lib/libfsu_$(1).so: $(call objs,$(wildcard tools/fsu/$(1)/*.c)) $(B)/lib/libukfs.so $(B)/vars/link
	@mkdir -p $$(@D)
	$$(CC) -shared $$(ldflags) -o $$@ $$(filter %.o,$$^) -L$(B)/lib -lukfs $(FSU_$(1)_LIBS) \
		-Wl,-rpath-link,$(B)/lib
endef
$(foreach p,$(FSU_PLUGINS),$(eval $(call fsu_plugin,$(p))))
