import Glibc

/// Finds the number of a category by the bytes of its text, without making a text of them.
struct CategoryIndex: Sendable {
    private struct Entry: Sendable {
        let bytes: [UInt8]
        let category: Int
    }

    /// A hash table with linear probing, at most half full; its size is a power of two.
    private let slots: [Entry?]

    /// Takes the texts of each category. No text is there twice.
    init(_ categories: [[String]]) {
        let entries = categories.enumerated().flatMap { index, texts in
            texts.map { Entry(bytes: Array($0.utf8), category: index) }
        }
        var size = 8
        while size < 2 * entries.count { size *= 2 }
        var slots = [Entry?](repeating: nil, count: size)
        for entry in entries {
            var slot = entry.bytes.withUnsafeBytes(Self.hash) & (size - 1)
            while slots[slot] != nil { slot = (slot + 1) & (size - 1) }
            slots[slot] = entry
        }
        self.slots = slots
    }

    /// The number of the category that has this text; nil when none has.
    func index(of text: UnsafeRawBufferPointer) -> Int? {
        var slot = Self.hash(text) & (slots.count - 1)
        while let entry = slots[slot] {
            let isSame = entry.bytes.withUnsafeBytes {
                $0.count == text.count && (text.isEmpty || memcmp($0.baseAddress!, text.baseAddress!, text.count) == 0)
            }
            if isSame { return entry.category }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// FNV-1a, folded so that the low bits depend on all of it.
    private static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Int(truncatingIfNeeded: hash ^ (hash >> 32))
    }
}
