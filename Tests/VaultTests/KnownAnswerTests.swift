import Bureau
import Testing

@testable import Vault

struct KnownAnswerTests {
    private let algorithms: Algorithms

    init() throws {
        algorithms = try Algorithms()
    }

    @Test(
        "HMAC-SHA-256 gives the answers of RFC 4231 §4",
        arguments: [
            (
                [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
            ),
            (
                Array(1...25), [UInt8](repeating: 0xcd, count: 50),
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
            ),
            (
                [UInt8](repeating: 0xaa, count: 131),
                Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
        ])
    func keyedHash(key: [UInt8], message: [UInt8], expected: String) {
        key.withUnsafeBytes { key in
            let hash = KeyedHash(key: key)
            // Twice: the second time starts from the kept states.
            for _ in 1...2 {
                var output = [UInt8](repeating: 0, count: 32)
                message.withUnsafeBytes { message in
                    output.withUnsafeMutableBytes { hash.hash(message, into: $0) }
                }
                #expect(output.hex == expected)
            }
        }
    }

    @Test(
        "HKDF-SHA-256 gives the answers of RFC 5869 appendix A",
        arguments: [
            (
                [UInt8](repeating: 0x0b, count: 22), Array(0x00...0x0c), Array(0xf0...0xf9),
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
            ),
            (
                Array(0x00...0x4f), Array(0x60...0xaf), Array(0xb0...0xff),
                "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
                    + "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"
            ),
            (
                [UInt8](repeating: 0x0b, count: 22), [], [],
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
            ),
        ] as [([UInt8], [UInt8], [UInt8], String)])
    func keyDerivation(secret: [UInt8], salt: [UInt8], info: [UInt8], expected: String) throws {
        var output = [UInt8](repeating: 0, count: expected.count / 2)
        try secret.withUnsafeBytes { secret in
            try output.withUnsafeMutableBytes { output in
                try KeyDerivation(algorithms: algorithms).derive(from: secret, salt: salt, info: info, into: output)
            }
        }
        #expect(output.hex == expected)
    }

    @Test(
        "AES-256-GCM gives the answers of its submission to NIST (test cases 13, 14 and 16)",
        arguments: [
            (
                String(repeating: "00", count: 32), String(repeating: "00", count: 12), "", "",
                "530f8afbc74536b9a963b4f1c4cb738b"
            ),
            (
                String(repeating: "00", count: 32), String(repeating: "00", count: 12),
                String(repeating: "00", count: 16), "",
                "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"
            ),
            (
                "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
                "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                    + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
                "feedfacedeadbeeffeedfacedeadbeefabaddad2",
                "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                    + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"
            ),
        ])
    func cipher(key: String, nonce: String, plaintext: String, associatedData: String, sealed: String) throws {
        var cipher = try AuthenticatedCipher(algorithms)
        let key = [UInt8](hex: key)
        let nonce = [UInt8](hex: nonce)
        let plaintext = [UInt8](hex: plaintext)
        let associatedData = [UInt8](hex: associatedData)
        let sealed = [UInt8](hex: sealed)
        var output = [UInt8](repeating: 0, count: sealed.count)
        var opened = [UInt8](repeating: 0, count: plaintext.count)
        try key.withUnsafeBytes { key in
            try nonce.withUnsafeBytes { nonce in
                try associatedData.withUnsafeBytes { data in
                    try plaintext.withUnsafeBytes { plaintext in
                        try output.withUnsafeMutableBytes {
                            try cipher.seal(plaintext, key: key, nonce: nonce, associatedData: data, into: $0)
                        }
                    }
                    try sealed.withUnsafeBytes { sealed in
                        try opened.withUnsafeMutableBytes {
                            try cipher.open(sealed, key: key, nonce: nonce, associatedData: data, into: $0)
                        }
                    }
                }
            }
        }
        #expect(output == sealed)
        #expect(opened == plaintext)
    }

    @Test("a ciphertext that is not authentic leaves no plaintext behind")
    func wipesUnauthenticPlaintext() throws {
        var cipher = try AuthenticatedCipher(algorithms)
        let zeroes = [UInt8](repeating: 0, count: 32)
        var sealed = [UInt8](repeating: 0, count: 48)
        var opened = [UInt8](repeating: 0xEE, count: 32)
        try zeroes.withUnsafeBytes { key in
            let nonce = UnsafeRawBufferPointer(rebasing: key[..<12])
            let data = UnsafeRawBufferPointer(rebasing: key[..<1])
            let otherData = UnsafeRawBufferPointer(rebasing: key[..<2])
            try sealed.withUnsafeMutableBytes {
                try cipher.seal(key, key: key, nonce: nonce, associatedData: data, into: $0)
            }
            _ = sealed.withUnsafeBytes { sealed in
                opened.withUnsafeMutableBytes { opened in
                    #expect(throws: VaultError.notAuthentic) {
                        try cipher.open(sealed, key: key, nonce: nonce, associatedData: otherData, into: opened)
                    }
                }
            }
        }
        #expect(opened == zeroes)
    }
}
