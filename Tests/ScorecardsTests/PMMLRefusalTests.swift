import Bureau
import Scorecards
import Seeds
import Testing

@Suite("Refusing PMML documents")
struct PMMLRefusalTests {
    @Test(
        "what cannot be a card of format 2 is refused by line and name",
        arguments: [
            (
                "optype=\"continuous\" dataType=\"double\"", "optype=\"continuous\" dataType=\"float\"",
                #"line 1, <DataField>: dataType="float" is not read; integer, double, string and boolean are"#
            ),
            ("dataType=\"double\"", "dataType=\"date\"", #"line 1, <DataField>: dataType="date" is not read"#),
            (
                "dataType=\"double\"", "dataType=\"string\"",
                "line 4, <SimplePredicate>: the operator lessThan is not read for the field x"
            ),
            (
                "dataType=\"double\"/>",
                "dataType=\"double\"><Value value=\"1\"/><Interval closure=\"openOpen\"/></DataField>",
                "line 1, <DataField>: both values and intervals are declared valid"
            ),
            (
                "<MiningField name=\"x\" ", "<MiningField name=\"x\" outliers=\"asExtremeValues\" ",
                #"line 3, <MiningField>: outliers="asExtremeValues" is not read"#
            ),
            (
                "<MiningField name=\"x\" ", "<MiningField name=\"x\" usageType=\"target\" ",
                "line 3, <MiningField>: the field x has the usage target, and is read"
            ),
            (
                "<MiningField name=\"x\" />", "",
                "line 4, <Characteristic>: the field x is not both in the mining schema"
            ),
            ("useReasonCodes=\"false\"", "", "line 4, <Attribute>: reasons are used, and neither it nor its"),
            (
                "useReasonCodes=\"false\"", "baselineScore=\"1\" reasonCodeAlgorithm=\"pointsAbove\"",
                #"line 2, <Scorecard>: reasonCodeAlgorithm="pointsAbove" is of a score that grows"#
            ),
            (
                "useReasonCodes=\"false\"", "useReasonCodes=\"no\"",
                "line 2, <Scorecard>: useReasonCodes is neither true nor false"
            ),
            (
                "useReasonCodes=\"false\"", "useReasonCodes=\"false\" isScorable=\"false\"",
                "line 2, <Scorecard>: is not scorable"
            ),
            ("\"regression\"", "\"classification\"", #"line 2, <Scorecard>: functionName is not "regression""#),
            ("modelName=\"m\"", "", "line 2, <Scorecard>: has no modelName; --name gives one"),
            (
                "</MiningSchema>", "</MiningSchema><Targets><Target rescaleFactor=\"2\"/></Targets>",
                "line 3, <Target>: rescaleFactor changes the score, and is not read"
            ),
            (
                "</MiningSchema>",
                "</MiningSchema><LocalTransformations><DerivedField name=\"x\"/></LocalTransformations>",
                "line 4, <Characteristic>: the field x is derived from others, which is not read"
            ),
            (
                "field=\"x\" operator=\"isMissing\"", "field=\"y\" operator=\"isMissing\"",
                "line 4, <Characteristic>: reads x, y, and not one field"
            ),
            ("\"lessThan\"", "\"like\"", "line 4, <SimplePredicate>: the operator like is not read for the field x"),
            ("\"18\"", "\"eighteen\"", #"line 4, <SimplePredicate>: "eighteen" is no number"#),
            ("\"18\"", "\"INF\"", #"line 4, <SimplePredicate>: "INF" is no number"#),
            ("\"18\"", "\"0x10\"", #"line 4, <SimplePredicate>: "0x10" is no number"#),
            ("</MiningSchema>", "</MiningSchema><Bonus/>", "line 3, <Bonus>: is not read inside of <Scorecard>"),
            ("<Characteristics>", "<Characteristics/><Characteristics>", "line 4, <Characteristics>: is there twice"),
            (
                "<Characteristics>", "<Characteristics><Bonus/>",
                "line 4, <Bonus>: is not read inside of <Characteristics>"
            ),
            ("name=\"c\" >", "name=\"c\" ><Bonus/>", "line 4, <Bonus>: is not read inside of <Characteristic>"),
            ("value=\"18\"/>", "value=\"18\"/><Bonus/>", "line 4, <Bonus>: is not read inside of <Attribute>"),
            (
                "value=\"18\"/>", "value=\"18\"/><True xmlns=\"urn:x\"/>",
                "line 4, <True>: is not read inside of <Attribute>"
            ),
            (
                "</DataDictionary>", "<DataField name=\"x\" dataType=\"string\"/></DataDictionary>",
                "line 1, <DataField>: the field x is declared twice"
            ),
            (
                "</MiningSchema>", "<MiningField name=\"x\"/></MiningSchema>",
                "line 3, <MiningField>: the field x is there twice"
            ),
            (
                "dataType=\"double\"", "dataType=\"double\" isCyclic=\"1\"",
                #"line 1, <DataField>: isCyclic="1" is not read"#
            ),
            ("\"2\"", "\"1000001\"", #"line 5, <Attribute>: partialScore="1000001" is beyond 1000000 points"#),
            ("\"2\"", "\"two\"", #"line 5, <Attribute>: partialScore="two" is no number"#),
            (" partialScore=\"2\"", "", "line 5, <Attribute>: has no partialScore"),
            (
                "operator=\"isNotMissing\"/>", "operator=\"isNotMissing\"/><ComplexPartialScore/>",
                "line 5, <ComplexPartialScore>: points that are computed from a value are not read"
            ),
            (
                "operator=\"isNotMissing\"/>", "operator=\"isNotMissing\"/><True/>",
                "line 5, <Attribute>: has 2 predicates, and not one"
            ),
            (
                "<Scorecard modelName=\"m\"", "<RegressionModel/><Scorecard modelName=\"m\"",
                "the document has <RegressionModel>, <Scorecard>, and not one <Scorecard>"
            ),
            ("PMML-4_4", "PMML-3_2", "the root is <PMML> of \"http://www.dmg.org/PMML-3_2\""),
            ("<Header/>", "<Header>", "line 7: mismatched tag"),
        ])
    func refused(part: String, replacement: String, reason: String) throws {
        let text = PMMLDocument().text.replacing(part, with: replacement)
        #expect(text != PMMLDocument().text)
        let error = #expect(throws: PMMLError.self) { try ScorecardFile(pmml: Array(text.utf8)) }
        #expect(error?.description.hasPrefix(reason) == true, "\(error?.description ?? "")")
    }

    @Test("a predicate of a kind that is not read is refused", arguments: ["xor", "surrogate"])
    func compounds(name: String) throws {
        var document = PMMLDocument()
        document.attributes = """
            <Attribute partialScore="1"><CompoundPredicate booleanOperator="\(name)">
            <SimplePredicate field="x" operator="isMissing"/></CompoundPredicate></Attribute>
            """
        let error = #expect(throws: PMMLError.self) { try document.card() }
        #expect(error?.description.contains(#"booleanOperator="\#(name)" is not read"#) == true)
    }

    @Test("a field that no characteristic reads cannot be mapped")
    func unknownField() throws {
        var options = PMMLImport()
        options.characteristics = ["y": "income"]
        #expect(throws: PMMLError.unknownField("y")) { try PMMLDocument().card(options) }
    }

    @Test(
        "a document type declaration is refused before an entity expands or a file is opened",
        arguments: [
            "<!DOCTYPE lolz [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]>",
            "<!DOCTYPE PMML [<!ENTITY f SYSTEM \"file:///etc/passwd\">]>",
            "<!DOCTYPE PMML SYSTEM \"http://x.invalid/d\">",
        ])
    func entities(declaration: String) throws {
        let text = "<?xml version=\"1.0\"?>\n\(declaration)\n<PMML>&c;&f;</PMML>"
        let error = #expect(throws: PMMLError.self) { try ScorecardFile(pmml: Array(text.utf8)) }
        #expect(
            error
                == .notXML(
                    line: 2, "a document type declaration (<!DOCTYPE>), which is not read: it defines entities"))
    }

    @Test("depth, elements and bytes have limits")
    func limits() throws {
        func reason(_ text: [UInt8]) -> String? {
            #expect(throws: PMMLError.self) { try ScorecardFile(pmml: text) }?.description
        }
        let deep = String(repeating: "<a>", count: 65) + String(repeating: "</a>", count: 65)
        #expect(reason(Array(deep.utf8)) == "line 1: elements more than 64 deep")
        let wide = "<a>" + String(repeating: "<b/>", count: 100_000) + "</a>"
        #expect(reason(Array(wide.utf8)) == "line 1: more than 100000 elements")
        #expect(reason([UInt8](repeating: UInt8(ascii: " "), count: 16 << 20 + 1)) == "line 1: more than 16 MiB")
        let long = String(repeating: "x", count: 256 << 10 + 1)
        #expect(reason(Array("<a b=\"\(long)\"/>".utf8)) == "line 1: the attribute b has more than 256 KiB")
        #expect(reason(Array("<a>\(long)</a>".utf8)) == "line 1: a text of more than 256 KiB")
        #expect(reason([]) == "line 1: no element found")
    }

    @Test("a document that lists very many values is refused before they are compared with each other")
    func manyValues() throws {
        func reason(_ document: PMMLDocument) -> String? {
            #expect(throws: PMMLError.self) { try document.card() }?.description
        }
        let predicate = #"<SimplePredicate field="x" operator="notEqual" value="1"/>"#
        var document = PMMLDocument()
        document.attributes =
            #"<Attribute partialScore="1"><CompoundPredicate booleanOperator="or">"#
            + String(repeating: predicate, count: 1001) + "</CompoundPredicate></Attribute>"
        #expect(reason(document) == "line 4, <Characteristic>: more than 1000 predicates")
        document.attributes = (0..<201).map {
            #"<Attribute partialScore="1"><SimplePredicate field="x" operator="equal" value="\#($0)"/></Attribute>"#
        }.joined()
        #expect(reason(document) == "line 4, <Characteristic>: more than 200 bins or categories")
        document.attributes = """
            <Attribute partialScore="1"><SimpleSetPredicate field="x" booleanOperator="isIn">
            <Array>\((0..<1001).map(String.init).joined(separator: " "))</Array></SimpleSetPredicate></Attribute>
            """
        #expect(reason(document) == "line 5, <Array>: more than 1000 values")
        document = PMMLDocument()
        document.field = """
            optype="continuous" dataType="double">\(String(repeating: "<Value value='1'/>", count: 1001))</DataField>
            """
        #expect(reason(document) == "line 1, <DataField>: more than 1000 values and intervals")
    }

    @Test(
        "PMML 4.1 to 4.4 is read, with http and https in its namespace",
        arguments: ["http", "https"], ["4_1", "4_2", "4_3", "4_4"])
    func versions(scheme: String, version: String) throws {
        var document = PMMLDocument()
        document.namespace = "\(scheme)://www.dmg.org/PMML-\(version)"
        #expect(try document.scores([.number(17)]) == [1])
    }

    @Test("a damaged document is a card or an error, and never a crash")
    func mutations() throws {
        var random = SeededGenerator(seed: 14)
        for name in PMMLDocument.fixtures {
            let original = try PMMLDocument.fixture(name)
            for _ in 0..<150 {
                var text = original
                for _ in 0..<Int.random(in: 1...4, using: &random) { Self.mutate(&text, &random) }
                var options = PMMLImport()
                options.fillsHoles = Bool.random(using: &random)
                options.model = "m"
                guard let file = try? ScorecardFile(pmml: text, options) else { continue }
                let again = try ScorecardFile(pmml: ScorecardFile.pmml(file.card))
                #expect(again.hash == file.hash)
            }
        }
    }

    /// Swaps, repeats, removes or replaces a piece of a text.
    private static func mutate(_ text: inout [UInt8], _ random: inout SeededGenerator) {
        let start = Int.random(in: 0..<text.count, using: &random)
        let end = min(text.count, start + Int.random(in: 1...40, using: &random))
        let other = Int.random(in: 0..<text.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: text.removeSubrange(start..<end)
        case 1: text.insert(contentsOf: text[start..<end], at: other)
        case 2: text[start] = UInt8.random(in: 0...255, using: &random)
        case 3: text.replaceSubrange(start..<end, with: Array(words.randomElement(using: &random)!.utf8))
        default: text.swapAt(start, other)
        }
    }

    private static let words = [
        "\"1e308\"", "\"-0\"", "\"\"", "<True/>", "isMissing", "isNotIn", "\"0x1p3\"", "\"9007199254740993\"", "&#0;",
        "\"nan\"",
        "<Value value=\"a\"/>", "closedClosed", "\"5e-324\"", "asMissing", "\"1e-400\"", "]]>", "<!--",
    ]
}
