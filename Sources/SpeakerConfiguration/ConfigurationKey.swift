// SPDX-License-Identifier: MIT-0

/// The keys of a gobgpd.conf, as GoBGP's configuration model has them.
indirect enum ConfigurationKey: Sendable {
    /// A value that takes effect.
    case value
    /// Without effect by its nature, such as a description.
    case silent
    /// GoBGP knows it, and this speaker does nothing with it.
    case withoutEffect
    case table([String: ConfigurationKey])
    case tables([String: ConfigurationKey])

    /// The keys at the top of the file.
    static let top: [String: ConfigurationKey] = [
        "global": .table(global),
        "neighbors": .tables(neighbor),
        "bmp-servers": .withoutEffect, "collector": .withoutEffect, "defined-sets": .table(definedSets),
        "dynamic-neighbors": .withoutEffect, "mrt-dump": .withoutEffect, "netlink": .withoutEffect,
        "peer-groups": .withoutEffect, "policy-definitions": .tables(policy), "rpki-servers": .withoutEffect,
        "vrfs": .withoutEffect, "zebra": .withoutEffect,
    ]

    private static let global: [String: ConfigurationKey] = [
        "config": .table(["as": .value, "local-address-list": .value, "port": .value, "router-id": .value]),
        "afi-safis": .withoutEffect, "confederation": .withoutEffect,
        "apply-policy": .table([
            "config": .table([
                "default-export-policy": .value, "default-import-policy": .withoutEffect,
                "export-policy-list": .value, "import-policy-list": .withoutEffect,
            ])
        ]),
        "default-route-distance": .withoutEffect, "graceful-restart": .withoutEffect,
        "route-selection-options": .withoutEffect, "use-multiple-paths": .withoutEffect,
    ]

    private static let definedSets: [String: ConfigurationKey] = [
        "neighbor-sets": .tables(["neighbor-info-list": .value, "neighbor-set-name": .value]),
        "bgp-defined-sets": .withoutEffect, "prefix-sets": .withoutEffect, "tag-sets": .withoutEffect,
    ]

    private static let policy: [String: ConfigurationKey] = [
        "name": .value,
        "statements": .tables([
            "name": .silent,
            "conditions": .table([
                "match-neighbor-set": .table(["match-set-options": .value, "neighbor-set": .value]),
                "bgp-conditions": .withoutEffect, "call-policy": .withoutEffect, "match-prefix-set": .withoutEffect,
                "match-tag-set": .withoutEffect,
            ]),
            "actions": .table([
                "bgp-actions": .table([
                    "set-as-path-prepend": .table(["as": .value, "repeat-n": .value]),
                    "set-community": .withoutEffect, "set-ext-community": .withoutEffect,
                    "set-large-community": .withoutEffect, "set-local-pref": .withoutEffect, "set-med": .withoutEffect,
                    "set-next-hop": .withoutEffect, "set-route-origin": .withoutEffect,
                ]),
                "route-disposition": .withoutEffect,
            ]),
        ]),
    ]

    private static let neighbor: [String: ConfigurationKey] = [
        "afi-safis": .tables([
            "config": .table(["afi-safi-name": .value, "enabled": .withoutEffect]),
            "add-paths": .withoutEffect, "apply-policy": .withoutEffect,
            "long-lived-graceful-restart": .withoutEffect, "mp-graceful-restart": .withoutEffect,
            "prefix-limit": .withoutEffect, "route-selection-options": .withoutEffect,
            "route-target-membership": .withoutEffect, "use-multiple-paths": .withoutEffect,
        ]),
        "config": .table([
            "admin-down": .withoutEffect, "auth-password": .withoutEffect, "description": .silent,
            "local-as": .value, "neighbor-address": .value, "neighbor-interface": .withoutEffect,
            "peer-as": .value, "peer-group": .withoutEffect, "peer-type": .silent,
            "remove-private-as": .withoutEffect, "route-flap-damping": .withoutEffect,
            "send-community": .withoutEffect, "send-software-version": .withoutEffect, "vrf": .withoutEffect,
        ]),
        "timers": .table([
            "config": .table([
                "connect-retry": .value, "hold-time": .value, "idle-hold-time-after-reset": .value,
                "keepalive-interval": .value, "minimum-advertisement-interval": .withoutEffect,
            ])
        ]),
        "transport": .table([
            "config": .table([
                "bind-interface": .withoutEffect, "ip-tos": .withoutEffect, "local-address": .value,
                "mtu-discovery": .withoutEffect, "passive-mode": .value, "remote-port": .withoutEffect,
                "tcp-mss": .withoutEffect, "ttl": .withoutEffect,
            ])
        ]),
        "add-paths": .withoutEffect, "apply-policy": .withoutEffect, "as-path-options": .withoutEffect,
        "bfd": .withoutEffect, "ebgp-multihop": .withoutEffect, "error-handling": .withoutEffect,
        "graceful-restart": .withoutEffect, "logging-options": .withoutEffect,
        "route-reflector": .withoutEffect, "route-server": .withoutEffect, "ttl-security": .withoutEffect,
        "use-multiple-paths": .withoutEffect,
    ]
}
