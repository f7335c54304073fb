import Encodings
import Testing

@Suite("PercentEncoding")
struct PercentEncodingTests {
    @Test(
        "encodes what is reserved, byte by byte and in upper case",
        arguments: [
            ("", ""), ("a-b.c_d~9", "a-b.c_d~9"), ("a b", "a%20b"), ("100%", "100%25"),
            ("/?#[]@", "%2F%3F%23%5B%5D%40"),
            ("São", "S%C3%A3o"), ("\0\u{7F}", "%00%7F"), ("+&=", "%2B%26%3D"),
        ])
    func encodes(plain: String, text: String) {
        #expect(PercentEncoding.encode(plain) == text)
        #expect(PercentEncoding.decode(text) == plain)
    }

    @Test("leaves exactly the 66 unreserved characters as they are")
    func unreserved() {
        let kept = (0..<UInt8(128)).filter { byte in
            let character = String(UnicodeScalar(byte))
            return PercentEncoding.encode(character) == character
        }
        #expect(kept == Array("-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~".utf8))
    }

    @Test(
        "decodes escapes in either case, and keeps every other character",
        arguments: [("%2f%2F", "//"), ("a+b", "a+b"), ("são", "são"), ("%25%32%35", "%25")])
    func decodes(text: String, plain: String) {
        #expect(PercentEncoding.decode(text) == plain)
    }

    @Test(
        "refuses an incomplete escape, another digit, and bytes that are not UTF-8",
        arguments: ["%", "%4", "a%", "%4g", "%g4", "%%41", "% 41", "%FF", "%C3", "%C3%28", "%ED%A0%80"])
    func refuses(text: String) {
        #expect(PercentEncoding.decode(text) == nil)
    }
}
