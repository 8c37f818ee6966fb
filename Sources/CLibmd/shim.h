// SPDX-License-Identifier: MIT-0
// libmd: the digests of RFC 5880 sections 6.7.3 and 6.7.4, and of templates.
#pragma once
#include <sys/types.h>

#include <md5.h>
#include <sha1.h>
#include <sha2.h>
