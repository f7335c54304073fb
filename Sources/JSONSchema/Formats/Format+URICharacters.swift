extension Format {
    /// What a part of a URI may have beyond ASCII: RFC 3987 §2.2.
    enum Beyond {
        case none
        /// ucschar
        case characters
        /// ucschar and iprivate
        case charactersAndPrivateUse

        var ranges: [ClosedRange<UInt32>] {
            switch self {
            case .none: []
            case .characters: Self.characterRanges
            case .charactersAndPrivateUse: Self.characterRanges + Self.privateUseRanges
            }
        }

        private static let privateUseRanges: [ClosedRange<UInt32>] = [
            0xE000...0xF8FF, 0xF0000...0xFFFFD, 0x100000...0x10FFFD,
        ]

        private static let characterRanges: [ClosedRange<UInt32>] =
            [0xA0...0xD7FF, 0xF900...0xFDCF, 0xFDF0...0xFFEF]
            + (1...13).map { $0 << 16...($0 << 16 + 0xFFFD) } + [0xE1000...0xEFFFD]
    }

    /// Whether a part has only ASCII characters of a set, percent-encoded bytes and what is allowed beyond.
    static func consists(_ part: Part, of set: ASCIISet, _ beyond: Beyond) -> Bool {
        var reader = DigitReader(UnsafeBufferPointer(rebasing: part))
        let ranges = beyond.ranges
        while !reader.isAtEnd {
            let isAllowed =
                reader.takeRun(of: set) > 0 || reader.takesPercentEncoded() || reader.takesScalar(in: ranges)
            guard isAllowed else { return false }
        }
        return true
    }
}
