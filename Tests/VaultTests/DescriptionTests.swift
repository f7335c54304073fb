import Bureau
import Testing

@testable import Vault

struct DescriptionTests {
    @Test("no description, dump or error shows the bytes of a key or token")
    func quiet() throws {
        let vault = try fixedVault(.a)
        let ring = try #require(KeyRing(base: .a, tokenSecret: secret(0x11), wrappingSecrets: [1: secret(0x22)]))
        let token = vault.withSession { $0.token(of: "52998224725") }
        let key = fixedDataKey(.a, token, generation: 1)
        let place = SealedLocation(base: .a, table: "t", column: "c", subject: token, generation: 1)
        let shown =
            [text(of: vault), text(of: ring), text(of: ring.tokenSecret), text(of: token), text(of: key)]
            + [text(of: place), text(of: vault.tokenKey)]
        #expect(shown[0].contains("BaseVault(base A)"))
        #expect(shown[1].contains("KeyRing(base A, newest wrapping key 1)"))

        var secrets = [ring.tokenSecret, vault.tokenKey, secret(0x22)].map { $0.withBytes { Array($0) } }
        secrets += vault.wrappingKeys().secrets.values.map { $0.withBytes { Array($0) } }
        secrets += [token.bytes, key.withBytes { Array($0) }]
        for form in secrets.flatMap(forms) {
            #expect(!shown.contains { $0.lowercased().contains(form) })
        }
    }

    private func text(of value: some Any) -> String {
        var dumped = ""
        dump(value, to: &dumped)
        return dumped + String(describing: value) + String(reflecting: value)
    }

    /// The ways in which Swift would show the first 8 bytes.
    private func forms(_ bytes: [UInt8]) -> [String] {
        let word = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return [
            Array(bytes.prefix(4)).hex, String(word), String(word.byteSwapped),
            "\(bytes[0]), \(bytes[1]), \(bytes[2])", "- \(bytes[0])\n",
        ]
    }
}
