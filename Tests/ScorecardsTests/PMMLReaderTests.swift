import Bureau
import Scorecards
import Testing

@Suite("Reading PMML scorecards")
struct PMMLReaderTests {
    /// The points are those that jpmml-evaluator 1.7.7 gives.
    @Test(
        "missing and invalid values get what their field makes of them",
        arguments: [
            (
                #"missingValueReplacement="-5" missingValueTreatment="asMean" invalidValueTreatment="asIs""#,
                [1, 2, 1, 3, 1]
            ),
            (#"invalidValueTreatment="asMissing""#, [3, 3, 1, 3, 3]),
            (#"invalidValueTreatment="asIs""#, [1, 2, 1, 3, 3]),
            (#"invalidValueTreatment="asValue" invalidValueReplacement="3""#, [1, 1, 1, 3, 3]),
            (#"invalidValueTreatment="asIs" invalidValueReplacement="30""#, [2, 2, 1, 3, 3]),
            (#"invalidValueTreatment="asMissing" missingValueReplacement="30""#, [2, 2, 1, 2, 2]),
        ])
    func treatments(mining: String, points: [Int64]) throws {
        var document = PMMLDocument(mining: mining)
        document.field = """
            optype="continuous" dataType="double">
            <Interval closure="closedOpen" leftMargin="0" rightMargin="100"/><Value value="-9" property="missing"/>
            </DataField>
            """
        let values: [CharacteristicValue] = [
            .number(-8.5), .number(100), .number(0), .number(-9), .missing(.noRecord),
        ]
        // A value that stands for a missing one is replaced like one.
        let expected = mining.contains("asMean") ? [1, 2, 1, 1, 1] : points
        #expect(try document.scores(values) == expected)
    }

    @Test("the first true attribute wins, and what it takes is no other's")
    func firstWins() throws {
        var document = PMMLDocument()
        document.attributes = """
            <Attribute partialScore="9"><False/></Attribute>
            <Attribute partialScore="1"><CompoundPredicate booleanOperator="or">
              <SimplePredicate field="x" operator="equal" value="5"/>
              <CompoundPredicate booleanOperator="and">
                <SimplePredicate field="x" operator="greaterThan" value="10"/>
                <SimplePredicate field="x" operator="lessOrEqual" value="20"/>
                <SimplePredicate field="x" operator="notEqual" value="15"/>
              </CompoundPredicate></CompoundPredicate></Attribute>
            <Attribute partialScore="2"><SimplePredicate field="x" operator="greaterOrEqual" value="0"/></Attribute>
            <Attribute partialScore="3"><True/></Attribute>
            <Attribute partialScore="4"><SimplePredicate field="x" operator="isMissing"/></Attribute>
            """
        let numbers = [5, 5.0.nextUp, 10, 10.0.nextUp, 15, 20, 20.0.nextUp, 0, -0.5]
        #expect(try document.scores(numbers.map { .number($0) }) == [1, 2, 2, 1, 2, 1, 2, 2, 3])
        #expect(try document.scores([.missing(.truncated)]) == [3])
    }

    @Test("a field of integers has whole bounds")
    func integers() throws {
        var document = PMMLDocument(field: #"optype="continuous" dataType="integer"/>"#)
        document.attributes = document.attributes.replacing("lessThan", with: "lessOrEqual")
        guard case .bins(let bins) = try document.card().characteristics[0].table else { return #expect(Bool(false)) }
        #expect(bins.map(\.to) == [19, nil])
    }

    @Test("categories are read from sets, negated ones too, and truth values as programs write them")
    func categories() throws {
        var document = PMMLDocument(field: #"optype="categorical" dataType="string"/>"#)
        document.attributes = """
            <Attribute partialScore="1"><SimpleSetPredicate field="x" booleanOperator="isIn">
              <Array type="string" n="3">a  "b c" "d \\"e\\" \\f"</Array></SimpleSetPredicate></Attribute>
            <Attribute partialScore="2"><SimpleSetPredicate field="x" booleanOperator="isNotIn">
              <Array>g</Array></SimpleSetPredicate></Attribute>
            <Attribute partialScore="3"><True/></Attribute>
            """
        let values: [CharacteristicValue] = [
            .category("a"), .category("b c"), .category(#"d "e" \f"#), .category("g"), .category(""),
            .missing(.noRecord),
        ]
        #expect(try document.scores(values) == [1, 1, 1, 3, 2, 3])
        document.field = #"optype="categorical" dataType="boolean"/>"#
        document.attributes = """
            <Attribute partialScore="1"><SimplePredicate field="x" operator="equal" value="true"/></Attribute>
            <Attribute partialScore="2"><SimplePredicate field="x" operator="notEqual" value="1"/></Attribute>
            <Attribute partialScore="3"><SimplePredicate field="x" operator="isMissing"/></Attribute>
            """
        document.mining = #"invalidValueTreatment="asMissing""#
        let truths = ["TRUE", "1.0", "False", "0", "yes"].map { CharacteristicValue.category($0) }
        #expect(try document.scores(truths) == [1, 1, 2, 2, 3])
    }

    @Test(
        "values without points are named, and get the fewest when that is asked for",
        arguments: [
            (
                #"<SimplePredicate field="x" operator="lessThan" value="150000"/>"#,
                ["there are no points for numbers from 150000 up", "there are no points for a missing value"]
            ),
            (
                #"<CompoundPredicate booleanOperator="or"><SimplePredicate field="x" operator="notEqual" value="0.5"/>"#
                    + #"<SimplePredicate field="x" operator="isMissing"/></CompoundPredicate>"#,
                ["there are no points for numbers from 0.5 to below 0.5000000000000001"]
            ),
        ])
    func holes(predicate: String, holes: [String]) throws {
        var document = PMMLDocument()
        document.attributes = """
            <Attribute partialScore="7">\(predicate)</Attribute>
            <Attribute partialScore="5"><SimplePredicate field="x" operator="lessThan" value="-100"/></Attribute>
            """
        #expect(throws: PMMLError.holes(holes.map { "x: \($0)" })) { try document.card() }
        #expect(try document.scores([.number(0.5), .number(1e9), .number(0)], filling: true).last == 7)
        document.attributes = document.attributes.replacing("150000", with: "0").replacing("-100", with: "0.5")
        #expect(try document.scores([.number(2)], filling: true) == [predicate.contains("notEqual") ? 7 : 5])
    }

    @Test("holes of categories are named: those that are listed, others, and values that invalidValueTreatment refuses")
    func categoryHoles() throws {
        var document = PMMLDocument()
        document.field = #"optype="categorical" dataType="string"><Value value="a"/><Value value="b"/></DataField>"#
        document.attributes = """
            <Attribute partialScore="1"><SimplePredicate field="x" operator="equal" value="a"/></Attribute>
            <Attribute partialScore="2"><SimplePredicate field="x" operator="isMissing"/></Attribute>
            """
        #expect(throws: PMMLError.holes(["x: there are no points for other categories"])) { try document.card() }
        document.mining = #"invalidValueTreatment="asMissing""#
        #expect(throws: PMMLError.holes([#"x: there are no points for the category "b""#])) { try document.card() }
        let values: [CharacteristicValue] = [.category("a"), .category("b"), .category("c")]
        #expect(try document.scores(values, filling: true) == [1, 1, 2])
    }

    @Test("what producers write is read, with its holes told")
    func producers() throws {
        #expect(
            throws: PMMLError.holes([
                "credit.amount: there are no points for a missing value",
                "housing: there are no points for other categories",
                "housing: there are no points for a missing value", "savings: there are no points for other categories",
            ])
        ) { try ScorecardFile(pmml: PMMLDocument.fixture("r-scorecard.pmml")) }
        var options = PMMLImport()
        options.fillsHoles = true
        options.characteristics = ["age.in.years": "age", "credit.amount": "amount"]
        let card = try ScorecardFile(pmml: PMMLDocument.fixture("r-scorecard.pmml"), options).card
        #expect(card.characteristics.map(\.name) == ["age", "amount", "housing", "savings"])
        #expect(card.characteristics.map(\.baseline) == [21, 41, 14, 38])
        #expect(card.usesAge && card.model == "scorecard" && card.version == 1 && card.basePoints == 449)
        #expect(
            card.score([.number(34.5), .number(4000.0.nextUp), .category("x"), .missing(.noRecord)]).rawScore
                == 449 - 3 - 33 - 34 - 4)
    }

    @Test("a field that is mapped to movements or purchases makes the card need consent")
    func consent() throws {
        var options = PMMLImport()
        #expect(try !PMMLDocument().card(options).requiresConsent)
        options.characteristics = ["x": "cashShare90"]
        #expect(try PMMLDocument().card(options).requiresConsent)
    }

    @Test("reason codes, their baselines and shared codes are kept")
    func reasons() throws {
        let card = try ScorecardFile(pmml: PMMLDocument.fixture("sample.pmml")).card
        #expect(card.version == 3 && card.characteristics.map(\.baseline) == [19, 18, 10, 12, 12, 2, 5])
        let score = card.score([
            .category("marketing"), .number(50), .number(500), .number(-9), .number(0), .category("west"),
            .category("false"),
        ])
        // A gain of 16 under RC3 makes up for the 10 that the tenure costs under the same code.
        #expect(score.reasons.map { $0.reason?.code } == ["RC4", "RC7", "RC6"])
        #expect(score.reasons.map(\.loss) == [5, 4, 2])
    }

    @Test("points are exact decimals, which a scale makes whole")
    func scale() throws {
        var document = PMMLDocument()
        document.attributes = document.attributes.replacing(#""2""#, with: #""0.29""#).replacing(
            #""3""#, with: #""1.50e1""#)
        let error = #expect(throws: PMMLError.self) { try document.card() }
        #expect(
            error?.description.hasSuffix(
                #"<Attribute>: partialScore="0.29" is no whole number; --scale N multiplies all points by N"#) == true)
        var options = PMMLImport()
        options.scale = 100
        let card = try document.card(options)
        #expect(card.score([.number(18)]).rawScore == 29 && card.score([.missing(.noRecord)]).rawScore == 1500)
    }
}
