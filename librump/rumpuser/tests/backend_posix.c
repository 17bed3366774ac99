// SPDX-License-Identifier: GPL-2.0-or-later
#include "backend.h"

const struct backend backend = { 0 };
