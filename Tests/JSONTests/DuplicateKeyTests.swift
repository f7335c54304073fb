import JSON
import Testing

struct DuplicateKeyTests {
    @Test(
        "a duplicate key is reported at its second occurrence",
        arguments: [
            (#"{"a":1,"a":2}"#, 7), (#"{"a":1,"\u0061":2}"#, 7), (#"{"\u0061":1,"a":2}"#, 12), (#"{"":1,"":2}"#, 6),
            (#"{"a":1,"b":2,"c":3,"b":4,"a":5}"#, 19), (#"{"a":{"b":1},"a":1}"#, 13),
        ])
    func own(text: String, offset: Int) throws {
        try Text(text).parse { root in
            #expect(root.ownDuplicateKey?.offset == offset)
            #expect(root.duplicateKey?.offset == offset)
        }
    }

    @Test(
        "different keys are not duplicates",
        arguments: [
            "{}", #"{"a":1}"#, #"{"a":1,"b":{"a":1}}"#, #"{"é":1,"e\u0301":2}"#, #"{"a":1,"A":2,"aa":3,"":4}"#, "[1,1]",
            #"[{"a":1},{"a":1}]"#, #""a""#,
        ])
    func none(text: String) throws {
        #expect(try Text(text).parse { $0.duplicateKey == nil && $0.ownDuplicateKey == nil })
    }

    @Test("a duplicate key in a nested object is found, but is not the outer object's own")
    func inside() throws {
        try Text(#"{"p":{"q":[1,{"x":[{"r":1,"s":2,"r":3}]}]},"z":{"y":1,"y":2}}"#).parse { root in
            #expect(root.ownDuplicateKey == nil)
            #expect(root.duplicateKey?.string == "r")
            #expect(root["z"]?.duplicateKey?.string == "y")
        }
    }

    @Test(
        "a duplicate key is found in objects of every size, at any position",
        arguments: [2, 3, 31, 32, 33, 34, 200])
    func sizes(count: Int) throws {
        for first in stride(from: 0, to: count - 1, by: max(1, count / 7)) {
            for second in [first + 1, count - 1] {
                let keys = (0..<count).map { "key\($0 == second ? first : $0)" }
                let text = Text("{" + keys.map { #""\#($0)":0"# }.joined(separator: ",") + "}")
                #expect(try text.parse { $0.ownDuplicateKey?.string } == "key\(first)")
            }
        }
    }

    @Test("the duplicate among a million keys is found")
    func million() throws {
        let keys = (0..<1_000_000).map { #""k\#($0 == 999_999 ? 500_000 : $0)":0"# }
        #expect(try Text("{\(keys.joined(separator: ","))}").parse { $0.duplicateKey?.string } == "k500000")
    }
}
