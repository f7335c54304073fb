import Testing

@testable import StoreRedis

@Suite("Slots of a Redis Cluster")
struct SlotMapTests {
    private let here = RedisEndpoint(host: "10.0.0.1", port: 7000)
    private let there = RedisEndpoint(host: "10.0.0.2", port: 7001)

    @Test("the checksum equals the specification's example")
    func checksum() {
        let sum = Array("123456789".utf8).withUnsafeBufferPointer { HashSlot.checksum($0) }
        #expect(sum == 0x31C3)
    }

    /// The replies of Redis 7 to `CLUSTER KEYSLOT`.
    @Test(
        "slots equal those of Redis",
        arguments: [("foo", 12182), ("bar", 5061), ("", 0), ("user1000", 3443), ("123456789", 12739)])
    func known(key: String, slot: Int) {
        #expect(Array(key.utf8).withUnsafeBufferPointer { HashSlot.of(tag: $0) } == slot)
    }

    @Test("a map has the master of each range, and no owner for the other slots")
    func map() throws {
        let reply = HiredisReply.array([
            range(0, 99, "10.0.0.2", 7001, replica: "10.0.0.3"), range(100, 16_382, "", 7000, replica: nil),
        ])
        var map = try #require(SlotMap(reply, from: here))
        #expect(map.nodes == [there, here])
        let slots: [UInt16] = [0, 99, 100, 16_382, 16_383]
        #expect(slots.map { map.owner(of: $0) } == [there, there, here, here, nil])
        map.move(99, to: here)
        map.move(16_383, to: RedisEndpoint(host: "new", port: 1))
        #expect(map.owner(of: 98) == there)
        #expect(map.owner(of: 99) == here)
        #expect(map.owner(of: 16_383) == RedisEndpoint(host: "new", port: 1))
    }

    @Test("a reply of another shape is no map")
    func foreign() {
        let bad: [HiredisReply] = [
            .null, .text("OK"), .array([.integer(1)]), .array([range(5, 4, "h", 1, replica: nil)]),
            .array([range(0, 16_384, "h", 1, replica: nil)]), .array([range(-1, 4, "h", 1, replica: nil)]),
            .array([range(0, 1, "h", 0, replica: nil)]), .array([range(0, 1, "h", 65_536, replica: nil)]),
            .array([.array([.integer(0), .integer(1)])]),
        ]
        for reply in bad { #expect(SlotMap(reply, from: here) == nil) }
    }

    private func range(
        _ first: Int64, _ last: Int64, _ host: String, _ port: Int64, replica: String?
    ) -> HiredisReply {
        let nodes = [host, replica].compactMap(\.self).map { HiredisReply.array([.text($0), .integer(port)]) }
        return .array([.integer(first), .integer(last)] + nodes)
    }
}
