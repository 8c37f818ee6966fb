// SPDX-License-Identifier: MIT-0
#include "CBuild.h"

// Package.swift defines it; no other target depends on it, so that a commit compiles nothing else anew.
const char *rslab_commit(void) { return RSLAB_COMMIT; }
