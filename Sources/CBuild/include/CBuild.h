// SPDX-License-Identifier: MIT-0
#pragma once

/// The files of the repository's that say which commit is checked out, as they were when this was compiled; empty if there
/// are none.
const char *rslab_git_head(void);
const char *rslab_git_main(void);
