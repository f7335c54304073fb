import Encodings
import Testing

@Suite("Hexadecimal")
struct HexadecimalTests {
    /// RFC 4648 §10, in lower case.
    @Test(
        "writes the published examples",
        arguments: [("", ""), ("f", "66"), ("fo", "666f"), ("foo", "666f6f"), ("foobar", "666f6f626172")])
    func published(plain: String, text: String) {
        #expect(Hexadecimal.text(of: Array(plain.utf8)) == text)
        var appended = Array("0x".utf8)
        Array(plain.utf8).withUnsafeBytes { Hexadecimal.append($0, to: &appended) }
        #expect(appended == Array("0x\(text)".utf8))
    }

    @Test("writes every byte as two digits that read as its halves, in either case")
    func roundTrip() {
        for byte in UInt8.min...UInt8.max {
            let text = Hexadecimal.text(of: [byte])
            #expect(text == text.lowercased())
            for digits in [text, text.uppercased()] {
                #expect(digits.utf8.map { Hexadecimal.value(of: $0) } == [byte >> 4, byte & 0xF])
            }
        }
    }

    @Test("reads exactly 22 of the 256 bytes as digits")
    func refuses() {
        let digits = (UInt8.min...UInt8.max).filter { Hexadecimal.value(of: $0) != nil }
        #expect(digits == Array("0123456789ABCDEFabcdef".utf8))
    }
}
