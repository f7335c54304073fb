import Bureau
import Seeds
import Testing

@testable import Services

@Suite("The fields inside a sealed value")
struct FieldCodecTests {
    /// Texts that a record may hold, harmless to hostile.
    private static let texts = [
        "", "Ana", "São Paulo", "\u{0}", "\u{1}\u{0}\u{0}\u{0}\u{1}", "e\u{301}", "\u{10FFFF}\u{FEFF}",
        "\"\\\n\r\u{2028}",
        String(repeating: "x", count: 70_000),
    ]

    @Test("every address is read back as it was written")
    func addresses() {
        for text in Self.texts {
            for complement in [nil, text, ""] {
                var address = Sample.address
                address.street = text
                address.complement = complement
                address.city = text
                address.country = Sample.parse("PT")
                #expect(Address(fields: address.fields) == address)
            }
        }
    }

    @Test("every identity is read back as it was written, bytes included")
    func identities() {
        for (index, text) in Self.texts.enumerated() {
            var person = Sample.person(index % 4)
            person.name = text
            person.surname = text + text
            person.birthDate = index % 2 == 0 ? .first : .last
            if index % 2 == 0 { person.phone = nil }
            if index % 3 == 0 { person.email = nil }
            person.address = nil
            let read = Person(identityFields: person.identityFields, address: nil)
            #expect(read == person)
            #expect(read.map { Array($0.name.utf8) } == Array(text.utf8))
        }
    }

    @Test("an address without what the first layout demands, or with a region, is written in the second and read back")
    func secondAddresses() {
        for text in Self.texts {
            for country: CountryCode in [.brazil, Sample.parse("PT")] {
                for absent in 0..<64 {
                    func given<T>(_ bit: Int, _ value: T) -> T? { absent >> bit & 1 == 0 ? value : nil }
                    let address = Address(
                        postalCode: given(0, Sample.parse("01310100")), street: given(1, text),
                        number: given(2, text), complement: given(absent, text), district: given(3, text), city: text,
                        state: given(4, .acre), region: given(5, text), country: country)
                    let isFirst = absent & 0b11111 == 0 && address.region == nil
                    #expect(address.layout == (isFirst ? 1 : 2) && address.fields[0] == address.layout)
                    #expect(Address(fields: address.fields) == address)
                }
            }
        }
    }

    @Test("an identity with a member that the first layout lacks is written in the second and read back")
    func secondIdentities() {
        let registration = Registration(status: .deceased, checkedOn: .last)
        for text in Self.texts {
            for mask in 0..<16 {
                var person = Sample.person()
                person.address = nil
                person.name = text
                person.surname = mask & 1 == 0 ? text : nil
                person.socialName = mask & 2 == 0 ? nil : text
                person.motherName = mask & 4 == 0 ? nil : text
                person.registration = mask & 8 == 0 ? nil : registration
                let fields = person.identityFields
                #expect(person.identityLayout == (mask == 0 ? 1 : 2) && fields[0] == person.identityLayout)
                #expect(Person(identityFields: fields, address: nil) == person)
            }
        }
    }

    @Test("values that version 0.1.0 sealed are read, codes of no country among them, and written as it wrote them")
    func firstLayout() throws {
        func text(_ text: String) -> [UInt8] { [0, 0, 0, UInt8(text.utf8.count)] + Array(text.utf8) }
        let address: [UInt8] =
            [1] + text("01310100") + text("Rua A") + text("1") + [0] + text("Centro") + text("X") + text("SP")
            + text("ZZ")
        let read = try #require(Address(fields: address))
        #expect(read.country.text == "ZZ" && read.state == .saoPaulo && read.fields == address)
        let identity: [UInt8] =
            [1] + withUnsafeBytes(of: UInt64(52_998_224_725).bigEndian) { Array($0) } + text("Ana") + text(" \u{200B}")
            + [0, 0, 0, 0] + [0] + [1] + text("ana@example.com")
        let person = try #require(Person(identityFields: identity, address: nil))
        #expect(person.surname == " \u{200B}" && person.registration == nil && person.identityFields == identity)
    }

