import JSON
import JSONSchema

/// The methods that a daemon serves, each with its name and the schema of its params.
package struct MethodTable: Sendable {
    /// One line of the table.
    package final class Entry: Sendable {
        package let method: Method
        /// What it does, in one sentence.
        let summary: String
        let schema: Schema

        package var name: String { method.name }

        package init(_ method: Method, schema: Schema, summary: String = "") {
            self.method = method
            self.summary = summary
            self.schema = schema
        }
    }

    package let entries: [Entry]
    /// The names of the resources, by their bit in a footprint.
    let resources: [String]
    private let slots: [Int]
    private let names: [[UInt8]]

    /// Names must differ. `resources` are those of the footprints, the lowest bit's first.
    package init(_ entries: [Entry], resources: [String] = []) {
        self.entries = entries
        self.resources = resources
        names = entries.map { Array($0.name.utf8) }
        var slots = [Int](repeating: -1, count: max(16, entries.count * 4).roundedUpToPowerOfTwo)
        for (index, name) in names.enumerated() {
            var slot = name.withUnsafeBufferPointer { Self.hash($0) } & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = index
        }
        self.slots = slots
    }

    /// The index of the entry with this name.
    func index(of method: Value) -> Int? {
        method.withUTF8 { name in
            var slot = Self.hash(name) & (slots.count - 1)
            while slots[slot] >= 0 {
                if names[slots[slot]].withUnsafeBufferPointer({ method.equals($0) }) { return slots[slot] }
                slot = (slot + 1) & (slots.count - 1)
            }
            return nil
        }
    }

    /// The name that was probably meant.
    func suggestion(for method: Value) -> String? {
        method.withUTF8 { name in
            guard name.count <= 64 else { return nil }
            let near = names.indices.map { (distance: Self.distance(names[$0], name), index: $0) }
            guard let best = near.min(by: { $0.distance < $1.distance }), best.distance <= 3 else { return nil }
            return entries[best.index].name
        }
    }

    /// FNV-1a.
    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var hash: UInt32 = 2_166_136_261
        for byte in bytes { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return Int(hash)
    }

    /// Levenshtein's distance.
    private static func distance(_ left: [UInt8], _ right: UnsafeBufferPointer<UInt8>) -> Int {
        var row = Array(0...right.count)
        for (i, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let substituted = diagonal + (byte == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}

extension Int {
    fileprivate var roundedUpToPowerOfTwo: Int {
        1 << (Int.bitWidth - (self - 1).leadingZeroBitCount)
    }
}
