/// A mark for each place of a text at which a lookaround's body matches, one bit a byte.
struct PlaceMarks {
    private var words: [UInt64]

    init(count: Int) {
        words = Array(repeating: 0, count: (count + 63) / 64)
    }

    mutating func insert(_ place: Int) {
        words[place / 64] |= 1 << (place % 64)
    }

    func contains(_ place: Int) -> Bool {
        words[place / 64] >> (place % 64) & 1 == 1
    }
}
