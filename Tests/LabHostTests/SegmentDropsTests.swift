// SPDX-License-Identifier: MIT-0
import Testing

@testable import LabHost

// Only doctor's words of it are public.

@Suite struct SegmentDropsTests {
    @Test func `what the kernel dropped is found by name, wherever the kernel puts it`() {
        let drops = SegmentDrops(
            """
            TcpExt: SyncookiesSent TCPMD5NotFound TCPMD5Unexpected TCPMD5Failure TCPMinTTLDrop TCPSomethingNew
            TcpExt: 9 0 4 2 7 1
            IpExt: InNoRoutes TCPMD5NotFound
            IpExt: 0 5
            """)
        #expect(
            drops.texts == [
                "dropped 4 TCP segments with an MD5 signature where none is configured",
                "dropped 2 TCP segments with a wrong MD5 signature",
                "dropped 7 TCP segments with a lower time to live than TTL security allows",
            ])
        #expect(SegmentDrops("").texts.isEmpty)
    }
}
