import Bureau
import Contracts
import Scorecards
import Testing

@Suite("Writing PMML scorecards")
struct PMMLWriterTests {
    @Test("the shipped cards come back from PMML with the same bytes")
    func shipped() throws {
        let texts = EmbeddedFile.all.filter { $0.path.hasPrefix("scorecards/") }.map(\.bytes)
        #expect(!texts.isEmpty)
        for text in texts {
            let card = try ScorecardFile(text).card
            let again = try ScorecardFile(pmml: ScorecardFile.pmml(card)).card
            #expect(ScorecardFile.canonical(again) == ScorecardFile.canonical(card))
        }
    }

    @Test("a card that uses everything comes back with the same bytes")
    func everything() throws {
        let card = try ScorecardFile(Array(Self.everything.utf8)).card
        let again = try ScorecardFile(pmml: ScorecardFile.pmml(card)).card
        #expect(ScorecardFile.canonical(again) == ScorecardFile.canonical(card))
        #expect(again.characteristics == card.characteristics && again.modelCard == card.modelCard)
    }

    @Test("other programs are given a code for each reason, and one kind of missing value: no_record")
    func forOthers() throws {
        let card = try ScorecardFile(Array(Self.everything.utf8)).card
        let text = String(decoding: try ScorecardFile.pmml(card), as: UTF8.self)
        #expect(text.contains(#"<Characteristic name="tenure" reasonCode="creditd.tenure" baselineScore="9">"#))
        #expect(text.contains(#"<Characteristic name="score" reasonCode="score" baselineScore="-3">"#))
        #expect(text.contains(#"<OutputField name="creditd.score""#))
        let others = text.split(separator: "\n").filter { !$0.contains("<Extension") }.joined(separator: "\n")
        var options = PMMLImport()
        options.model = "m"
        let plain = try ScorecardFile(pmml: Array(others.utf8), options).card
        #expect(
            plain.characteristics[0].missing[.truncated].points == card.characteristics[0].missing[.noRecord].points)
        #expect(
            plain.score([.number(0.1), .category("x")]).rawScore == card.score([.number(0.1), .category("x")]).rawScore)
    }

    @Test("a text that XML cannot hold is refused")
    func control() throws {
        let text = Self.everything.replacing("tab", with: "\\u0001")
        let card = try ScorecardFile(Array(text.utf8)).card
        #expect(throws: PMMLError.self) { try ScorecardFile.pmml(card) }
    }

    private static let everything = #"""
        {"format": 2, "model": "a <b> & \"c\"", "version": 77, "description": " two\nlines,\t tab  ", "usesAge": true,
         "requiresConsent": true, "basePoints": -5, "characteristics": [
          {"characteristic": "tenure", "unit": "years", "baseline": 9,
           "bins": [{"to": 0.1, "points": 1, "reason": {"code": "tenure", "pt-BR": "é'<", "en": "\u0065"}},
                    {"from": 0.1, "to": 0.30000000000000004, "points": 1}, {"from": 1e21, "points": 2}],
           "other": {"points": 3, "reason": {"en": "e"}},
           "missing": {"no_record": {"points": 0}, "not_applicable": {"points": 1}, "truncated": {"points": -20},
                       "not_known_then": {"points": 0, "reason": {"en": "x"}}}},
          {"characteristic": "score", "baseline": -3,
           "categories": [{"values": ["a", "b \"c\"", " "], "points": 1}, {"values": ["d\\", "\\\"", "é"], "points": 2},
                          {"values": ["\n"], "points": 1}],
           "other": {"points": 3, "reason": {"code": "c"}},
           "missing": {"no_record": {"points": 0}, "not_applicable": {"points": 0}, "truncated": {"points": 0},
                       "not_known_then": {"points": 0}}}],
         "modelCard": {"owner": "o", "data": {"description": "d", "sha256": "00", "rows": 10, "bads": 3}, "label": "l",
          "window": "w", "metrics": {"auc": 0.66, "ks": 0.3}, "limits": "<n>",
          "approval": {"by": "b", "on": "2026-11-29"}}}
        """#
}
