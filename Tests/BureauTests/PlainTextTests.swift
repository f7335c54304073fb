import Seeds
import Testing

@testable import Bureau

@Suite("PlainText")
struct PlainTextTests {
    /// What Unicode calls each character that a text may not hold; the rest is judged by these alone.
    private static let refusedCategories: Set<Unicode.GeneralCategory> = [
        .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate,
    ]

    private static var scalars: some Sequence<Unicode.Scalar> {
        (UInt32(0)...0x10FFFF).lazy.compactMap(Unicode.Scalar.init)
    }

    @Test("every character between letters is taken or refused by its properties")
    func everyScalar() throws {
        var accepted = 0
        for scalar in Self.scalars {
            let properties = scalar.properties
            let isAllowed =
                !Self.refusedCategories.contains(properties.generalCategory) && !properties.isDefaultIgnorableCodePoint
            var text = "a"
            text.unicodeScalars.append(scalar)
            text.unicodeScalars.append("b")
            if PlainText.accepts(text) != isAllowed {
                try #require(Bool(false), "U+\(String(scalar.value, radix: 16))")
            }
            if isAllowed { accepted += 1 }
        }
        #expect(accepted > 140_000)
    }

    @Test("a character alone is a text unless it is refused, white space, a mark or the blank of Braille")
    func everyScalarAlone() throws {
        for scalar in Self.scalars {
            let properties = scalar.properties
            let isMark = [.nonspacingMark, .spacingMark, .enclosingMark].contains(properties.generalCategory)
            let isBlank = properties.isWhitespace || isMark || scalar.value == 0x2800
            let isText = PlainText.accepts(String(scalar))
            if isText == isBlank && isText { try #require(Bool(false), "U+\(String(scalar.value, radix: 16))") }
            if !isText, !isBlank, PlainText.accepts(scalar) {
                try #require(Bool(false), "U+\(String(scalar.value, radix: 16))")
            }
        }
    }

    @Test(
        "what hides, turns or splits a text is refused",
        arguments: [
            0x0, 0x7, 0x9, 0xA, 0xD, 0x1B, 0x7F, 0x80, 0x85, 0x9F, 0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x180E, 0x200B,
            0x200C, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2060, 0x2061,
            0x2062, 0x2063, 0x2064, 0x2066, 0x2067, 0x2068, 0x2069, 0x3164, 0xE000, 0xFDD0, 0xFE0F, 0xFEFF, 0xFFA0,
            0xFFFE, 0xFFFF, 0xE0001, 0xE0041, 0xE007F, 0xF0000, 0x10FFFF, 0x378,
        ] as [UInt32])
    func refuses(_ value: UInt32) throws {
        let hidden = String(try #require(Unicode.Scalar(value)))
        for text in [hidden, hidden + "Ana", "An" + hidden + "a", "Ana" + hidden, "São" + hidden] {
            #expect(!PlainText.accepts(text))
        }
    }

    @Test(
        "a blank text is refused, whatever white space or marks it is of",
        arguments: [
            "", " ", "   ", "\u{A0}", "\u{1680}", "\u{2000}\u{200A}", "\u{202F}", "\u{205F}", "\u{3000}", "\u{301}",
            " \u{301}", "\u{2800}", "\u{20DD}", "\u{A0} \u{3000}",
        ])
    func refusesBlank(_ text: String) {
        #expect(!PlainText.accepts(text))
        #expect(PlainText.accepts(text + "x"))
    }

    @Test(
        "names and texts as people write them are taken, in any normalisation",
        arguments: [
            "Ana", "João d'Ávila", "Joa\u{303}o", "O\u{2019}Neill", "María-José", "Nguyễn Thị Ánh", "İpek", "Ærø",
            "Мария", "محمد", "王小明", "さくら", "김민지", "अनिल", "ಅನಿಲ್", "S/N", "KM 214,5", "3º andar", "R$ 5",
            "Loja 24 horas ☕", "😀",
            "a b\u{A0}c", "\u{FFFD}",
        ])
    func accepts(_ text: String) {
        #expect(PlainText.accepts(text))
    }

    @Test("malformed UTF-8 is refused, and random bytes never crash")
    func malformed() {
        func accepts(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBufferPointer { PlainText.accepts($0) } }
        for bytes: [UInt8] in [[0x61, 0xFF], [0xC3], [0x61, 0xE2, 0x80], [0xED, 0xA0, 0x80], [0xC0, 0x80]] {
            #expect(!accepts(bytes))
        }
        var random = SeededGenerator(seed: 12)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                UInt8.random(in: .min ... .max, using: &random)
            }
            let isText = String(validating: bytes, as: UTF8.self).map { PlainText.accepts($0) } ?? false
            #expect(accepts(bytes) == isText)
        }
    }
}
