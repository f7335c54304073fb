import Bureau
import Testing

@testable import Vault

struct SealingTests {
    private let vault: BaseVault
    private let home: SealedLocation

    init() throws {
        vault = try fixedVault(.a)
        home = SealedLocation(
            base: .a, table: "debt", column: "creditor", subject: try token(1), row: [1, 2, 3], generation: 1)
    }

    @Test("a value opens where it was sealed, whatever its length", arguments: [0, 1, 15, 16, 17, 150, 4096, 100_000])
    func roundTrip(count: Int) throws {
        let plaintext = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        try vault.withSession { session in
            let (key, _) = try session.makeDataKey(for: home.subject)
            let sealed = try session.seal(plaintext, with: key, at: home)
            #expect(sealed.bytes.count >= count + Sealed.overheadBytes)
            #expect(try session.open(sealed, with: key, at: home) == plaintext)
        }
    }

    @Test("the length of a sealed value tells little of the text: no more than an eighth is added, and 128 octets")
    func padding() throws {
        let key = fixedDataKey(.a, home.subject, generation: 1)
        try vault.withSession { session in
            var lengths: Set<Int> = []
            for count in 0...2000 {
                let length = try session.seal([UInt8](repeating: 0x80, count: count), with: key, at: home).bytes.count
                #expect(length - Sealed.overheadBytes <= count + count / 8 + 128)
                lengths.insert(length)
                if count == 63 { #expect(lengths.count == 1, "short texts have one length") }
            }
            #expect(lengths.count <= 32)
        }
    }

    @Test("a value opens with what it goes with, and with nothing else")
    func record() throws {
        func location(_ record: [UInt8]) -> SealedLocation {
            SealedLocation(
                base: .a, table: "debt", column: "creditor", subject: home.subject, row: [1], generation: 1,
                record: record)
        }
        let key = fixedDataKey(.a, home.subject, generation: 1)
        try vault.withSession { session in
            let sealed = try session.seal([7], with: key, at: location([0, 1]))
            let mark = try session.mark(with: key, at: location([0, 1]))
            #expect(try session.open(sealed, with: key, at: location([0, 1])) == [7])
            #expect(try session.open(mark, with: key, at: location([0, 1])) == [])
            for record in [[], [0], [0, 2], [0, 1, 0]] as [[UInt8]] {
                for value in [sealed, mark] {
                    #expect(throws: VaultError.notAuthentic) {
                        try session.open(value, with: key, at: location(record))
                    }
                }
            }
            // The first format knows no record: nothing passes for it.
            let renamed = Sealed([1] + sealed.bytes.dropFirst())
            #expect(throws: VaultError.notAuthentic) { try session.open(renamed, with: key, at: location([0, 1])) }
        }
    }

    /// Every place that differs from `home` in one part, or from it by where one part ends and the next begins.
    static let elsewhere: [SealedLocation] = {
        func place(
            base: Base = .a, table: String = "debt", column: String = "creditor", subject: UInt8 = 1,
            row: [UInt8] = [1, 2, 3], generation: UInt32 = 1
        ) -> [SealedLocation] {
            (try? token(subject)).map {
                [
                    SealedLocation(
                        base: base, table: table, column: column, subject: $0, row: row, generation: generation)
                ]
            } ?? []
        }
        return place(base: .b) + place(base: .c) + place(table: "person") + place(table: "")
            + place(column: "creditorCnpj") + place(column: "") + place(table: "debtc", column: "reditor")
            + place(column: "creditor\u{1}", row: [2, 3]) + place(subject: 2) + place(row: []) + place(row: [1, 2])
            + place(row: [1, 2, 4]) + place(row: [1, 2, 3, 0]) + place(generation: 0) + place(generation: 2)
            + place(generation: 1 << 24)
    }()

    @Test("a value moved elsewhere does not open, not even with the same secret", arguments: elsewhere)
    func moved(place: SealedLocation) throws {
        let plaintext = Array("Banco Exemplo".utf8)
        let sealed = try vault.withSession { session in
            try session.seal(plaintext, with: fixedDataKey(.a, home.subject, generation: 1), at: home)
        }
        let key = fixedDataKey(place.base, place.subject, generation: place.generation)
        try fixedVault(place.base).withSession { session in
            #expect(throws: VaultError.notAuthentic) { try session.open(sealed, with: key, at: place) }
            // The key itself is good there.
            let own = try session.seal(plaintext, with: key, at: place)
            #expect(try session.open(own, with: key, at: place) == plaintext)
        }
    }

