// SPDX-License-Identifier: MIT-0
#pragma once

/// The commit that this was built from, with "-dirty" if there were changes; empty if it is not known.
const char *rslab_commit(void);
