/// Which node of a cluster serves which slots.
struct SlotMap: Equatable, Sendable {
    /// The masters, each once.
    private(set) var nodes: [Endpoint] = []
    /// The index in `nodes` of each slot's master; `nobody` for a slot without one.
    private var owners = [UInt16](repeating: nobody, count: HashSlot.count)

    private static let nobody = UInt16.max

    init() {}

    /// Reads the reply to CLUSTER SLOTS; replicas are left out. Nil when it is none.
    ///
    /// - Parameter sender: the node that answered, which may leave its own name out.
    init?(_ reply: ControlReply, from sender: Endpoint) {
        guard let ranges = reply.elements else { return nil }
        for range in ranges {
            guard let parts = range.elements, parts.count >= 3, let first = parts[0].integer,
                let last = parts[1].integer,
                first >= 0, first <= last, last < HashSlot.count,
                let master = parts[2].elements, master.count >= 2, let port = master[1].integer.flatMap(UInt16.init),
                port > 0
            else { return nil }
            let name = master[0].text ?? ""
            let node = index(of: Endpoint(host: name.isEmpty ? sender.host : name, port: port))
            for slot in first...last { owners[Int(slot)] = node }
        }
    }

    func owner(of slot: UInt16) -> Endpoint? {
        let index = owners[Int(slot)]
        return index == Self.nobody ? nil : nodes[Int(index)]
    }

    /// A redirection says that `slot` has gone to `endpoint`.
    mutating func move(_ slot: UInt16, to endpoint: Endpoint) {
        owners[Int(slot)] = index(of: endpoint)
    }

    private mutating func index(of endpoint: Endpoint) -> UInt16 {
        if let index = nodes.firstIndex(of: endpoint) { return UInt16(index) }
        nodes.append(endpoint)
        return UInt16(nodes.count - 1)
    }
}
