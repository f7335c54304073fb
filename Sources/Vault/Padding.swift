/// Padding of plaintexts to few different lengths, so that the length of a sealed value tells little of the value.
///
/// A byte 0x80 and zeros follow the text (ISO/IEC 7816-4), up to the length that PADMÉ gives (Nikitin et al., PETS
/// 2019: at most 12 % more), and then to a multiple of 64 bytes.
enum Padding {
    static let blockBytes = 64

    /// The padded length of a text.
    static func paddedCount(_ count: Int) -> Int {
        let least = count + 1
        let exponent = Int.bitWidth - 1 - least.leadingZeroBitCount
        let significant = exponent == 0 ? 0 : Int.bitWidth - exponent.leadingZeroBitCount
        let mask = (1 << max(0, exponent - significant)) - 1
        let padme = (least + mask) & ~mask
        return (padme + blockBytes - 1) / blockBytes * blockBytes
    }

    /// Writes the text and its padding into memory of its padded length.
    static func pad(_ text: [UInt8], into padded: UnsafeMutableRawBufferPointer) {
        padded.initializeMemory(as: UInt8.self, repeating: 0)
        padded.copyBytes(from: text)
        padded[text.count] = 0x80
    }

    /// Takes the padding off; false when there is none.
    static func remove(from text: inout [UInt8]) -> Bool {
        guard let last = text.lastIndex(where: { $0 != 0 }), text[last] == 0x80 else { return false }
        text.removeLast(text.count - last)
        return true
    }
}
