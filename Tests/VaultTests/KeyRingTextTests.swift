import Bureau
import Testing

@testable import Vault

struct KeyRingTextTests {
    private static let one = String(repeating: "1a", count: 32)
    private static let two = String(repeating: "2b", count: 32)
    private static let good = "creditd key ring 1\n# private\nbase A\ntoken \(one)\nwrap 1 \(two)\n"

    private func parse(_ text: String, base: Base = .a) throws(KeyRingError) -> KeyRing {
        let bytes = Array(text.utf8)
        return try bytes.withUnsafeBufferPointer { (bytes) throws(KeyRingError) in
            try KeyRing(text: UnsafeRawBufferPointer(bytes), base: base)
        }
    }

    @Test("a ring is read with its comments and its wrapping keys in any order")
    func reads() throws {
        let ring = try parse(KeyRingTextTests.good + "# older\nwrap 4294967295 \(Self.one)\nwrap 7 \(Self.two)\n#\n")
        #expect(ring.base == .a)
        #expect(ring.newestWrappingKey == .max)
        #expect(ring.wrappingSecrets.keys.sorted() == [1, 7, .max])
        #expect(ring.tokenSecret.withBytes { Array($0).hex } == Self.one)
        #expect(ring.wrappingSecrets[7]?.withBytes { Array($0).hex } == Self.two)
    }

