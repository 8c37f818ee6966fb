// SPDX-License-Identifier: MIT-0
#pragma once
#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
