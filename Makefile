# SPDX-License-Identifier: GPL-2.0-or-later
# rump: `make` builds everything into $(B); `make help` lists the targets.
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SUFFIXES:

VERSION := 0.1.0
SOVERSION := 0
KERNEL ?= 6.12
B ?= build
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
MODDIR ?= $(LIBDIR)/rump/$(KERNEL)
DESTDIR ?=

CC := gcc
CCACHE := $(shell command -v ccache 2>/dev/null)
CPPFLAGS := -Iinclude -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DRUMP_VERSION='"$(VERSION)"' \
	-DRUMP_MODDIR='"$(MODDIR)"'
CFLAGS ?= -O2 -g
CFLAGS += -std=gnu11 -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes -fPIC -pthread
LDFLAGS += -Wl,--as-needed -Wl,-z,now -pthread

.PHONY: all
all: libs programs

# host-side objects: $(call objs,sources)
objs = $(patsubst %.c,$(B)/obj/%.o,$(1))

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CCACHE) $(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# each folder's local.mk adds to LIBS (shared libraries), PROGRAMS, MAN (man page sources)
include librump/local.mk
include $(wildcard librump/rumpuser/local.mk libukfs/local.mk tools/*/local.mk tests/local.mk bench/local.mk)

.PHONY: libs programs
libs: $(LIBS)
programs: $(PROGRAMS)

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
