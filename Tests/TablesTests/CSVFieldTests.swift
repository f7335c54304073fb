import Seeds
import Tables
import Testing

@Suite("CSV fields")
struct CSVFieldTests {
    private func number(_ text: String) -> Double? {
        Array(text.utf8).withUnsafeBytes { CSVField(bytes: $0).number }
    }

    @Test("numbers are read to the nearest double, as the standard library reads them")
    func correctlyRounded() {
        var generator = SeededGenerator(seed: 14)
        for _ in 0..<200_000 {
            let shift = UInt64.random(in: 0..<64, using: &generator)
            let digits = UInt64.random(in: 0..<10_000_000_000_000_000_000, using: &generator) >> shift
            var text = String(digits)
            let point = Int.random(in: 0...text.count, using: &generator)
            if Bool.random(using: &generator) { text.insert(".", at: text.index(text.startIndex, offsetBy: point)) }
            if Bool.random(using: &generator) { text = "-" + text }
            if Int.random(in: 0..<10, using: &generator) == 0 {
                text += "e\(Int.random(in: -330...280, using: &generator))"
            }
            #expect(number(text) == Double(text), "\(text)")
        }
    }

    @Test("every double is read back from its shortest text")
    func shortestText() {
        var generator = SeededGenerator(seed: 15)
        for _ in 0..<100_000 {
            let value = Double.random(in: -1e7...1e7, using: &generator)
            #expect(number("\(value)") == value)
        }
        for value in [0.5, 1e-300, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 9_007_199_254_740_994] {
            #expect(number("\(value)") == value)
        }
    }

    @Test(
        "halves between two doubles go to the even one",
        arguments: [
            ("9007199254740993", 9_007_199_254_740_992.0), ("9007199254740995", 9_007_199_254_740_996),
            ("9007199254740992.5", 9_007_199_254_740_992), ("9007199254740993.001", 9_007_199_254_740_994),
            ("9999999999999999999", 1e19), ("9223372036854775809", 9_223_372_036_854_775_808),
        ])
    func halves(text: String, value: Double) {
        #expect(number(text) == value)
    }

    @Test(
        "spaces, a sign and an exponent may stand with a number",
        arguments: [
            (" 1", 1.0), ("1\t", 1), ("+1.50", 1.5), ("-.5", -0.5), ("5.", 5), ("1E+2", 100), ("12e-1", 1.2),
            ("00000000000000000000000001", 1),
        ])
    func forms(text: String, value: Double) {
        #expect(number(text) == value)
    }

    @Test(
        "a text that is no number is none",
        arguments: [
            "", " ", ".", "-", "1,5", "1 2", "0x10", "inf", "NaN", "1e", "1e+", "e5", "1e999", "--1", "1.2.3",
        ])
    func noNumber(text: String) {
        #expect(number(text) == nil)
    }

    @Test("an empty field and the usual words stand for no value, and other words do not")
    func missing() {
        let isMissing = { (text: String) in Array(text.utf8).withUnsafeBytes { CSVField(bytes: $0).isMissing } }
        #expect(["", "NA", "N/A", "NaN", "nan", "null", "NULL"].allSatisfy(isMissing))
        #expect(!["none", "None", "0", " ", "na", "no", "nulls", "N"].contains(where: isMissing))
    }
}
