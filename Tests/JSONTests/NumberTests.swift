import JSON
import Testing

struct NumberTests {
    @Test(
        "an integer within Int64 is read exactly in any notation",
        arguments: [
            ("0", 0), ("-0", 0), ("-0.0e5", 0), ("0e999999999", 0), ("1", 1), ("-1", -1), ("1.0", 1), ("1e2", 100),
            ("1.5e1", 15), ("100e-2", 1), ("0.001e3", 1), ("12.30e1", 123), ("-5E+0", -5),
            ("123456789012345678", 123_456_789_012_345_678), ("9223372036854775807", .max),
            ("-9223372036854775808", .min), ("9223372036854775807.000", .max), ("0.9223372036854775807e19", .max),
            ("9007199254740993", 9_007_199_254_740_993), ("-100000000000000000", -100_000_000_000_000_000),
        ] as [(String, Int64)])
    func integers(text: String, expected: Int64) throws {
        #expect(try Text(text).parse { $0.int64 } == expected)
        #expect(try Text(text).parse { $0.number?.isInteger } == true)
    }

    @Test(
        "a number outside of Int64 or with a fraction is never rounded",
        arguments: [
            "0.5", "1.0000000000000000001", "1e-1", "9223372036854775808", "-9223372036854775809", "1e19", "1e400",
            "18446744073709551616", "1e999999999", "-1e999999999999999999", "1e-999999999", "0.10",
        ])
    func others(text: String) throws {
        #expect(try Text(text).parse { $0.int64 } == nil)
        #expect(try Text(text).parse { String(decoding: $0.rawText, as: UTF8.self) } == text)
    }

    static let ascending = [
        "-1e400", "-9007199254740993", "-9007199254740992", "-10", "-9.99", "-1", "-0.1", "-1e-400", "0", "1e-400",
        "0.0999", "0.1", "0.11", "1", "1.01", "9.99", "10", "99", "100", "9007199254740992", "9007199254740993",
        "1e400",
        "1.0000000001e400", "1e401", "1e999999999",
    ]

    @Test("numbers are ordered by their exact values", arguments: 0..<ascending.count)
    func order(index: Int) throws {
        try Text("[\(NumberTests.ascending.joined(separator: ","))]").parse { root in
            let numbers = root.elements.compactMap(\.number)
            for (other, number) in numbers.enumerated() {
                #expect((numbers[index] < number) == (index < other))
                #expect((numbers[index] == number) == (index == other))
            }
        }
    }

    @Test(
        "numbers of equal value in different notations have equal hashes",
        arguments: [
            ["1", "1.0", "1e0", "10e-1", "0.1e1", "1.000e+00"], ["0", "-0", "0.0", "0e5", "-0.00E-7"],
            ["1e400", "10e399", "0.001e403"], ["-12.5", "-125e-1", "-1.25e1", "-12.500"],
        ])
    func sameValue(texts: [String]) throws {
        try Text("[\(texts.joined(separator: ","))]").parse { root in
            #expect(Set(root.elements).count == 1)
            #expect(Set(root.elements.compactMap(\.number)).count == 1)
        }
    }
}
