/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Initcalls that only cost time here: /sys entries of the machine, kernel threads for softirqs and
 * for stopping CPUs (both are done at a poll), the reaper of processes.  They are static where they
 * are defined: link-core reads this list, too, and makes them visible.
 */
SKIPPED(cacheinfo_sysfs_init)
SKIPPED(topology_sysfs_init)
SKIPPED(slab_late_init)
SKIPPED(param_sysfs_builtin_init)
SKIPPED(deferred_probe_initcall)
SKIPPED(spawn_ksoftirqd)
SKIPPED(cpu_stop_init)
SKIPPED(oom_init)
SKIPPED(clockevents_init_sysfs)
SKIPPED(init_clocksource_sysfs)
