// SPDX-License-Identifier: GPL-2.0-or-later
/* What the code under test prints is of no interest, and libFuzzer has taken the real streams. */
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	FILE *nothing = fopen("/dev/null", "we");

	(void)argc;
	(void)argv;
	if (!nothing)
		abort();
	stdout = stderr = nothing;
	return 0;
}
