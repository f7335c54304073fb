/// What chance decides about a run, from the input alone, so that the input alone repeats it (SplitMix64).
struct Chance {
    private var state: UInt64

    init(seed bytes: [UInt8]) {
        // FNV-1a.
        state = bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    /// A number from 1 on.
    mutating func number(upTo maximum: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(maximum)) + 1
    }

    /// The bytes in up to 25 pieces.
    mutating func pieces(of bytes: [UInt8]) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var rest = bytes[...]
        let usual = number(upTo: 1 + bytes.count / 12)
        while !rest.isEmpty {
            let count = pieces.count < 24 ? number(upTo: 2 * usual) : rest.count
            pieces.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return pieces
    }
}