    @Test("every debt is read back as it was written")
    func debts() {
        for cents in [Int64.min, -1, 0, 1, .max] {
            for status in DebtStatus.allCases {
                var debt = Sample.debt
                debt.amount = Money(cents: cents)
                debt.annualInterestBasisPoints = cents < 0 ? .min : .max
                debt.status = status
                if cents == 0 { debt.creditorCNPJ = nil }
                #expect(Debt(fields: debt.fields) == debt)
                let isLater = status == .renegotiated || status == .writtenOff
                #expect(debt.fields.first == (isLater ? 2 : 1))
                debt.openedOn = .first
                #expect(debt.fields.first == 2)
                #expect(Debt(fields: debt.fields) == debt)
                debt.contractID = "C-77"
                debt.originalAmount = Money(cents: cents)
                debt.settledOn = .last
                #expect(Debt(fields: debt.fields) == debt)
            }
        }
    }

    @Test("a value that is cut anywhere, or followed by more bytes, is refused")
    func cut() {
        let address = Sample.address.fields
        let identity = Sample.person().identityFields
        let debt = Sample.debt.fields
        var second = Sample.person()
        second.registration = Registration(status: .regular, checkedOn: .first)
        second.surname = nil
        let values = [Address(city: "X", region: "Y").fields, second.identityFields]
        for bytes in values {
            let cut = bytes.indices.map { Array(bytes[..<$0]) }
            for bytes in cut + [bytes + [0]] {
                #expect(Address(fields: bytes) == nil && Person(identityFields: bytes, address: nil) == nil)
            }
        }
        for count in address.indices { #expect(Address(fields: Array(address[..<count])) == nil) }
        for count in identity.indices {
            #expect(Person(identityFields: Array(identity[..<count]), address: nil) == nil)
        }
        for count in debt.indices { #expect(Debt(fields: Array(debt[..<count])) == nil) }
        for byte in UInt8.min ... .max {
            #expect(Address(fields: address + [byte]) == nil)
            #expect(Person(identityFields: identity + [byte], address: nil) == nil)
            #expect(Debt(fields: debt + [byte]) == nil)
        }
    }

    @Test("a layout that this program did not write is refused")
    func layout() {
        for byte in UInt8.min ... .max where byte != FieldWriter.layout && byte != FieldWriter.secondLayout {
            #expect(Address(fields: [byte] + Sample.address.fields.dropFirst()) == nil)
        }
    }

    @Test(
        "a length that points beyond the end is refused",
        arguments: [UInt32.max, UInt32.max - 3, 0x8000_0000, 65_536])
    func lengths(length: UInt32) {
        var fields = Sample.debt.fields
        fields.replaceSubrange(1..<5, with: withUnsafeBytes(of: length.bigEndian) { Array($0) })
        #expect(Debt(fields: fields) == nil)
    }

    @Test("changed and random bytes are read as another value or refused, and never crash", arguments: 0..<8)
    func hostile(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let values = [Sample.address.fields, Sample.person().identityFields, Sample.debt.fields]
        var refused = 0
        for round in 0..<2000 {
            var bytes = values[round % 3]
            if round % 2 == 0 {
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: .min ... .max, using: &random)
                }
            } else {
                let count = Int.random(in: 0...100, using: &random)
                bytes = [FieldWriter.layout] + (0..<count).map { _ in .random(in: .min ... .max, using: &random) }
            }
            // A debt that is read must be written and read back unchanged.
            if Address(fields: bytes) == nil { refused += 1 }
            if Person(identityFields: bytes, address: nil) == nil { refused += 1 }
            if let debt = Debt(fields: bytes) { #expect(Debt(fields: debt.fields) == debt) } else { refused += 1 }
        }
        #expect(refused > 4000)
    }
}
