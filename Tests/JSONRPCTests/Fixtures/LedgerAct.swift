import JSONRPC

/// What a method of the ledger does: which bases it reads, and to which it adds its value.
protocol LedgerAct: Sendable {
    static var name: String { get }
    static var footprint: Footprint { get }
    static var repeatsSubject: Bool { get }
    static var isUrgent: Bool { get }
}

extension LedgerAct {
    static var isUrgent: Bool { false }
}

enum AddToFirst: LedgerAct {
    static let name = "first.add"
    static let footprint = Footprint(reads: 1, writes: 1)
    static let repeatsSubject = false
}

enum AddManyToFirst: LedgerAct {
    static let name = "first.addMany"
    static let footprint = Footprint(reads: 1, writes: 1)
    static let repeatsSubject = true
}

enum AddToSecond: LedgerAct {
    static let name = "second.add"
    static let footprint = Footprint(reads: 2, writes: 2)
    static let repeatsSubject = false
    static let isUrgent = true
}

enum AddToBoth: LedgerAct {
    static let name = "both.add"
    static let footprint = Footprint(reads: 3, writes: 3)
    static let repeatsSubject = false
}

enum ReadFirst: LedgerAct {
    static let name = "first.read"
    static let footprint = Footprint(reads: 1)
    static let repeatsSubject = false
}

enum ReadBoth: LedgerAct {
    static let name = "both.read"
    static let footprint = Footprint(reads: 3)
    static let repeatsSubject = false
    static let isUrgent = true
}