    @Test("no two places give the same associated data")
    func associatedData() {
        let all = (SealingTests.elsewhere + [home]).map { place in
            var data = AssociatedData()
            data.describe(place, of: place.subject)
            return [UInt8](data.bytes)
        }
        #expect(Set(all).count == 17)
    }

    @Test("another data key of the same subject does not open a value")
    func otherKey() throws {
        try vault.withSession { session in
            let (key, _) = try session.makeDataKey(for: home.subject)
            let (other, _) = try session.makeDataKey(for: home.subject)
            let sealed = try session.seal([1, 2, 3], with: key, at: home)
            #expect(throws: VaultError.notAuthentic) { try session.open(sealed, with: other, at: home) }
        }
    }

    @Test(
        "a key is refused at a place that is not its own, before anything is sealed with it",
        arguments: elsewhere.filter {
            [$0.table, $0.column] == ["debt", "creditor"] && $0.row == LocationOctets([1, 2, 3])
        })
    func wrongKey(place: SealedLocation) throws {
        let key = fixedDataKey(.a, home.subject, generation: 1)
        try vault.withSession { session in
            let sealed = try session.seal([1], with: key, at: home)
            #expect(throws: VaultError.notAuthentic) { try session.seal([1], with: key, at: place) }
            #expect(throws: VaultError.notAuthentic) { try session.open(sealed, with: key, at: place) }
        }
    }

    @Test("a vault works for its own base alone")
    func wrongVault() throws {
        let place = SealedLocation(base: .b, table: "t", column: "c", subject: home.subject, generation: 1)
        let key = fixedDataKey(.b, home.subject, generation: 1)
        let sealed = try fixedVault(.b).withSession { try $0.seal([1], with: key, at: place) }
        vault.withSession { session in
            #expect(throws: VaultError.notAuthentic) { try session.seal([1], with: key, at: place) }
            #expect(throws: VaultError.notAuthentic) { try session.open(sealed, with: key, at: place) }
        }
    }

    @Test("no flipped bit goes unnoticed")
    func flippedBits() throws {
        let key = fixedDataKey(.a, home.subject, generation: 1)
        try vault.withSession { session in
            let sealed = try session.seal(Array("Rua das Flores, 12".utf8), with: key, at: home)
            for bit in 0..<sealed.bytes.count * 8 {
                var damaged = sealed.bytes
                damaged[bit / 8] ^= 1 << (bit % 8)
                let expected = bit < 8 ? VaultError.malformed : .notAuthentic
                #expect(throws: expected) { try session.open(Sealed(damaged), with: key, at: home) }
            }
            #expect(try session.open(sealed, with: key, at: home).count == 18)
        }
    }

    @Test("a value that is cut or extended anywhere does not open")
    func lengths() throws {
        let key = fixedDataKey(.a, home.subject, generation: 1)
        try vault.withSession { session in
            let sealed = try session.seal(Array("Rua das Flores, 12".utf8), with: key, at: home)
            for count in 0..<sealed.bytes.count {
                let expected = count < Sealed.overheadBytes ? VaultError.malformed : .notAuthentic
                let cut = Sealed(Array(sealed.bytes.prefix(count)))
                #expect(throws: expected) { try session.open(cut, with: key, at: home) }
            }
            let longer = Sealed(sealed.bytes + [0])
            #expect(throws: VaultError.notAuthentic) { try session.open(longer, with: key, at: home) }
        }
    }

    @Test("a plaintext at the limit is sealed, and a longer one is refused")
    func limit() throws {
        let key = fixedDataKey(.a, home.subject, generation: 1)
        var plaintext = [UInt8](repeating: 7, count: Sealed.maximumPlaintextBytes)
        try vault.withSession { session in
            let sealed = try session.seal(plaintext, with: key, at: home)
            #expect(try session.open(sealed, with: key, at: home) == plaintext)
            plaintext.append(7)
            #expect(throws: VaultError.malformed) { try session.seal(plaintext, with: key, at: home) }
            #expect(throws: VaultError.malformed) { try session.open(Sealed(sealed.bytes + [0]), with: key, at: home) }
        }
    }

    @Test("a nonce is never used twice, within a session and between sessions")
    func nonces() throws {
        let key = fixedDataKey(.a, home.subject, generation: 1)
        var nonces: Set<[UInt8]> = []
        for _ in 0..<20 {
            try vault.withSession { session in
                for _ in 0..<500 {
                    nonces.insert(Array(try session.seal([], with: key, at: home).bytes[1..<13]))
                }
            }
        }
        #expect(nonces.count == 10_000)
    }
}
