import Bureau
import Vault

/// The characteristics of one subject as of an instant, under the subject's name in a study.
///
/// As bytes, rows sort by name, then by instant. They hold no token, no CPF and no date of birth.
public struct FeatureRow: Hashable, Sendable {
    public var name: StudyName
    public var asOf: Instant
    /// What a file of labels says became of the subject.
    public var isBad: Bool?
    /// The group of similar subjects, by age, housing and income; nil where none is asked for.
    public var cell: FeatureCell?
    /// In the order of the extraction's columns. Numbers are whole.
    public var values: [CharacteristicValue]

    public init(
        name: StudyName, asOf: Instant, isBad: Bool? = nil, cell: FeatureCell? = nil, values: [CharacteristicValue]
    ) {
        self.name = name
        self.asOf = asOf
        self.isBad = isBad
        self.cell = cell
        self.values = values
    }
}

extension FeatureRow {
    /// The tags of a value; a number has its own tag and the octets that it needs.
    fileprivate static let categoryTag: UInt8 = 0x40
    fileprivate static let numberTag: UInt8 = 0x80

    /// The octets of a row's name, with which it begins, and of its name and instant.
    public static let nameCount = 16
    public static let keyCount = 24

    /// Appends the row as bytes.
    public func append(to bytes: inout [UInt8]) {
        bytes.append(bigEndian: name.high)
        bytes.append(bigEndian: name.low)
        bytes.append(bigEndian: UInt64(bitPattern: asOf.microsecondsSinceEpoch) ^ 1 << 63)
        bytes.append(isBad.map { $0 ? 2 : 1 } ?? 0)
        bytes.append(bigEndian: cell?.number ?? .max)
        for value in values {
            switch value {
            case .missing(let reason): bytes.append(reason.tag)
            case .category(let text):
                bytes.append(Self.categoryTag | UInt8(min(text.utf8.count, 63)))
                bytes.append(contentsOf: text.utf8.prefix(63))
            case .number(let number):
                let integer = Int64(exactly: number.rounded(.down)) ?? (number < 0 ? .min : .max)
                let count = (64 + 7 - (integer < 0 ? ~integer : integer).leadingZeroBitCount + 1) / 8
                bytes.append(Self.numberTag | UInt8(count))
                for place in 0..<count { bytes.append(UInt8(truncatingIfNeeded: integer >> (8 * place))) }
            }
        }
    }

    /// Reads the group of a row that is there as bytes; nil where it has none.
    public static func cell(of bytes: ArraySlice<UInt8>) -> FeatureCell? {
        let place = bytes.startIndex + 25
        guard place + 2 <= bytes.endIndex else { return nil }
        let number = UInt16(bytes[place]) << 8 | UInt16(bytes[place + 1])
        return number == .max ? nil : FeatureCell(number: number)
    }

    /// Reads a row; nil for bytes of another shape.
    public init?(_ bytes: ArraySlice<UInt8>) {
        let row = bytes.withUnsafeBufferPointer { bytes -> FeatureRow? in
            guard var reader = FeatureRowReader(bytes) else { return nil }
            var row = FeatureRow(
                name: reader.name, asOf: reader.asOf, isBad: reader.isBad, cell: reader.cell, values: [])
            while !reader.isAtEnd {
                guard let value = reader.next() else { return nil }
                row.values.append(value)
            }
            return row
        }
        guard let row else { return nil }
        self = row
    }
}

/// Reads a row from its bytes, one value after another.
public struct FeatureRowReader {
    public let name: StudyName
    public let asOf: Instant
    public let isBad: Bool?
    public let cell: FeatureCell?
    private var bytes: ByteReader

    /// Reads what comes before the values; nil for bytes of another shape.
    public init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        var reader = ByteReader(bytes: bytes)
        guard let high = reader.integer(8), let low = reader.integer(8), let instant = reader.integer(8),
            let asOf = Instant(microsecondsSinceEpoch: Int64(bitPattern: instant ^ 1 << 63)),
            let label = reader.integer(1), let cell = reader.integer(2)
        else { return nil }
        name = StudyName(high: high, low: low)
        self.asOf = asOf
        isBad = label == 0 ? nil : label == 2
        self.cell = cell == UInt16.max ? nil : FeatureCell(number: UInt16(cell))
        self.bytes = reader
    }

    public var isAtEnd: Bool { bytes.position == bytes.bytes.count }

    /// Reads the next value; nil at the end, and for bytes of another shape.
    public mutating func next() -> CharacteristicValue? { bytes.integer(1).flatMap { bytes.value(UInt8($0)) } }

    private struct ByteReader {
        let bytes: UnsafeBufferPointer<UInt8>
        var position = 0

        /// Reads an unsigned integer of so many octets, the highest first.
        mutating func integer(_ count: Int) -> UInt64? {
            guard position + count <= bytes.count else { return nil }
            var integer: UInt64 = 0
            for place in position..<position + count { integer = integer << 8 | UInt64(bytes[place]) }
            position += count
            return integer
        }

        mutating func value(_ tag: UInt8) -> CharacteristicValue? {
            if tag & FeatureRow.numberTag != 0 {
                let count = Int(tag & 0x0F)
                guard 1...8 ~= count, position + count <= bytes.count else { return nil }
                var integer: Int64 = bytes[position + count - 1] & 0x80 != 0 ? -1 : 0
                for place in stride(from: position + count - 1, through: position, by: -1) {
                    integer = integer << 8 | Int64(bytes[place])
                }
                position += count
                return .number(Double(integer))
            }
            if tag & FeatureRow.categoryTag != 0 {
                let count = Int(tag & 0x3F)
                guard position + count <= bytes.count else { return nil }
                defer { position += count }
                let text = UnsafeBufferPointer(rebasing: bytes[position..<position + count])
                return .category(String(decoding: text, as: UTF8.self))
            }
            return MissingReason(tag: tag).map { .missing($0) }
        }
    }
}

extension MissingReason {
    fileprivate var tag: UInt8 {
        switch self {
        case .noRecord: 1
        case .notApplicable: 2
        case .truncated: 3
        case .notKnownThen: 4
        }
    }

    fileprivate init?(tag: UInt8) {
        switch tag {
        case 1: self = .noRecord
        case 2: self = .notApplicable
        case 3: self = .truncated
        case 4: self = .notKnownThen
        default: return nil
        }
    }
}

/// A group of subjects of about the same age, housing and income. A row in a small group tells whose it is to somebody
/// who knows these three of a person.
public struct FeatureCell: Hashable, Sendable {
    /// Less than `UInt16.max`.
    public let number: UInt16

    init(number: UInt16) { self.number = number }

    /// The group of a profile: five years of age, a kind of housing, and an income between two powers of two.
    init(_ profile: ProfileFacts?, on day: CalendarDate) {
        guard let profile else {
            number = 0
            return
        }
        let age = UInt16(min(max(0, profile.birthDate.years(until: day)), 120)) / 5
        let housing = UInt16(profile.housing.flatMap(Housing.allCases.firstIndex(of:)).map { $0 + 1 } ?? 0)
        let hundreds = profile.monthlyIncome.cents.magnitude / 10_000
        let income = UInt16(64 - hundreds.leadingZeroBitCount)
        number = 1 + (age * 8 + housing) * 65 + income
    }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian integer: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: integer.bigEndian) { append(contentsOf: $0) }
    }
}
