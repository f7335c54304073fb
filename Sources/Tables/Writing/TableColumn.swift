/// A column of a table that is written: its name, and what its values are.
public struct TableColumn: Hashable, Sendable {
    public var name: String
    public var type: ColumnType
    /// Whether a row may have no value here.
    public var isNullable: Bool

    public init(_ name: String, _ type: ColumnType, isNullable: Bool = true) {
        self.name = name
        self.type = type
        self.isNullable = isNullable
    }
}

/// What the values of a column are.
public enum ColumnType: Hashable, Sendable {
    /// 64-bit integers.
    case integer
    /// Double-precision numbers (IEEE 754).
    case number
    /// UTF-8 text.
    case text
}

/// The values of one column, one behind the other, as Arrow has them in memory.
public struct ColumnValues: Sendable {
    public let type: ColumnType
    public private(set) var count = 0
    public private(set) var nullCount = 0
    /// A bit for each value, the lowest first: 1 where there is one.
    private(set) var validity: [UInt8] = []
    /// The integers, or the bit patterns of the numbers; 0 where there is none.
    private(set) var words: [Int64] = []
    /// Where each text ends in `text`.
    private(set) var ends: [Int32] = []
    private(set) var text: [UInt8] = []

    public init(_ type: ColumnType) { self.type = type }

    public mutating func append(_ integer: Int64) {
        precondition(type == .integer)
        words.append(integer)
        note(isThere: true)
    }

    public mutating func append(_ number: Double) {
        precondition(type == .number)
        words.append(Int64(bitPattern: number.bitPattern))
        note(isThere: true)
    }

    public mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
        precondition(type == .text)
        self.text.append(contentsOf: text)
        ends.append(Int32(self.text.count))
        note(isThere: true)
    }

    public mutating func append(_ text: [UInt8]) { text.withUnsafeBufferPointer { append($0) } }

    public mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append($0) }
    }

    public mutating func appendNull() {
        if type == .text { ends.append(Int32(text.count)) } else { words.append(0) }
        note(isThere: false)
    }

    /// Takes all values out, and keeps the memory.
    public mutating func removeAll() {
        count = 0
        nullCount = 0
        validity.removeAll(keepingCapacity: true)
        words.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        text.removeAll(keepingCapacity: true)
    }

    private mutating func note(isThere: Bool) {
        if count & 7 == 0 { validity.append(0) }
        if isThere { validity[count >> 3] |= 1 << UInt8(count & 7) } else { nullCount += 1 }
        count += 1
    }

    func isThere(_ row: Int) -> Bool { validity[row >> 3] >> UInt8(row & 7) & 1 == 1 }
    func integer(_ row: Int) -> Int64 { words[row] }
    func number(_ row: Int) -> Double { Double(bitPattern: UInt64(bitPattern: words[row])) }
    func text(_ row: Int) -> ArraySlice<UInt8> { text[Int(row == 0 ? 0 : ends[row - 1])..<Int(ends[row])] }
}

/// Rows on their way into a file: a value in every column, or none.
public struct TableRows: Sendable {
    public let columns: [TableColumn]
    /// The values of each column, in the order of the columns. Whoever appends a row appends to each.
    public var values: [ColumnValues]

    public init(_ columns: [TableColumn]) {
        self.columns = columns
        values = columns.map { ColumnValues($0.type) }
    }

    public var count: Int { values.first?.count ?? 0 }

    /// Bytes of text so far; the texts of a column may have 2 GiB at most.
    public var textByteCount: Int { values.reduce(0) { $0 + $1.text.count } }

    public mutating func removeAll() {
        for column in values.indices { values[column].removeAll() }
    }
}
