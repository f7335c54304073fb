/// A table of FlatBuffers that is to be written; a field that is nil has its default.
///
/// Only what Arrow's messages need: https://flatbuffers.dev/internals.
struct FlatTable {
    /// The fields in the order of their numbers.
    var fields: [FlatValue?]
}

/// A value of a FlatBuffers table.
indirect enum FlatValue {
    case boolean(Bool)
    case octet(UInt8)
    case short(Int16)
    case word(Int32)
    case long(Int64)
    case text(String)
    case table(FlatTable)
    case tables([FlatTable])
    /// Structs of two 64-bit integers each.
    case pairs([(Int64, Int64)])

    /// The bytes that the value takes inside of its table, which are also its alignment: an offset has four.
    fileprivate var width: Int {
        switch self {
        case .boolean, .octet: 1
        case .short: 2
        case .long: 8
        case .word, .text, .table, .tables, .pairs: 4
        }
    }
}

/// Writes FlatBuffers front to back: each table before what it refers to, and its vtable just before it.
struct FlatBuffer {
    private(set) var bytes: [UInt8] = []

    /// The bytes of a root table, padded to a multiple of eight.
    init(root: FlatTable) {
        append(UInt32(0))
        point(from: 0, to: write(root))
        align(to: 8)
    }

    /// Writes a table and all below it; returns where it begins.
    private mutating func write(_ table: FlatTable) -> Int {
        // The offset to the vtable comes first, and each field lies at a multiple of its width.
        var end = 4
        let places = table.fields.map { field -> Int in
            guard let width = field?.width else { return 0 }
            end = (end + width - 1) / width * width
            defer { end += width }
            return end
        }
        let vtableCount = 4 + 2 * places.count
        while (bytes.count + vtableCount) % 8 != 0 { bytes.append(0) }
        append(UInt16(vtableCount))
        append(UInt16(end))
        for place in places { append(UInt16(place)) }
        let start = bytes.count
        append(Int32(vtableCount))
        bytes.append(contentsOf: repeatElement(0, count: end - 4))
        for (field, place) in zip(table.fields, places) {
            if let field { write(field, at: start + place) }
        }
        return start
    }

    private mutating func write(_ value: FlatValue, at place: Int) {
        switch value {
        case .boolean(let value): bytes[place] = value ? 1 : 0
        case .octet(let value): bytes[place] = value
        case .short(let value): store(value, at: place)
        case .word(let value): store(value, at: place)
        case .long(let value): store(value, at: place)
        case .text(let text):
            align(to: 4)
            point(from: place, to: bytes.count)
            append(UInt32(text.utf8.count))
            bytes.append(contentsOf: text.utf8)
            bytes.append(0)
        case .table(let table): point(from: place, to: write(table))
        case .tables(let tables):
            align(to: 4)
            point(from: place, to: bytes.count)
            append(UInt32(tables.count))
            let first = bytes.count
            for _ in tables { append(UInt32(0)) }
            for (index, table) in tables.enumerated() { point(from: first + 4 * index, to: write(table)) }
        case .pairs(let pairs):
            // The items are aligned to eight, and their number lies just before them.
            while bytes.count % 8 != 4 { bytes.append(0) }
            point(from: place, to: bytes.count)
            append(UInt32(pairs.count))
            for (first, second) in pairs {
                append(first)
                append(second)
            }
        }
    }

    /// Stores the distance to what a value refers to.
    private mutating func point(from place: Int, to target: Int) { store(UInt32(target - place), at: place) }

    private mutating func align(to width: Int) {
        while bytes.count % width != 0 { bytes.append(0) }
    }

    private mutating func append(_ integer: some FixedWidthInteger) { bytes.append(littleEndian: integer) }

    private mutating func store(_ integer: some FixedWidthInteger, at place: Int) {
        withUnsafeBytes(of: integer.littleEndian) { octets in
            for (index, octet) in octets.enumerated() { bytes[place + index] = octet }
        }
    }
}

extension [UInt8] {
    /// Appends the octets of an integer, the lowest first.
    mutating func append(littleEndian integer: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: integer.littleEndian) { append(contentsOf: $0) }
    }
}