    @Test("the text that a ring writes is read as the same ring")
    func roundTrip() throws {
        let ring = try parse(KeyRingTextTests.good + "wrap 2 \(Self.one)\n")
        let text = ring.withText { String(decoding: $0, as: UTF8.self) }
        #expect(
            text.split(separator: "\n").map { $0.prefix(7) } == [
                "creditd", "# The s", "base A", "token 1", "wrap 1 ", "wrap 2 ",
            ])
        let again = try parse(text)
        #expect(again.wrappingSecrets.keys.sorted() == [1, 2])
        #expect(again.tokenSecret.withBytes { Array($0) } == ring.tokenSecret.withBytes { Array($0) })
    }

    @Test("further token keys have a time, in any order with wrapping keys, and are written as they were read")
    func tokenKeys() throws {
        let line = "token 2 \(Self.two) 2026-11-30T05:00:00Z\n"
        let complete = "token 1 \(Self.one) 2026-11-29T05:00:00Z complete\n"
        let ring = try parse(Self.good + line + "wrap 2 \(Self.one)\n" + complete)
        #expect(ring.tokenKeys.keys.sorted() == [1, 2] && ring.newestTokenKey == 2)
        #expect(ring.tokenKeys[1]?.isComplete == true && ring.tokenKeys[2]?.isComplete == false)
        #expect(ring.tokenKeys[2]?.since.text == "2026-11-30T05:00:00Z")
        let text = ring.withText { String(decoding: $0, as: UTF8.self) }
        #expect(text.contains(line) && text.contains(complete))
        #expect(try parse(text).tokenKeys.count == 2)
        let number = Self.good.split(separator: "\n").count + 1
        for wrong in [
            "token 0 \(Self.two) 2026-11-30T05:00:00Z\n", "token 256 \(Self.two) 2026-11-30T05:00:00Z\n",
            "token 01 \(Self.two) 2026-11-30T05:00:00Z\n", "token 1 \(Self.two)\n", "token 1 \(Self.two) soon\n",
            "token 1 \(Self.two) 2026-11-30T05:00:00Z done\n", "token 1 2b 2026-11-30T05:00:00Z\n",
            "token 1 \(Self.two) 2026-11-30T05:00:00Z \n", "token \(Self.two)\n",
        ] {
            #expect(throws: KeyRingError.malformed(line: number, .tokenKey), "\(wrong)") {
                try parse(Self.good + wrong)
            }
        }
        #expect(throws: KeyRingError.malformed(line: number + 1, .repeatedNumber)) {
            try parse(Self.good + line + line)
        }
    }

    @Test("the ring of another base is refused", arguments: [Base.b, .c])
    func otherBase(base: Base) {
        #expect(throws: KeyRingError.wrongBase(.a)) { try parse(KeyRingTextTests.good, base: base) }
    }

    private static let malformedTexts: [(String, Int, KeyRingError.Fault)] = [
        ("", 1, .version),
        ("\n", 1, .version),
        ("creditd key ring 2\n", 1, .version),
        ("creditd key ring 1\r\n", 1, .version),
        ("# private\ncreditd key ring 1\n", 1, .version),
        ("creditd key ring 1", 1, .cut),
        ("creditd key ring 1\n", 2, .missing),
        ("creditd key ring 1\n# private\n", 3, .missing),
        ("creditd key ring 1\n\nbase A\n", 2, .base),
        ("creditd key ring 1\nbase D\n", 2, .base),
        ("creditd key ring 1\nbase a\n", 2, .base),
        ("creditd key ring 1\nbase A \n", 2, .base),
        ("creditd key ring 1\nbase \n", 2, .base),
        ("creditd key ring 1\ntoken \(one)\nbase A\n", 2, .base),
        ("creditd key ring 1\nbase A\n", 3, .missing),
        ("creditd key ring 1\nbase A\nwrap 1 \(two)\ntoken \(one)\n", 3, .token),
        ("creditd key ring 1\nbase A\ntoken \(one.dropLast())\n", 3, .token),
        ("creditd key ring 1\nbase A\ntoken \(one)0\n", 3, .token),
        ("creditd key ring 1\nbase A\ntoken  \(one)\n", 3, .token),
        ("creditd key ring 1\nbase A\ntoken \(one) \n", 3, .token),
        ("creditd key ring 1\nbase A\ntoken \(one)\r\n", 3, .token),
        ("creditd key ring 1\nbase A\ntoken \(one.uppercased())\n", 3, .token),
        ("creditd key ring 1\nbase A\ntoken \(one.dropLast())g\n", 3, .token),
        ("creditd key ring 1\nbase A\ntoken \(one)", 3, .cut),
        ("creditd key ring 1\nbase A\ntoken \(one)\n", 4, .missing),
        (good + "token \(one)\n", 6, .tokenKey),
        (good + "\n", 6, .wrap),
        (good + "wrap\n", 6, .wrap),
        (good + "wrap \(two)\n", 6, .wrap),
        (good + "wrap  2 \(two)\n", 6, .wrap),
        (good + "wrap 0 \(two)\n", 6, .wrap),
        (good + "wrap -2 \(two)\n", 6, .wrap),
        (good + "wrap +2 \(two)\n", 6, .wrap),
        (good + "wrap 02 \(two)\n", 6, .wrap),
        (good + "wrap 2.0 \(two)\n", 6, .wrap),
        (good + "wrap 4294967296 \(two)\n", 6, .wrap),
        (good + "wrap 2 \(two)00\n", 6, .wrap),
        (good + "wrap 2 \(two.dropLast(2))\n", 6, .wrap),
        (good + "wrap 2 \(two) # new\n", 6, .wrap),
        (good + "wrap 2 \(one)\nwrap 1 \(two)\n", 7, .repeatedNumber),
        (good + "# cut", 6, .cut),
        (good + "\0", 6, .cut),
    ]

    @Test("a malformed line is refused by its number, and its content is not told", arguments: malformedTexts)
    func malformed(text: String, line: Int, fault: KeyRingError.Fault) throws {
        let error = try #require(throws: KeyRingError.self) { try parse(text) }
        #expect(error == .malformed(line: line, fault))
        #expect(error.description.contains("line \(line) "))
        for content in ["1a1a", "2b2b", "1A1A"] {
            #expect(!"\(error) \(String(reflecting: error))".contains(content))
        }
    }

    @Test("a ring that is cut anywhere is refused")
    func cut() {
        for count in 0..<KeyRingTextTests.good.utf8.count {
            #expect(throws: KeyRingError.self) { try parse(String(KeyRingTextTests.good.prefix(count))) }
        }
    }

    @Test("bytes that are no text are refused")
    func binary() {
        let bytes = Array("creditd key ring 1\nbase ".utf8) + [0xC3, 0x28, 0xFF, 0x0A]
        _ = bytes.withUnsafeBytes { bytes in
            #expect(throws: KeyRingError.malformed(line: 2, .base)) { try KeyRing(text: bytes, base: .a) }
        }
    }
}
