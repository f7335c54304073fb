/// Which master of a cluster owns which slot.
struct SlotMap: Equatable, Sendable {
    /// The masters, without duplicates.
    private(set) var nodes: [RedisEndpoint] = []
    /// The index in `nodes` of each slot's master; `nobody` for a slot without one.
    private var owners = [UInt16](repeating: nobody, count: HashSlot.count)

    private static let nobody = UInt16.max

    init() {}

    /// Reads the reply to CLUSTER SLOTS without its replicas; nil when the reply has another shape.
    ///
    /// - Parameter sender: the node that answered; its own name may be missing in the reply.
    init?(_ reply: HiredisReply, from sender: RedisEndpoint) {
        guard let ranges = reply.elements else { return nil }
        for range in ranges {
            guard let parts = range.elements, parts.count >= 3, let first = parts[0].integer,
                let last = parts[1].integer, first >= 0, first <= last, last < HashSlot.count,
                let master = parts[2].elements, master.count >= 2, let port = master[1].integer.flatMap(UInt16.init),
                port > 0
            else { return nil }
            let name = master[0].text ?? ""
            let node = index(of: RedisEndpoint(host: name.isEmpty ? sender.host : name, port: port))
            for slot in first...last { owners[Int(slot)] = node }
        }
    }

    func owner(of slot: UInt16) -> RedisEndpoint? {
        let index = owners[Int(slot)]
        return index == Self.nobody ? nil : nodes[Int(index)]
    }

    /// A walk through the keys of all masters.
    var keyWalk: KeyWalk {
        var walk: [UInt16: UInt16] = [:]
        // FNV-1a over each slot whose master is another one than that of the slot before, and over the master's name.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for (slot, owner) in owners.enumerated() where slot == 0 || owners[slot - 1] != owner {
            let name = owner == Self.nobody ? "" : "\(nodes[Int(owner)])"
            for byte in "\(slot) \(name);".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            if owner != Self.nobody, walk[owner] == nil { walk[owner] = UInt16(slot) }
        }
        return KeyWalk(map: hash, slots: walk.values.sorted())
    }

    /// Notes a redirection: `endpoint` owns `slot` now.
    mutating func move(_ slot: UInt16, to endpoint: RedisEndpoint) {
        owners[Int(slot)] = index(of: endpoint)
    }

    private mutating func index(of endpoint: RedisEndpoint) -> UInt16 {
        if let index = nodes.firstIndex(of: endpoint) { return UInt16(index) }
        nodes.append(endpoint)
        return UInt16(nodes.count - 1)
    }
}

/// The slot of a key in a Redis Cluster: CRC-16/XMODEM of the key's hash tag, the text between its first braces (Redis
/// Cluster specification, "Key distribution model" and "Hash tags").
enum HashSlot {
    static let count = 16_384

    /// Returns the slot of every key with a hash tag.
    static func of(tag: UnsafeBufferPointer<UInt8>) -> UInt16 {
        checksum(tag) & UInt16(count - 1)
    }

    static func checksum(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt16 {
        bytes.reduce(0) { sum, byte in sum << 8 ^ table[Int(UInt8(truncatingIfNeeded: sum >> 8) ^ byte)] }
    }

    /// The remainder of each byte after division by the polynomial x^16 + x^12 + x^5 + 1.
    private static let table: [UInt16] = (0..<256).map { byte in
        (0..<8).reduce(UInt16(byte) << 8) { sum, _ in sum & 0x8000 == 0 ? sum << 1 : sum << 1 ^ 0x1021 }
    }
}
