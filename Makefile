# SPDX-License-Identifier: GPL-2.0-or-later
# rump: `make` builds everything into $(B); `make help` lists the targets.
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SUFFIXES:

VERSION := 0.1.0
SOVERSION := 0
# Without -j, all processors are used.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif
# HOST=aarch64-linux-gnu: build for that one, with its cross compiler, into build/aarch64-linux-gnu.
HOST ?=
# SANITIZE=address,undefined: the host-side code with these sanitizers (tests/sanitize/local.mk).
SANITIZE ?=
B ?= build$(HOST:%=/%)$(SANITIZE:%=/sanitize)
# The kernel's source is unpacked here.
BASE ?= $(if $(HOST)$(SANITIZE),build,$(B))
ifneq ($(words $(CURDIR)) $(words $(B)),1 1)
$(error make and the kernel's makefiles cannot work in a path with a space: move the checkout, or B=, out of '$(CURDIR)', '$(B)')
endif

# Debian's source packages.  The first is the kernel that ED is written for, and the default.
ALL_KERNELS := 6.12 6.1
# The default kernel, and those that were built before: what is there stays up to date.
KERNELS ?= $(foreach k,$(ALL_KERNELS),$(if $(filter $(firstword $(ALL_KERNELS)),$(k))$(wildcard \
	$(B)/lib/rump/$(k)/rump-modules),$(k)))
KERNELS := $(KERNELS)
KERNEL := $(firstword $(KERNELS))
# The file system types to build, as in fs/table.toml, of the default kernel and of the others; all
# of them where there is none.
TYPES ?=
OTHER_TYPES ?= $(TYPES)
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
# Headers are known by the compiler's own list of dependencies: without it ccache runs the preprocessor
# for each file, which costs a third of the time of a small one.
export CCACHE_DEPEND := 1
PKG_CONFIG ?= pkg-config
# The upper-case names belong to the user.
CFLAGS ?= -O2 -g
# What protects host-side code against its own defects.  _FORTIFY_SOURCE works in optimized code only,
# hides defects from sanitizers, and may be among the user's flags.
hardening := $(shell scripts/hardening $(CC))
optimized := $(filter-out -O0,$(lastword $(filter -O%,$(CFLAGS))))
ifneq ($(SANITIZE)$(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS))$(if $(optimized),,no),)
hardening := $(filter-out -D_FORTIFY_SOURCE=%,$(hardening))
endif
cppflags = -Iinclude -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DRUMP_VERSION='"$(VERSION)"' \
	-U_FORTIFY_SOURCE $(filter -D%,$(hardening)) $(CPPFLAGS)
cflags = -std=gnu11 -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes -fPIC -pthread \
	$(filter-out -D%,$(hardening)) $(CFLAGS)
# All but shared libraries is a program.
ldflags = $(if $(findstring .so,$(@F)),,-pie) -Wl,--as-needed -Wl,-z,relro -Wl,-z,now \
	-Wl,-z,noexecstack -pthread $(LDFLAGS)
ifneq ($(HOST),)
# That host's libraries.
SYSROOT := $(B)/sysroot
cppflags += -isystem $(SYSROOT)/usr/include -isystem $(SYSROOT)/usr/include/$(HOST)
ldflags += -L$(SYSROOT)/usr/lib/$(HOST) -Wl,-rpath-link,$(SYSROOT)/usr/lib/$(HOST)
endif

.PHONY: all all-kernels
all: libs programs

all-kernels:
	+$(MAKE) KERNELS="$(ALL_KERNELS)" all

ifneq ($(HOST),)
$(SYSROOT):
	scripts/sysroot $(HOST) $@
endif

# host-side objects: $(call objs,sources)
objs = $(patsubst %.c,$(B)/obj/%.o,$(1))

$(B)/obj/%.o: %.c $(B)/vars/compile | $(SYSROOT)
	@mkdir -p $(@D)
	$(CCACHE) $(CC) $(cppflags) $(cflags) -MD -MP -c -o $@ $<

# $(B)/vars/NAME holds the value of $(NAME), and is as old as the last change of that value.
compile = $(CC) $(cppflags) $(cflags)
link = $(CC) $(ldflags)
prefixes = $(PREFIX) $(LIBDIR) $(MODDIR) $(KERNEL)
.PHONY: FORCE
.PRECIOUS: $(B)/vars/%
$(B)/vars/%: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$($*))' >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

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
	@echo "make demo       install what is missing, build ext4 and the tools for images, and show them"
	@echo "make deps       install the Debian packages that the build needs"
	@echo "make            build all file systems of Linux $(firstword $(ALL_KERNELS)), and all programs, into $(B)/"
	@echo "make TYPES=\"ext4 vfat\"   only these types"
	@echo "make all-kernels      the same with Linux $(ALL_KERNELS); KERNELS=$(lastword $(ALL_KERNELS)) for one of them"
	@echo "make RUMPUSER=posix   hypercalls that need nothing of the host but POSIX"
	@echo "make HOST=x     build for host x (aarch64-linux-gnu) into $(B)/x/"
	@echo "make check-deps install the Debian packages that the tests need"
	@echo "make check      the tests, each behaviour once"
	@echo "make check-full all tests with all rounds, by both users, with every kernel and foreign hosts"
	@echo "make check-sanitize   build the host-side code with ASan and UBSan, which make check then runs"
	@echo "make check-fuzz       build the fuzzers with clang, which make check then runs"
	@echo "make bench      measure against the host kernel's mount (root)"
	@echo "make sloc       lines of code: hypercalls, ED, EI, each file system"
	@echo "make install    with DESTDIR, PREFIX (/usr/local), LIBDIR, MODDIR, SBINDIR (/sbin)"
	@echo "make clean      all but the unpacked kernel source"

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
