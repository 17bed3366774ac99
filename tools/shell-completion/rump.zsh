# SPDX-License-Identifier: GPL-2.0-or-later
# zsh completion of the fsu commands and the mount servers; the tables above it are generated.

_rump_types() {
	local -a types
	types=(${(f)"$(_call_program types fsu_types 2>/dev/null)"})
	_describe -t types 'file system type' types
}

_rump_mounts() {
	local -a mounts
	mounts=(${(f)"$(_call_program mounts findmnt -rno TARGET,FSTYPE |
		sed -n 's/ fuse\.rump.*//p')"})
	compadd -a mounts
}

_rump() {
	local program=$service
	local -a specs
	if [[ $service == fsu ]]; then
		if (( CURRENT == 2 )); then
			_describe -t commands 'command' _rump_commands
			return
		fi
		program=fsu_$words[2]
		shift words
		(( CURRENT-- ))
	fi
	_rump_specs $program
	case $program in
	rump_umount) _arguments -s $specs '*:mount:_rump_mounts' ;;
	rump_*) _arguments -s $specs '1:image:_files' '2:directory:_directories' ;;
	*) _arguments -s $specs '1:image:_files' '*:path:_files' ;;
	esac
}

_rump "$@"
