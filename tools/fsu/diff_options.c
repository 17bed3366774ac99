// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The options of fsu_diff: those of the host's diff, which compares the lines, and -x, -r, --with,
 * which say what is compared with what.
 */
#include "diff.h"
#include "fsu.h"

const struct fsu_option fsu_diff_options[] = {
	{ 'a', "text", FSU_NOARG, NULL, "all files are text" },
	{ 'b', "ignore-space-change", FSU_NOARG, NULL,
	  "how much white space there is does not matter" },
	{ 'B', "ignore-blank-lines", FSU_NOARG, NULL, "empty lines do not matter" },
	{ 'c', NULL, FSU_NOARG, NULL, "3 lines of context, the old format" },
	{ 'C', NULL, FSU_ARG, "N", "N lines of context, the old format" },
	{ KEY_CONTEXT, "context", FSU_OPTARG, "N", "the same, or 3" },
	{ KEY_COLOR, "color", FSU_OPTARG, "WHEN", "colours: always, auto, never" },
	{ 'd', "minimal", FSU_NOARG, NULL, "as few lines as can be" },
	{ 'e', "ed", FSU_NOARG, NULL, "a script for ed" },
	{ 'E', "ignore-tab-expansion", FSU_NOARG, NULL, "tabs are as good as spaces" },
	{ 'F', "show-function-line", FSU_ARG, "RE", "show the last line before that matches" },
	{ 'i', "ignore-case", FSU_NOARG, NULL, "case does not matter" },
	{ 'I', "ignore-matching-lines", FSU_ARG, "RE", "lines that match do not matter" },
	{ KEY_LABEL, "label", FSU_ARG, "LABEL", "show this instead of the name and time" },
	{ 'n', "rcs", FSU_NOARG, NULL, "the format of RCS" },
	{ KEY_NO_DEREFERENCE, "no-dereference", FSU_NOARG, NULL,
	  "compare links, not what they lead to" },
	{ KEY_NORMAL, "normal", FSU_NOARG, NULL, "the normal format, the default" },
	{ 'N', "new-file", FSU_NOARG, NULL, "a file that is missing is empty" },
	{ 'p', "show-c-function", FSU_NOARG, NULL, "show the C function of each change" },
	{ 'P', "unidirectional-new-file", FSU_NOARG, NULL,
	  "a first file that is missing is empty" },
	{ 'q', "brief", FSU_NOARG, NULL, "tell only that files differ" },
	{ 'r', "recursive", FSU_NOARG, NULL, "compare directories and what is below" },
	{ 's', "report-identical-files", FSU_NOARG, NULL, "tell which files are the same" },
	{ KEY_STRIP, "strip-trailing-cr", FSU_NOARG, NULL,
	  "carriage returns at the end of lines do not matter" },
	{ KEY_SUPPRESS, "suppress-common-lines", FSU_NOARG, NULL,
	  "with -y: only lines that differ" },
	{ 't', "expand-tabs", FSU_NOARG, NULL, "tabs become spaces" },
	{ 'T', "initial-tab", FSU_NOARG, NULL, "a tab in front of lines" },
	{ 'u', NULL, FSU_NOARG, NULL, "3 lines of context, the unified format" },
	{ 'U', NULL, FSU_ARG, "N", "N lines of context, the unified format" },
	{ KEY_UNIFIED, "unified", FSU_OPTARG, "N", "the same, or 3" },
	{ 'w', "ignore-all-space", FSU_NOARG, NULL, "white space does not matter" },
	{ 'W', "width", FSU_ARG, "N", "with -y: columns in all" },
	{ KEY_WITH, "with", FSU_ARG, "IMAGE", "the second path is in this image" },
	{ 'x', "exclude", FSU_ARG, "PATTERN", "leave out names" },
	{ 'y', "side-by-side", FSU_NOARG, NULL, "two columns" },
	{ 'Z', "ignore-trailing-space", FSU_NOARG, NULL,
	  "white space at the end of lines does not matter" },
	FSU_OPTIONS_END
};
