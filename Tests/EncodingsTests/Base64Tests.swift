import Encodings
import Testing

@Suite("Base64")
struct Base64Tests {
    /// RFC 4648 §10.
    @Test(
        "writes and reads the published examples",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func published(plain: String, text: String) {
        #expect(Self.encode(Array(plain.utf8)) == text)
        #expect(Self.decode(text) == Array(plain.utf8))
    }

    @Test("reads back what it wrote, for every byte at every place of a group")
    func roundTrip() {
        for length in 1...7 {
            for byte in UInt8.min...UInt8.max {
                let bytes = (0..<length).map { UInt8(truncatingIfNeeded: Int(byte) &+ $0 * 85) }
                #expect(Self.decode(Self.encode(bytes)) == bytes)
            }
        }
    }

    @Test(
        "refuses every text that it would not write itself",
        arguments: [
            "Z", "Zg", "Zg=", "Zg===", "====", "=", "Z===", "Zh==", "Zm9=", "Zg==Zg==", "Zg=v", "Zm9v\n", "Zm9-",
            "Zm9_",
            "Zm 9v", "Zm9\u{E9}", "Zg==\n\n\n\n",
        ])
    func refused(text: String) {
        #expect(Self.decode(text) == nil)
    }

    private static func encode(_ bytes: [UInt8]) -> String {
        var text = [UInt8](repeating: 0, count: Base64.encodedCount(bytes.count))
        text.withUnsafeMutableBufferPointer { text in
            guard let start = text.baseAddress else { return }
            bytes.withUnsafeBytes { Base64.encode($0, to: start) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func decode(_ text: String) -> [UInt8]? {
        Array(text.utf8).withUnsafeBufferPointer(Base64.decode)
    }
}
