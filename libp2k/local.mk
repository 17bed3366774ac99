# SPDX-License-Identifier: GPL-2.0-or-later
# libp2k: a mount of the host's FUSE, served from the kernel side.
P2K_SO := $(B)/lib/libp2k.so.$(SOVERSION)
P2K_MAP := libp2k/libp2k.map
P2K_OBJS := $(call objs,$(wildcard libp2k/*.c))

LIBS += $(B)/lib/libp2k.so

# The protocol as the kernel source has it: newer than what the host's headers may know.
FUSE_H := $(B)/include/linux/fuse.h
$(FUSE_H): $(BASE)/linux-$(KERNEL)/unpacked
	@mkdir -p $(@D)
	ln -sf $(abspath $(BASE))/linux-$(KERNEL)/linux-source-$(KERNEL)/include/uapi/linux/fuse.h $@
$(P2K_OBJS): $(FUSE_H)
$(P2K_OBJS): private cppflags += -I$(B)/include

$(P2K_SO): $(P2K_OBJS) $(P2K_MAP) $(B)/lib/librump.so $(B)/vars/link
	@mkdir -p $(@D)
	$(CC) -shared $(ldflags) -Wl,-soname,$(@F) -Wl,--version-script=$(P2K_MAP) -Wl,-z,defs \
		-o $@ $(P2K_OBJS) -L$(B)/lib -lrump -Wl,-rpath-link,$(B)/lib

$(B)/lib/libp2k.so: $(P2K_SO)
	ln -sf $(<F) $@

PKGCONFIG += $(B)/pkgconfig/libp2k.pc

$(B)/pkgconfig/libp2k.pc: libp2k/libp2k.pc.in Makefile $(B)/vars/prefixes
	@mkdir -p $(@D)
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@VERSION@|$(VERSION)|' $< >$@
