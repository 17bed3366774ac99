/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_RUMP_IO_H
#define _ASM_RUMP_IO_H

/* There are no devices: the accessors exist so that headers compile. */
#define PCI_IOBASE	((void __iomem *)0)
#include <asm-generic/io.h>

#endif
