import JSONSchema
import Testing

struct ExactNumberTests {
    @Test(
        "bounds are compared exactly",
        arguments: [
            ("9007199254740993", #"{"maximum":9007199254740992}"#, false),
            ("9007199254740992", #"{"maximum":9007199254740992.0}"#, true),
            ("9007199254740992.0000000001", #"{"maximum":9007199254740992}"#, false),
            ("1e400", #"{"maximum":1e399}"#, false), ("1e400", #"{"exclusiveMinimum":1e399}"#, true),
            ("1e400", #"{"maximum":10e399}"#, true), ("-1e999999999", #"{"minimum":0}"#, false),
            ("1e-999999999", #"{"exclusiveMinimum":0}"#, true), ("-0", #"{"minimum":0}"#, true),
            ("0.1", #"{"minimum":0.10000000000000000000000001}"#, false),
            ("-5", #"{"minimum":-5}"#, true), ("-6", #"{"minimum":-5}"#, false),
        ])
    func bounds(number: String, schema: String, isMet: Bool) throws {
        #expect(try violations(number, schema).isEmpty == isMet)
    }

    @Test(
        "multiples are computed in decimal arithmetic",
        arguments: [
            ("4.02", "0.01", true), ("0.0075", "0.0001", true), ("0.00751", "0.0001", false), ("19.99", "0.01", true),
            ("1e308", "0.123456789", false), ("12391239123", "1e-8", true), ("0", "7", true), ("-0.0", "0.3", true),
            ("-21", "7", true), ("22", "7", false), ("1e999999999", "3", false), ("3e999999999", "3", true),
            ("1e999999999", "1e999999998", true), ("1e5", "1e6", false), ("123456789012345678901234567890", "10", true),
            ("999999999999999999000000000000000000", "999999999999999999", true),
            ("999999999999999998000000000000000000", "999999999999999999", false), ("1e-400", "1e-401", true),
            ("2469135780246913578024691357802469135780000000", "1234567890123456789012345678901234567890", true),
            ("2469135780246913578024691357802469135780000001", "1234567890123456789012345678901234567890", false),
            ("1e999999999", "1267650600228229401496703205376", true),
            ("1e99", "1267650600228229401496703205376", false),
            ("1e100", "1267650600228229401496703205376", true),
            ("7e999999999", "1267650600228229401496703205377", false),
        ])
    func multiples(number: String, divisor: String, isMet: Bool) throws {
        #expect(try violations(number, #"{"multipleOf":\#(divisor)}"#).isEmpty == isMet)
    }

    @Test("1.0, 1e2 and -0 are integers", arguments: ["1.0", "1e2", "-0", "1.50e1", "1e400"])
    func integers(number: String) throws {
        #expect(try violations(number, #"{"type":"integer"}"#).isEmpty)
    }

    @Test("1.5, 1e-1 and 15e-1 are not integers", arguments: ["1.5", "1e-1", "15e-1", "1e-400"])
    func notIntegers(number: String) throws {
        #expect(try violations(number, #"{"type":"integer"}"#).count == 1)
    }
}
