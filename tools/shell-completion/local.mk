# SPDX-License-Identifier: GPL-2.0-or-later
# bash and zsh completion, generated from the tables of the programs.  This folder comes after those
# of the programs, whose lists it needs.
COMPLETION := $(B)/completion/zsh/_rump
COMPLETION_PROGRAMS := $(FSU_LINKS) $(filter $(B)/bin/rump_%,$(PROGRAMS)) $(B)/bin/makefs

.PHONY: completion
completion: $(COMPLETION)
# Made by running the programs, which another host's do not here.
all: $(if $(HOST),,completion)

$(COMPLETION): $(addprefix tools/shell-completion/,generate rump.bash rump.zsh) \
		tools/fsu/commands.def tools/mount/options.def $(COMPLETION_PROGRAMS)
	tools/shell-completion/generate $(B) $(B)/completion
