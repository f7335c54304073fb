import Bureau
import Contracts
import JSON
import JSONSchema
import Scorecards
import Testing

@Suite("Scorecard files")
struct ScorecardFileTests {
    private let text = """
        {"format": 2, "model": "m", "version": 1, "role": "shadow", "description": "d", "usesAge": true,
         "requiresConsent": true, "basePoints": -5, "characteristics": [
          {"characteristic": "age", "unit": "years", "baseline": 9,
           "bins": [{"to": 2.50, "points": 1, "reason": {"code": "c", "pt-BR": "é", "en": "\\u0065"}},
                    {"from": 25e-1, "to": 1e3, "points": 2}],
           "other": {"points": 3},
           "missing": {"no_record": {"points": 0}, "not_applicable": {"points": 0}, "truncated": {"points": 0},
                       "not_known_then": {"points": 0, "reason": {"en": "x"}}}},
          {"characteristic": "h", "baseline": 9, "categories": [{"values": ["a", "b"], "points": 1}],
           "other": {"points": 3},
           "missing": {"no_record": {"points": 0}, "not_applicable": {"points": 0}, "truncated": {"points": 0},
                       "not_known_then": {"points": 0}}}],
         "modelCard": {"owner": "o", "data": {"description": "d", "sha256": "00", "rows": 10, "bads": 3}, "label": "l",
          "window": "w", "metrics": {"auc": 0.66, "ks": 0.3}, "limits": "n",
          "approval": {"by": "b", "on": "2026-11-29"}}}
        """

    @Test("a card survives its canonical form and the form for people")
    func roundTrip() throws {
        let file = try ScorecardFile(Array(text.utf8))
        #expect(file.card.role == .shadow)
        var again = try ScorecardFile(ScorecardFile.canonical(file.card)).card
        again.role = .shadow
        #expect(again == file.card)
        #expect(try ScorecardFile(ScorecardFile.formatted(file.card)) == file)
    }

    @Test("the hash is that of the canonical form, and does not depend on the role or on blanks")
    func hash() throws {
        let file = try ScorecardFile(Array(text.utf8))
        let champion = text.replacing("shadow", with: "champion").replacing(": ", with: ":")
        #expect(try ScorecardFile(Array(champion.utf8)).hash == file.hash)
        let other = text.replacing(#""points": 2"#, with: #""points": 3"#)
        #expect(try ScorecardFile(Array(other.utf8)).hash != file.hash)
        #expect(file.hash.count == 32)
    }

    @Test(
        "what is malformed is named by its place",
        arguments: [
            (#""basePoints": -5"#, #""basePoints": 0.5"#, "#/basePoints"),
            (#""basePoints": -5"#, #""basePoints": 1000001"#, "#/basePoints"),
            (#""to": 1e3"#, #""to": "1""#, "#/characteristics/0/bins/1/to"),
            (#""to": 1e3"#, #""till": 1e3"#, "#/characteristics/0/bins/1"),
            (#""truncated": {"points": 0},"#, "", "#/characteristics/0/missing"),
            (#""on": "2026-11-29""#, #""on": "2026-13-29""#, "#/modelCard/approval/on"),
            (#""format": 2"#, #""format": 3"#, "#/format"),
            (#"["a", "b"]"#, #"["a", "NA"]"#, "#/characteristics/1/categories/0/values: \"NA\" stands for a missing"),
            (#"["a", "b"]"#, #"["truncated"]"#, "#/characteristics/1/categories/0/values: \"truncated\" stands for"),
            (#"["a", "b"]"#, #"["a", ""]"#, "#/characteristics/1/categories/0/values: \"\" stands for a missing"),
            (#""role": "shadow""#, #""role": "hero""#, "#/role"),
            (#""other": {"points": 3},"#, "", "age: there are no points for numbers from 1000 up"),
            (#""usesAge": true"#, #""usesAge": false"#, "age: a scorecard that gives points for it must say usesAge"),
            (
                #""characteristic": "h""#, #""characteristic": "cashShare90""#,
                "cashShare90: a scorecard that gives points for it must say requiresConsent"
            ),
            (#""version": 1,"#, #""version": 1, "version": 2,"#, "#: a member is there twice"),
            ("}}}", "}}", "not JSON: "),
        ])
    func malformed(_ part: String, _ replacement: String, _ place: String) throws {
        var broken = text.replacing(part, with: replacement, maxReplacements: 1)
        if place.hasPrefix("cash") { broken.replace(#""requiresConsent": true"#, with: #""requiresConsent": false"#) }
        let error = #expect(throws: ScorecardFileError.self) { try ScorecardFile(Array(broken.utf8)) }
        #expect(error?.description.hasPrefix(place) == true, "\(error?.description ?? "")")
    }

    @Test("a card of format 1 is read: its first bin has no lower end, and its best known points are the baseline")
    func format1() throws {
        let card = try ScorecardFile(Array(Self.format1.utf8)).card
        #expect(card.usesAge && card.role == .champion)
        #expect(card.characteristics.map(\.baseline) == [190, 160])
        #expect(card.score([.number(-1), .category("rent")]).rawScore == 53 + 0 + 17)
        #expect(card.score([.number(36), .missing(.noRecord)]).rawScore == 53 + 190 + 114)
        let again = try ScorecardFile(ScorecardFile.canonical(card)).card
        #expect(again == card)
    }

    @Test("the shipped cards and every canonical form are valid by types/scorecard.json")
    func schema() throws {
        var registry = SchemaRegistry()
        for file in EmbeddedFile.all where file.path.hasPrefix("types/") {
            try registry.register(try Document(file.bytes), at: file.path)
        }
        let schema = try registry.compile("types/scorecard.json")
        let shipped = EmbeddedFile.all.filter { $0.path.hasPrefix("scorecards/") }
        #expect(!shipped.isEmpty)
        for bytes in shipped.map(\.bytes) + [Array(text.utf8), Array(Self.format1.utf8)] {
            let card = try ScorecardFile(bytes).card
            let document = try Document(ScorecardFile.canonical(card))
            #expect(document.withRoot { schema.validate($0) }.isEmpty)
        }
    }

    private static let format1 = """
        {"model": "default", "version": 1, "description": "d", "basePoints": 53, "characteristics": [
         {"characteristic": "age", "unit": "years",
          "bins": [{"from": 0, "points": 0}, {"from": 36, "points": 190}], "missing": 0},
         {"characteristic": "housing", "categories": {"own": 160, "rent": 17, "for_free": 0}, "missing": 114}]}
        """
}
