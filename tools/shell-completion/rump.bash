# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
# bash completion of the fsu commands and the mount servers; the tables below it are generated.

# Mount options: a list, whose last element is completed.
_rump_complete_options() {
	local done=${cur%"${cur##*,}"} last=${cur##*,}
	if [[ $last == *=* ]]; then
		mapfile -t COMPREPLY < <(compgen -P "$done${last%%=*}=" \
			-W "${_rump_mount_values[${last%%=*}]-}" -- "${last#*=}")
	else
		mapfile -t COMPREPLY < <(compgen -P "$done" -W "$_rump_mount" -- "$last")
	fi
	compopt -o nospace
}

# A name of a mount may come with a medium: it is not for compgen -W, which expands what it gets.
_rump_mounts() {
	local type dir
	while read -r _ dir type _; do
		printf -v dir %b "${dir//\\/\\0}"
		[[ $type != fuse.rump* || $dir != "$cur"* ]] || COMPREPLY+=("$dir")
	done </proc/self/mounts
}

_rump_value() {
	case $1 in
	-o) [[ $program == makefs ]] || _rump_complete_options ;;
	-t) mapfile -t COMPREPLY < <(compgen -W "$(fsu_types 2>/dev/null)" -- "$cur") ;;
	*)
		if [[ -n ${_rump_values[$program:$1]-} ]]; then
			mapfile -t COMPREPLY \
				< <(compgen -W "${_rump_values[$program:$1]}" -- "$cur")
		else
			_filedir
		fi
		;;
	esac
}

_rump() {
	local cur prev words cword program option
	_init_completion -n = || return
	program=${words[0]##*/}
	if [[ $program == fsu ]]; then
		if ((cword == 1)); then
			mapfile -t COMPREPLY < <(compgen -W "$_rump_fsu" -- "$cur")
			return
		fi
		program=fsu_${words[1]}
	fi
	if [[ $cur == --*=* ]]; then
		option=${cur%%=*}
		cur=${cur#*=}
		_rump_value "$option"
	elif [[ -n ${_rump_values[$program:$prev]+x} && $prev != --* ]]; then
		_rump_value "$prev"
		# what stands before the last = is a word of its own for readline
		[[ $cur != *=* ]] || COMPREPLY=("${COMPREPLY[@]#"${cur%=*}="}")
	elif [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "${_rump_flags[$program]-}" -- "$cur")
		[[ ${#COMPREPLY[@]} != 1 || -z ${_rump_values[$program:${COMPREPLY[0]}]+x} ||
			${COMPREPLY[0]} != --* ]] || { COMPREPLY[0]+='='; compopt -o nospace; }
	elif [[ $program == rump_umount ]]; then
		compopt -o filenames
		_rump_mounts
	else
		_filedir
	fi
}

