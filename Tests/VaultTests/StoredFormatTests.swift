import Bureau
import Testing

@testable import Vault

/// Bytes made by another implementation (Python's hmac and cryptography) from the same ring: what a store holds today
/// must open in every later version.
struct StoredFormatTests {
    @Test(
        "a CPF has the same token for ever, another one in each base",
        arguments: [
            (Base.a, "5d4dc1b77ed23aee252d90d3a7c3523effd1a30ae4bb74ddd30a9fad533c0ce4"),
            (Base.b, "5ddc965457712b7f622bf2f4e2572bab222486c4eb0f3f8ddf40f3b32a8ec2a6"),
            (Base.c, "4fc6fb43a7c819cdfdb4d9b268de8ee71291c29e95c771439ecc5e73093a0bbc"),
        ])
    func token(base: Base, expected: String) throws {
        let token = try fixedVault(base).withSession { $0.token(of: "52998224725") }
        #expect(token.bytes.hex == expected)
    }

    @Test("a location has one form as associated data: each part after its 4-byte length")
    func associatedData() throws {
        var data = AssociatedData()
        data.describe(try location(), of: try location().subject, format: 1)
        #expect(
            [UInt8](data.bytes).hex
                == "0000000f637265646974642f76616c75652f310000000141000000205d4dc1b77ed23aee252d90d3a7c3523e"
                + "ffd1a30ae4bb74ddd30a9fad533c0ce40000000464656274000000086372656469746f72000000103031323334"
                + "35363738396162636465660000000400000007")
    }

    @Test("a wrapped key and a value that were stored long ago open")
    func opens() throws {
        let wrapped = [UInt8](
            hex: "010000000100000007000102030405060708090a0b7d8af127e9e354e07ea8d14bbf386bcde77bbf121a7cd8fd"
                + "326fada5cac62fa99f1eab1c0cd5fed1b2fc0d19300d126a")
        let sealed = [UInt8](
            hex: "010c0d0e0f1011121314151617dc5257455ec09188c765ffd3b753b0e833d3dda3fae2e952c77dc4a034")
        let location = try location()
        try fixedVault(.a).withSession { session in
            let key = try session.unwrap(WrappedDataKey(wrapped), for: location.subject)
            #expect(key.generation == 7)
            let plaintext = try session.open(Sealed(sealed), with: key, at: location)
            #expect(String(decoding: plaintext, as: UTF8.self) == "Banco Exemplo")
        }
    }

    @Test("a value of the second format opens with its record, and without its padding")
    func opensSecondFormat() throws {
        let wrapped = [UInt8](
            hex: "010000000100000007000102030405060708090a0b7d8af127e9e354e07ea8d14bbf386bcde77bbf121a7cd8fd"
                + "326fada5cac62fa99f1eab1c0cd5fed1b2fc0d19300d126a")
        let sealed = [UInt8](
            hex: "02202122232425262728292a2b01ba6dc2b8364e609434f5704bd956e22bde43c7bb2595fc604c7b1a678e05"
                + "3dbbecb0a94c583c8fb8c3ec986c46208291864490322904ae591bd3f3aa739c53066c8fd001cc859cf01f5c6e"
                + "9df674b6")
        let location = try location(record: [0, 0, 0, 0, 0, 0, 0, 5])
        try fixedVault(.a).withSession { session in
            let key = try session.unwrap(WrappedDataKey(wrapped), for: location.subject)
            let plaintext = try session.open(Sealed(sealed), with: key, at: location)
            #expect(String(decoding: plaintext, as: UTF8.self) == "Banco Exemplo")
        }
    }

    private func location(record: [UInt8] = []) throws -> SealedLocation {
        let subject = [UInt8](hex: "5d4dc1b77ed23aee252d90d3a7c3523effd1a30ae4bb74ddd30a9fad533c0ce4")
        return SealedLocation(
            base: .a, table: "debt", column: "creditor", subject: try #require(SubjectToken(bytes: subject)),
            row: Array("0123456789abcdef".utf8), generation: 7, record: record)
    }
}
