// SPDX-License-Identifier: MIT-0
#pragma once

#include <stddef.h>

/// A JSON Schema of fixtures/schemas, which rslab carries with it; both strings last as long as the program.
struct rslab_schema {
    /// The file's name without its extension.
    const char *name;
    /// The file's text, UTF-8.
    const char *text;
};

/// How many there are.
size_t rslab_schema_count(void);

/// One of them, in the order of their names; `index` is below the count.
struct rslab_schema rslab_schema_at(size_t index);
