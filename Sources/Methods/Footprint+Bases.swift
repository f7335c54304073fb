import JSONRPC

/// The resources whose order matters: the three bases.
struct Bases: OptionSet {
    let rawValue: UInt8

    static let a = Bases(rawValue: 1)
    static let b = Bases(rawValue: 2)
    static let c = Bases(rawValue: 4)

    /// The name of each, in the order of their bits.
    static let names = ["A", "B", "C"]
}

extension Footprint {
    init(reads: Bases = [], writes: Bases) {
        self.init(reads: reads.rawValue, writes: writes.rawValue)
    }

    init(reads: Bases) {
        self.init(reads: reads.rawValue)
    }
}
