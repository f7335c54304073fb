import Bureau

/// Writes the fields of a value one after another, as they lie inside a sealed value.
///
/// The first byte names the layout, so that a later layout can be told apart. Integers are big-endian. A text has its
/// length in UTF-8 bytes before it; a field that may be absent has a byte 0 or 1 before it.
struct FieldWriter {
    static let layout: UInt8 = 1

    private(set) var bytes: [UInt8] = [layout]

    init() {
        bytes.reserveCapacity(192)
    }

    mutating func integer(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func text(_ value: String) {
        var value = value
        value.withUTF8 { text($0) }
    }

    mutating func text(_ value: some TextValue) {
        value.withText { text($0) }
    }

    mutating func optional<T>(_ value: T?, _ write: (inout FieldWriter, T) -> Void) {
        bytes.append(value == nil ? 0 : 1)
        if let value { write(&self, value) }
    }

    private mutating func text(_ utf8: UnsafeBufferPointer<UInt8>) {
        integer(UInt32(utf8.count))
        bytes.append(contentsOf: utf8)
    }
}

/// Reads what `FieldWriter` wrote. Every function returns nil when the bytes are not what it expects.
struct FieldReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    /// Reads a whole value; nil when `read` returns nil or bytes are left over.
    static func read<T>(_ bytes: [UInt8], _ read: (inout FieldReader) -> T?) -> T? {
        bytes.withUnsafeBufferPointer { buffer in
            var reader = FieldReader(bytes: buffer)
            guard reader.integer(UInt8.self) == FieldWriter.layout, let value = read(&reader) else { return nil }
            return reader.position == buffer.count ? value : nil
        }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    mutating func integer<T: FixedWidthInteger>(_ type: T.Type = T.self) -> T? {
        guard let part = take(MemoryLayout<T>.size) else { return nil }
        return T(bigEndian: UnsafeRawBufferPointer(part).loadUnaligned(as: T.self))
    }

    mutating func text() -> String? {
        takeText().map { String(decoding: $0, as: UTF8.self) }
    }

    mutating func value<T: TextValue>(_ type: T.Type = T.self) -> T? {
        takeText().flatMap { T($0) }
    }

    /// Returns nil for damaged bytes and `.some(nil)` for an absent field.
    mutating func optional<T>(_ read: (inout FieldReader) -> T?) -> T?? {
        switch integer(UInt8.self) {
        case 0: .some(nil)
        case 1: read(&self).map { .some($0) }
        default: nil
        }
    }

    private mutating func takeText() -> UnsafeBufferPointer<UInt8>? {
        integer(UInt32.self).flatMap { take(Int($0)) }
    }

    private mutating func take(_ count: Int) -> UnsafeBufferPointer<UInt8>? {
        guard count <= bytes.count - position else { return nil }
        defer { position += count }
        return UnsafeBufferPointer(rebasing: bytes[position..<position + count])
    }
}

extension Person {
    /// The identity as it lies inside a sealed value: CPF, name, birth date and contacts, without the address.
    var identityFields: [UInt8] {
        var writer = FieldWriter()
        writer.integer(cpf.number)
        writer.text(name)
        writer.text(surname)
        writer.integer(birthDate.daysSinceEpoch)
        writer.optional(phone) { $0.text($1) }
        writer.optional(email) { $0.text($1) }
        return writer.bytes
    }

    /// Reads an identity; nil when the bytes are something else.
    init?(identityFields: [UInt8], address: Address?) {
        let person = FieldReader.read(identityFields) { reader -> Person? in
            guard let number = reader.integer(UInt64.self), let cpf = CPF(number: number),
                let name = reader.text(), let surname = reader.text(),
                let days = reader.integer(Int32.self), let birthDate = CalendarDate(daysSinceEpoch: days),
                let phone = reader.optional({ $0.value(PhoneNumber.self) }),
                let email = reader.optional({ $0.value(EmailAddress.self) })
            else { return nil }
            return Person(
                cpf: cpf, name: name, surname: surname, birthDate: birthDate, phone: phone, email: email,
                address: address)
        }
        guard let person else { return nil }
        self = person
    }
}

extension Address {
    /// The address as it lies inside a sealed value.
    var fields: [UInt8] {
        var writer = FieldWriter()
        writer.text(postalCode)
        writer.text(street)
        writer.text(number)
        writer.optional(complement) { $0.text($1) }
        writer.text(district)
        writer.text(city)
        writer.text(state)
        writer.text(country)
        return writer.bytes
    }

    /// Reads an address; nil when the bytes are something else.
    init?(fields: [UInt8]) {
        let address = FieldReader.read(fields) { reader -> Address? in
            guard let postalCode = reader.value(PostalCode.self), let street = reader.text(),
                let number = reader.text(), let complement = reader.optional({ $0.text() }),
                let district = reader.text(), let city = reader.text(),
                let state = reader.value(FederativeUnit.self), let country = reader.value(CountryCode.self)
            else { return nil }
            return Address(
                postalCode: postalCode, street: street, number: number, complement: complement, district: district,
                city: city, state: state, country: country)
        }
        guard let address else { return nil }
        self = address
    }
}

extension Debt {
    /// The debt as it lies inside a sealed value.
    var fields: [UInt8] {
        var writer = FieldWriter()
        writer.text(creditor)
        writer.optional(creditorCNPJ) { $0.text($1) }
        writer.integer(amount.cents)
        writer.integer(annualInterestBasisPoints)
        writer.integer(dueDate.daysSinceEpoch)
        writer.text(status)
        return writer.bytes
    }

    /// Reads a debt; nil when the bytes are something else.
    init?(fields: [UInt8]) {
        let debt = FieldReader.read(fields) { reader -> Debt? in
            guard let creditor = reader.text(), let creditorCNPJ = reader.optional({ $0.value(CNPJ.self) }),
                let cents = reader.integer(Int64.self), let rate = reader.integer(Int32.self),
                let days = reader.integer(Int32.self), let dueDate = CalendarDate(daysSinceEpoch: days),
                let status = reader.value(DebtStatus.self)
            else { return nil }
            return Debt(
                creditor: creditor, creditorCNPJ: creditorCNPJ, amount: Money(cents: cents),
                annualInterestBasisPoints: rate, dueDate: dueDate, status: status)
        }
        guard let debt else { return nil }
        self = debt
    }
}
