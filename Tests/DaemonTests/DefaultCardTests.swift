import Foundation
import Seeds
import Testing
import Transcripts

/// The card that is served unless another one is put in its place.
@Suite("The default card")
struct DefaultCardTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    private static let path = "schema/scorecards/default.json"

    @Test("it is what its script makes of the German credit data, by score fit")
    func isRepeatable() throws {
        guard let loans = try SharedFiles.url("credit-data/germancredit.csv"),
            let people = try SharedFiles.url("sample/bureau.ndjson")
        else { return }
        let made = try ChildProcess.start(
            "/usr/bin/env",
            [
                "python3", Repository.path("schema/scorecards/make-default"), try Binary.creditd(), loans.path,
                people.path,
            ], in: scratch
        ).finish()
        #expect(made.exitReason == .exited(0), "\(made.errorText)")
        #expect(try made.text == String(contentsOfFile: Repository.path(Self.path), encoding: .utf8))
    }

    @Test("neither age nor income counts, and it says what it is")
    func isHonest() throws {
        let card = try Self.card()
        let names = try #require(card["characteristics"] as? [[String: Any]]).map { $0["characteristic"] as? String }
        #expect(!names.contains("age") && !names.contains("income") && names.count > 2)
        #expect(card["usesAge"] as? Bool == false)
        #expect((card["description"] as? String)?.contains("no Brazilian score") == true)
    }

    @Test("every bin, category and kind of missing value has a reason in both languages")
    func texts() throws {
        let characteristics = try #require(try Self.card()["characteristics"] as? [[String: Any]])
        for characteristic in characteristics {
            let known = (characteristic["bins"] ?? characteristic["categories"]) as? [[String: Any]] ?? []
            let missing = try #require(characteristic["missing"] as? [String: [String: Any]])
            let other = (characteristic["other"] as? [String: Any]).map { [$0] } ?? []
            #expect(known.count > 1 && missing.count == 4)
            for attribute in known + other + missing.values {
                let reason = attribute["reason"] as? [String: String]
                #expect(reason?["code"]?.isEmpty == false)
                #expect(reason?["en"]?.isEmpty == false && reason?["pt-BR"]?.isEmpty == false)
            }
        }
    }

    private static func card() throws -> [String: Any] {
        let text = try Data(contentsOf: URL(filePath: Repository.path(path)))
        return try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
    }
}
