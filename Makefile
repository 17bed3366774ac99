# SPDX-License-Identifier: GPL-2.0-or-later
# rump: `make` builds everything into $(B); `make help` lists the targets.
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SUFFIXES:

VERSION := 0.1.0
SOVERSION := 0
# Debian's source packages; the first is the kernel that runs where nobody asks for another.
KERNELS ?= 6.12 6.1
KERNEL := $(firstword $(KERNELS))
# HOST=aarch64-linux-gnu: build for that one, with its cross compiler, into build/aarch64-linux-gnu.
HOST ?=
B ?= build$(HOST:%=/%)
# The kernel's source is unpacked here.
BASE ?= $(if $(HOST),build,$(B))
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
MODDIR ?= $(LIBDIR)/rump
DESTDIR ?=

CROSS_COMPILE ?= $(HOST:%=%-)
CC := $(CROSS_COMPILE)gcc
CCACHE := $(shell command -v ccache 2>/dev/null)
# Another checkout of the same sources finds the same objects in the cache.
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1
CPPFLAGS := -Iinclude -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DRUMP_VERSION='"$(VERSION)"' \
	-DRUMP_MODDIR='"$(MODDIR)"' -DRUMP_KERNEL='"$(KERNEL)"'
CFLAGS ?= -O2 -g
CFLAGS += -std=gnu11 -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes -fPIC -pthread
LDFLAGS += -Wl,--as-needed -Wl,-z,now -pthread
ifneq ($(HOST),)
# That host's libraries.
SYSROOT := $(B)/sysroot
CPPFLAGS += -isystem $(SYSROOT)/usr/include -isystem $(SYSROOT)/usr/include/$(HOST)
LDFLAGS += -L$(SYSROOT)/usr/lib/$(HOST) -Wl,-rpath-link,$(SYSROOT)/usr/lib/$(HOST)
endif

.PHONY: all
all: libs programs

ifneq ($(HOST),)
$(SYSROOT):
	scripts/sysroot $(HOST) $@
endif

# host-side objects: $(call objs,sources)
objs = $(patsubst %.c,$(B)/obj/%.o,$(1))

$(B)/obj/%.o: %.c | $(SYSROOT)
	@mkdir -p $(@D)
	$(CCACHE) $(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# each folder's local.mk adds to LIBS (shared libraries), PROGRAMS, MAN (man page sources)
include librump/local.mk
include $(wildcard librump/rumpuser/local.mk librump/entry/local.mk libukfs/local.mk libp2k/local.mk tools/*/local.mk tests/local.mk bench/local.mk)

.PHONY: libs programs install clean help
libs: $(LIBS)
programs: $(PROGRAMS) $(SBIN_PROGRAMS)

# $(call install_all,files,folder): links stay links.
define install_all
	install -d $(2)
	cp -P $(1) $(2)

endef

install: all $(PKGCONFIG) $(MAN) $(SYSTEMD_UNITS)
	$(call install_all,$(wildcard $(B)/lib/*.so*),$(DESTDIR)$(LIBDIR))
	$(foreach k,$(KERNELS),$(call install_all,$(B)/lib/rump/$(k)/*,$(DESTDIR)$(MODDIR)/$(k)))
	$(call install_all,$(PROGRAMS),$(DESTDIR)$(PREFIX)/bin)
	$(call install_all,$(SBIN_PROGRAMS),$(DESTDIR)$(SBINDIR))
	$(call install_all,$(B)/completion/bash/*,$(DESTDIR)$(PREFIX)/share/bash-completion/completions)
	$(call install_all,$(B)/completion/zsh/*,$(DESTDIR)$(PREFIX)/share/zsh/site-functions)
	$(call install_all,$(SYSTEMD_UNITS),$(DESTDIR)$(PREFIX)/share/rump/systemd)
	$(call install_all,include/rump/*.h,$(DESTDIR)$(PREFIX)/include/rump)
	$(call install_all,$(PKGCONFIG),$(DESTDIR)$(LIBDIR)/pkgconfig)
	$(foreach n,1 3 5 7 8,$(if $(filter %.$(n),$(MAN)),\
		$(call install_all,$(filter %.$(n),$(MAN)),$(DESTDIR)$(PREFIX)/share/man/man$(n))))

clean:
	rm -rf $(B)/bin $(B)/completion $(B)/lib $(B)/obj $(B)/systemd $(B)/tests $(KERNELS:%=$(B)/linux-%/obj)

help:
	@echo "make            build everything into $(B)/; KERNELS=6.12 for one kernel only"
	@echo "make RUMPUSER=posix   hypercalls that need nothing of the host but POSIX"
	@echo "make demo       install what is missing, build, and show what it does on an image"
	@echo "make HOST=x     build for host x (aarch64-linux-gnu) into $(B)/x/"
	@echo "make check      install what the tests need, and run them all"
	@echo "make bench      measure against the host kernel's mount (root)"
	@echo "make sloc       lines of code: hypercalls, ED, EI, each file system"
	@echo "make install    with DESTDIR, PREFIX (/usr/local), LIBDIR, MODDIR, SBINDIR (/sbin)"
	@echo "make clean      all but the unpacked kernel source"

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
