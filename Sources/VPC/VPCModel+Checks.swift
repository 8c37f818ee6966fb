// SPDX-License-Identifier: MIT-0

extension VPCModel {
    /// Everything in the model that AWS would refuse or that is probably a mistake.
    ///
    /// Empty for a model that can be deployed as it is.
    package func checks() -> [VPCFinding] {
        var check = ModelCheck(self)
        check.checkNames()
        check.checkBlocks()
        check.checkIPv6Blocks()
        check.checkInterfaces()
        check.checkInstances()
        check.checkTables()
        check.checkRouteServers()
        check.checkFloatingAddresses()
        check.checkSecurityGroups()
        return check.findings
    }
}
