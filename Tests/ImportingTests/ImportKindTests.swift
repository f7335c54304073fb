import Importing
import Testing

@Suite("Kinds of an import")
struct ImportKindTests {
    @Test("a kind is found by its name alone")
    func names() {
        #expect(ImportKind(rawValue: "persons") == .persons)
        #expect(ImportKind(rawValue: "people") == nil)
    }
}
