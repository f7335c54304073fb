import Testing

@testable import StoreRedis

@Suite("Slots of a Redis Cluster")
struct HashSlotTests {
    @Test("the checksum is that of the specification's example")
    func checksum() {
        let sum = Array("123456789".utf8).withUnsafeBufferPointer { HashSlot.checksum($0) }
        #expect(sum == 0x31C3)
    }

    @Test(
        "a key's slot is that of what is between its first braces, if there is anything",
        arguments: [
            ("foo", "foo"), ("{user1000}.following", "user1000"), ("{user1000}.followers", "user1000"),
            ("foo{}{bar}", "foo{}{bar}"), ("foo{{bar}}zap", "{bar"), ("foo{bar}{zap}", "bar"), ("foo{bar", "foo{bar"),
            ("}foo{bar}", "bar"), ("", ""),
        ])
    func tags(key: String, tag: String) {
        let expected = Array(tag.utf8).withUnsafeBufferPointer { HashSlot.of(tag: $0) }
        #expect(HashSlot.of(key.utf8) == expected)
    }

    /// What `CLUSTER KEYSLOT` answers on Redis 7.
    @Test(
        "slots are those that Redis computes",
        arguments: [("foo", 12182), ("bar", 5061), ("", 0), ("{user1000}.following", 3443), ("123456789", 12739)])
    func known(key: String, slot: Int) {
        #expect(HashSlot.of(key.utf8) == slot)
    }
}
