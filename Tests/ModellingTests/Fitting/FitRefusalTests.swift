import Bureau
import Platform
import Scorecards
import Tables
import Testing

@testable import Modelling

@Suite("Fitting what a card may hold")
struct FitRefusalTests {
    private func content(
        _ header: String, _ selection: DevelopmentSample.Selection = .init(label: "bad"),
        _ row: (Int) -> String
    ) throws -> DevelopmentSample.Content {
        let text = ([header] + (0..<400).map { row($0) + ",\(Self.isBad($0) ? 1 : 0)" }).joined(separator: "\n")
        return try Self.read(Array(text.utf8), selection)
    }

    private static func read(
        _ text: [UInt8], _ selection: DevelopmentSample.Selection
    ) throws -> DevelopmentSample.Content {
        var rest = text[...]
        var reader = try CSVReader { buffer in
            let count = min(buffer.count, rest.count)
            buffer.copyBytes(from: rest.prefix(count))
            rest = rest.dropFirst(count)
            return count
        }
        return try DevelopmentSample.read(&reader, selection)
    }

    private static func isBad(_ index: Int) -> Bool { index * 104_729 % 100 < (index * 7919 % 600 < 300 ? 60 : 15) }

    private func card(_ sample: DevelopmentSample) throws -> Scorecard {
        try ScorecardFit(sample).card(.init(model: "m", version: 1, data: "d", label: "bad"))
    }

    @Test("each kind of missing value has its own points in columns of numbers and of texts, and is no category")
    func kinds() throws {
        let content = try content("income,kind,bad") { index in
            let cell =
                Self.isBad(index)
                ? (index % 3 == 0 ? "truncated" : "no_record") : (index % 4 == 0 ? "not_applicable" : nil)
            return "\(cell ?? "\(index * 7919 % 600)"),\(cell ?? "own")"
        }
        #expect(content.leftOut.isEmpty)
        var options = ScorecardFit.Options()
        options.allowsLeaks = true
        let fit = try ScorecardFit(content.sample, options)
        let card = try fit.card(.init(model: "m", version: 1, data: "d", label: "bad"))
        #expect(!card.characteristics.isEmpty)
        for characteristic in card.characteristics {
            #expect(characteristic.missing.notApplicable.points > characteristic.missing.noRecord.points)
            if case .categories(let categories) = characteristic.table {
                #expect(categories.flatMap(\.values) == ["own"])
            }
            let column = try #require(content.sample.columns.first { $0.name == characteristic.name })
            let compiled = try #require(
                CompiledScorecard(card).characteristics.first { $0.name == characteristic.name })
            for reason in MissingReason.allCases {
                let points = Array(reason.rawValue.utf8).withUnsafeBytes { bytes in
                    compiled.attribute(of: CSVField(bytes: bytes)).map { compiled.points[$0] }
                }
                #expect(points == characteristic.attribute(of: .missing(reason)).points, "\(column.name)")
            }
        }
        let scores = fit.distribution(of: content.sample)
        #expect(ScorecardFit.Measures(scores) == fit.measures)
    }

    @Test("a kind that few cases have, or none, has the points of all missing values")
    func rareKind() throws {
        let content = try content("income,bad") { index in
            index % 50 == 0 ? "truncated" : index % 7 == 0 ? "" : "\(index * 7919 % 600)"
        }
        let missing = try card(content.sample).characteristics[0].missing
        #expect(missing.truncated == missing.notKnownThen && missing.truncated == missing.notApplicable)
    }

    @Test("the texts that are missing in a row are those that no card lists")
    func missingTexts() {
        for text in Scorecard.missingTexts {
            #expect(Array(text.utf8).withUnsafeBytes { CSVField(bytes: $0).missingReason } != nil, "\(text)")
        }
        for text in ["Na", "none", "no_recorD", "truncate", "null "] {
            #expect(Array(text.utf8).withUnsafeBytes { CSVField(bytes: $0).missingReason } == nil, "\(text)")
        }
    }

    @Test("a sample without a usable column is refused by a sentence")
    func noColumn() throws {
        let refusal = FitError.noColumns(leftOut: ["note"], identities: ["cpf"])
        #expect(throws: refusal) { try content("note,cpf,bad") { "n\($0),\($0)" } }
        #expect(refusal.description.hasPrefix("no column is left to fit: left out, because they have numbers"))
        #expect(refusal.description.hasSuffix("note; left out, because they tell who a person is, or of when: cpf"))
        #expect(throws: FitError.noColumns(leftOut: [], identities: ["asOf"])) {
            try content("asOf,bad") { "2026-01-0\(1 + $0 % 9)" }
        }
        #expect(throws: FitError.noColumns(leftOut: [], identities: [])) {
            try content("note,bad", .init(label: "bad", only: [])) { "n\($0)" }
        }
    }

    @Test("a column of CPF numbers, and one that is named cpf or id, is left out and named")
    func identities() throws {
        let header = "key,ID,income,bad"
        let row = { (index: Int) in "\(Self.cpf(100_000_000 + UInt64(index) * 7919)),\(index),\(index * 7919 % 600)" }
        let read = try content(header, .init(label: "bad"), row)
        #expect(read.identities == ["key", "ID"] && read.sample.columns.map(\.name) == ["income"])
        #expect(throws: FitError.identity("key")) {
            try content(header, .init(label: "bad", only: ["key", "income"]), row)
        }
    }

    /// The CPF with these nine digits.
    private static func cpf(_ base: UInt64) -> UInt64 {
        (0..<100).lazy.map { base * 100 + $0 }.first { CPF(number: $0) != nil } ?? 0
    }

    @Test("columns without a usable name are left out, and refused when they are asked for")
    func names() throws {
        let long = String(repeating: "x", count: 65)
        let row = { (index: Int) in "\(index),\(index),\(index * 7919 % 600)" }
        let read = try content(",\(long),income,bad", .init(label: "bad"), row)
        #expect(read.sample.columns.map(\.name) == ["income"] && read.leftOut == ["column 1", "column 2"])
        #expect(throws: FitError.longName(long)) {
            try content(",\(long),income,bad", .init(label: "bad", only: [long]), row)
        }
    }

    @Test("texts that are no UTF-8, hold NUL, or differ in composition alone are never in a card", arguments: 0..<3)
    func texts(_ way: Int) throws {
        let pairs: [([UInt8], [UInt8])] = [
            ([0x61, 0xFF], [0x61]), ([0x61, 0], [0x61]), ([0xC3, 0xA9], [0x65, 0xCC, 0x81]),
        ]
        var text = Array("kind,bad\n".utf8)
        for index in 0..<400 {
            text += (index % 2 == 0 ? pairs[way].0 : pairs[way].1) + Array(",\(Self.isBad(index) ? 1 : 0)\n".utf8)
        }
        #expect(throws: FitError.noColumns(leftOut: ["kind"], identities: [])) {
            try Self.read(text, .init(label: "bad"))
        }
        #expect(throws: FitError.unusableTexts("kind")) {
            try Self.read(text, .init(label: "bad", only: ["kind"]))
        }
    }
}
