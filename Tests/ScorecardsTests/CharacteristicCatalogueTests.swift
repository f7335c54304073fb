import Bureau
import Contracts
import JSON
import Scorecards
import Testing

@Suite("The catalogue of characteristics")
struct CharacteristicCatalogueTests {
    @Test("it has every characteristic that is computed, in both languages")
    func whole() throws {
        let catalogue = try CharacteristicCatalogue(EmbeddedFile.catalogue)
        for name in CharacteristicName.allCases {
            let entry = catalogue[name]
            #expect(entry.name == name)
            for text in [entry.label, entry.definition] {
                #expect(!text.english.isEmpty && !text.portuguese.isEmpty && text.english != text.portuguese, "\(name)")
            }
            #expect(entry.usesAge == (name == .age))
            #expect(entry.requiresConsent == !name.facts.isDisjoint(with: [.movements, .purchases]), "\(name)")
            #expect(!entry.missing.isEmpty && Set(entry.missing).count == entry.missing.count)
            #expect(entry.requiresConsent == (entry.lawfulClass == .accountData))
            #expect(entry.requiresConsent == Scorecard.needsConsent(name.rawValue))
            // Events alone are dropped, and without an event of base C nobody is known to have been asked about.
            #expect(entry.missing.contains(.truncated) == !name.facts.isDisjoint(with: .events), "\(name)")
            #expect(entry.missing.contains(.noRecord) == !name.facts.isSubset(of: .queries), "\(name)")
            for reason in entry.missing where reason == .notApplicable {
                #expect(entry.definition.english.contains("not_applicable"), "\(name)")
                #expect(entry.definition.portuguese.contains("not_applicable"), "\(name)")
            }
        }
        #expect(Set(catalogue[.housing].categories) == Set(Housing.allCases.map(\.rawValue)))
    }

    @Test("the types have the same names")
    func types() throws {
        func texts(_ path: String, _ read: (Value) -> [String]?) throws -> [String]? {
            try Document(try #require(EmbeddedFile.contracts[path])).withRoot(read)
        }
        let names = CharacteristicName.allCases.map(\.rawValue)
        #expect(try texts("types/characteristic.json") { $0["enum"]?.elements.compactMap(\.string) } == names)
        let properties = try texts("types/characteristics.json") {
            $0["properties"]?.members.compactMap(\.key.string)
        }
        #expect(properties == names)
        let reasons = try texts("types/missing-reason.json") { $0["enum"]?.elements.compactMap(\.string) }
        #expect(reasons == MissingReason.allCases.map(\.rawValue))
    }

    @Test("a catalogue of something else is refused", arguments: ["", "[]", "{}", #"[{"name": "age", "number": 2}]"#])
    func refused(text: String) {
        #expect(throws: CatalogueError.self) { try CharacteristicCatalogue(Array(text.utf8)) }
    }
}
