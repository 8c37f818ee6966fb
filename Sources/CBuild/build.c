// SPDX-License-Identifier: MIT-0
//
// SwiftPM keeps what a manifest found out about the repository until the manifest changes; an embedded file is read anew
// whenever it is another.
#include "CBuild.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const char head[] = {
#if __has_embed("../../.git/HEAD")
#embed "../../.git/HEAD"
    ,
#endif
    0};

static const char main_branch[] = {
#if __has_embed("../../.git/refs/heads/main")
#embed "../../.git/refs/heads/main"
    ,
#endif
    0};

const char *rslab_git_head(void) { return head; }
const char *rslab_git_main(void) { return main_branch; }
