// SPDX-License-Identifier: MIT-0

extension VPCModel {
    /// Everything that AWS would refuse in the model, and what is likely to be a mistake.
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
