/// The different texts of a column, numbered as they come.
struct CategoryNames {
    /// The texts by number.
    private(set) var names: [[UInt8]] = []
    private var codes: [UInt64: UInt16] = [:]

    /// The number of a text, a new one for a new text; nil when that would be the one behind `limit`.
    mutating func code(of bytes: UnsafeRawBufferPointer, limit: Int) -> UInt16? {
        var key = Self.hash(bytes)
        while let code = codes[key] {
            if names[Int(code)].elementsEqual(bytes) { return code }
            // Another text has this hash.
            key &+= 1
        }
        guard names.count < limit else { return nil }
        let code = UInt16(names.count)
        names.append(Array(bytes))
        codes[key] = code
        return code
    }

    /// The hash of Fowler, Noll and Vo (FNV-1a), which is the same in every run.
    static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }

    /// Whether each text is UTF-8 without NUL, and different from the others also where a program compares characters
    /// and not bytes.
    var areUsable: Bool {
        let texts = names.compactMap { $0.contains(0) ? nil : String(validating: $0, as: UTF8.self) }
        return texts.count == names.count && Set(texts).count == names.count
    }

    /// The texts in ascending order, and the place of each number in that order.
    func sorted() -> (names: [String], places: [UInt16]) {
        let texts = names.map { String(decoding: $0, as: UTF8.self) }
        let order = names.indices.sorted { names[$0].lexicographicallyPrecedes(names[$1]) }
        var places = [UInt16](repeating: 0, count: names.count)
        for (place, index) in order.enumerated() { places[index] = UInt16(place) }
        return (order.map { texts[$0] }, places)
    }
}
