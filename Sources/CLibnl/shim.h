// SPDX-License-Identifier: MIT-0
#pragma once
#include <netlink/netlink.h>
