import Bureau
import Vault

/// The characteristics of one subject as of an instant, under the subject's name in a study.
///
/// As bytes, rows sort by name, then by instant. They hold no token, no CPF and no date of birth.
package struct FeatureRow: Hashable, Sendable {
    package var name: StudyName
    package var asOf: Instant
    /// What a file of labels says became of the subject.
    package var isBad: Bool?
    /// The group of similar subjects, by age, housing and income; nil where none is asked for.
    package var cell: FeatureCell?
    /// In the order of the extraction's columns. Numbers are whole.
    package var values: [CharacteristicValue]

    package init(
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
    private static let categoryTag: UInt8 = 0x40
    private static let numberTag: UInt8 = 0x80

    /// Appends the row as bytes.
    package func append(to bytes: inout [UInt8]) {
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

    /// Reads a row; nil for bytes of another shape.
    package init?(_ bytes: ArraySlice<UInt8>) {
        var reader = RowReader(bytes: bytes)
        guard let high = reader.integer(UInt64.self), let low = reader.integer(UInt64.self),
            let instant = reader.integer(UInt64.self),
            let asOf = Instant(microsecondsSinceEpoch: Int64(bitPattern: instant ^ 1 << 63)),
            let label = reader.integer(UInt8.self), let cell = reader.integer(UInt16.self)
        else { return nil }
        name = StudyName(high: high, low: low)
        self.asOf = asOf
        isBad = label == 0 ? nil : label == 2
        self.cell = cell == .max ? nil : FeatureCell(number: cell)
        values = []
        values.reserveCapacity(CharacteristicName.allCases.count)
        while let tag = reader.integer(UInt8.self) {
            guard let value = reader.value(tag) else { return nil }
            values.append(value)
        }
    }

    private struct RowReader {
        var bytes: ArraySlice<UInt8>

        mutating func integer<Integer: FixedWidthInteger & UnsignedInteger>(_: Integer.Type) -> Integer? {
            let count = Integer.bitWidth / 8
            guard bytes.count >= count else { return nil }
            defer { bytes.removeFirst(count) }
            return bytes.prefix(count).reduce(0) { $0 << 8 | Integer($1) }
        }

        mutating func value(_ tag: UInt8) -> CharacteristicValue? {
            if tag & FeatureRow.numberTag != 0 {
                let count = Int(tag & 0x0F)
                guard 1...8 ~= count, bytes.count >= count else { return nil }
                var integer: Int64 = (bytes[bytes.startIndex + count - 1] & 0x80) != 0 ? -1 : 0
                for octet in bytes.prefix(count).reversed() { integer = integer << 8 | Int64(octet) }
                bytes.removeFirst(count)
                return .number(Double(integer))
            }
            if tag & FeatureRow.categoryTag != 0 {
                let count = Int(tag & 0x3F)
                guard bytes.count >= count else { return nil }
                defer { bytes.removeFirst(count) }
                return .category(String(decoding: bytes.prefix(count), as: UTF8.self))
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
        guard let reason = Self.allCases.first(where: { $0.tag == tag }) else { return nil }
        self = reason
    }
}

/// A group of subjects of about the same age, housing and income. A row in a small group tells whose it is to somebody
/// who knows these three of a person.
package struct FeatureCell: Hashable, Sendable {
    /// Less than `UInt16.max`.
    package let number: UInt16

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
