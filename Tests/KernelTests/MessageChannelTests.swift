// SPDX-License-Identifier: MIT-0
import LinuxSystem
import Testing
import WireFormat

@Suite(.timeLimit(.minutes(1)))
struct MessageChannelTests {
    @Test func `what is sent while something is queued comes after it, and whole`() throws {
        let ends = try MessageChannel.pair()
        let near = MessageChannel(adopting: try ends.near.duplicate())
        let far = MessageChannel(adopting: try ends.far.duplicate())
        let queued = [UInt8](repeating: 1, count: 4 << 20)
        #expect(near.enqueue(queued))
        try #require(near.hasBacklog)
        let pipe = try DescriptorPair.pipe()
        let attached = pipe.near.rawValue
        let sender = try DedicatedThread {
            do throws(SystemError) {
                try near.send([2], descriptors: [attached])
            } catch {
                Issue.record("\(error)")
            }
        }
        let deadline = Instant.now + .seconds(20)
        #expect(try far.receive(until: deadline) == queued)
        #expect(try far.receive(until: deadline) == [2])
        let hasDescriptor = far.nextDescriptor() != nil
        #expect(hasDescriptor)
        sender.join()
        #expect(!near.hasBacklog)
    }
}
