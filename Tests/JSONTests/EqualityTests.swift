import JSON
import Testing

struct EqualityTests {
    @Test(
        "equality is symmetric, and equal values have equal hashes",
        arguments: [
            ("1", "1.0"), ("\"a\"", #""\u0061""#), ("[1,2]", "[1.0, 2e0]"),
            (#"{"a":1,"b":2}"#, #"{"b":2,"\u0061":1.0}"#),
            ("{}", "{ }"), ("[]", "[ ]"), ("null", "null"), (#"{"a":{"x":[{}],"y":0}}"#, #"{"a":{"y":-0,"x":[{}]}}"#),
        ])
    func equal(left: String, right: String) throws {
        try Text(left).parse { left in
            try Text(right).parse { right in
                #expect(left.isEqual(to: right))
                #expect(right.isEqual(to: left))
                #expect(left.hashValue == right.hashValue)
            }
        }
    }

    @Test(
        "inequality is symmetric",
        arguments: [
            ("1", "2"), ("1", "true"), ("0", "false"), ("null", "false"), ("\"1\"", "1"), ("[]", "{}"),
            ("[1,2]", "[2,1]"),
            ("[1]", "[1,1]"), (#"{"a":1}"#, #"{"a":2}"#), (#"{"a":1}"#, #"{"b":1}"#), (#"{"a":1}"#, #"{"a":1,"b":2}"#),
            (#""é""#, #""e\u0301""#), (#"{"a":1,"b":2}"#, #"{"b":1,"a":2}"#), (#"{"a":1,"b":2}"#, #"{"b":2,"c":1}"#),
            ("9007199254740993", "9007199254740992"), ("\"\"", "null"),
        ])
    func different(left: String, right: String) throws {
        try Text(left).parse { left in
            try Text(right).parse { right in
                #expect(!left.isEqual(to: right))
                #expect(!right.isEqual(to: left))
            }
        }
    }

    @Test("large objects with members in opposite order are equal")
    func largeObjects() throws {
        let members = (0..<20_000).map { #""k\#($0)":\#($0)"# }
        try Text("{\(members.joined(separator: ","))}").parse { left in
            try Text("{\(members.reversed().joined(separator: ","))}").parse { right in
                #expect(left.isEqual(to: right))
            }
        }
    }
}
