// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the filter of system calls costs, in instructions that the host executes for a call: the
 * program which libseccomp makes of the table is run here.  Time would depend on the machine.
 */
#include <dlfcn.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../libhost/confine.h"
#include "boxed.h"
#include "ukfstest.h"

#define MAX_PROGRAM 4096
#define MAX_CALL 512

static struct sock_filter program[MAX_PROGRAM];
static bool exporting;

static int export_program(const scmp_filter_ctx ctx)
{
	int fd = memfd_create("filter", MFD_CLOEXEC);
	ssize_t len;

	if (fd < 0 || seccomp_export_bpf(ctx, fd))
		die("the filter cannot be exported");
	len = pread(fd, program, sizeof(program), 0);
	close(fd);
	if (len <= 0 || len >= (ssize_t)sizeof(program))
		die("a filter of %zd bytes", len);
	return 0;
}

/* In place of libseccomp's, which confine_calls calls. */
int seccomp_load(const scmp_filter_ctx ctx)
{
	int (*real)(const scmp_filter_ctx) = dlsym(RTLD_NEXT, "seccomp_load");

	return exporting ? export_program(ctx) : real(ctx);
}

static bool holds(const struct sock_filter *in, uint32_t a)
{
	switch (BPF_OP(in->code)) {
	case BPF_JEQ: return a == in->k;
	case BPF_JGT: return a > in->k;
	case BPF_JGE: return a >= in->k;
	case BPF_JSET: return a & in->k;
	}
	die("a jump of code %#x", in->code);
}

/* Instructions until the verdict, which is returned too. */
static unsigned int run(const struct seccomp_data *call, uint32_t *verdict)
{
	const struct sock_filter *in = program;
	unsigned int n = 1;
	uint32_t a = 0;

	for (;; in++, n++) {
		if (n > MAX_PROGRAM)
			die("the filter does not end");
		if (in->code == (BPF_LD | BPF_W | BPF_ABS) && in->k + 4 <= sizeof(*call))
			memcpy(&a, (const char *)call + in->k, 4);
		else if (in->code == (BPF_ALU | BPF_AND | BPF_K))
			a &= in->k;
		else if (in->code == (BPF_JMP | BPF_JA))
			in += in->k;
		else if (BPF_CLASS(in->code) == BPF_JMP && BPF_SRC(in->code) == BPF_K)
			in += holds(in, a) ? in->jt : in->jf;
		else if (in->code == (BPF_RET | BPF_K))
			break;
		else
			die("an instruction of code %#x", in->code);
	}
	*verdict = in->k;
	return n;
}

static unsigned int cost_of(int nr, uint64_t arg2)
{
	struct seccomp_data call = {
		.nr = nr, .arch = seccomp_arch_native(), .args = { 0, 0, arg2 },
	};
	uint32_t verdict;
	unsigned int n = run(&call, &verdict);

	if (verdict != SECCOMP_RET_ALLOW)
		die("call %d is not allowed", nr);
	return n;
}

/* Of a call that is allowed as such, of one with conditions, and the most that any call takes. */
void cost_say(void)
{
	struct seccomp_data call = { .arch = seccomp_arch_native() };
	unsigned int most = 0, n;
	char why[512];
	uint32_t verdict;

	exporting = true;
	if (confine_calls(CONFINE_SERVE, why, sizeof(why)))
		die("%s", why);
	for (call.nr = 0; call.nr < MAX_CALL; call.nr++) {
		n = run(&call, &verdict);
		most = n > most ? n : most;
	}
	printf("%u %u %u\n", cost_of(SYS_preadv, 0), cost_of(SYS_mprotect, PROT_READ), most);
}
