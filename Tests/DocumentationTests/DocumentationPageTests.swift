import Bureau
import Contracts
import JSONRPC
import Methods
import Testing

@testable import Documentation

@Suite("Documentation page")
struct DocumentationPageTests {
    private let contracts: ContractSet
    private let page: DocumentationPage

    init() throws {
        contracts = try ContractSet(files: EmbeddedFile.all.map { (path: $0.path, text: $0.bytes) })
        page = try DocumentationPage(
            contracts: contracts, version: "1.2.3",
            tools: ["person.get": .init(name: "person_get", effect: .reads)])
    }

    @Test("every method, type, error, purpose and example is there, with its text")
    func parts() throws {
        let text = page.text
        for contract in contracts.contracts {
            #expect(text.contains("<section id=\(contract.method)"), "\(contract.method)")
            #expect(text.contains(("\(contract.summary)" as HTML).text), "\(contract.method)")
            for example in contract.examples {
                #expect(text.contains(("<h5>\(example.name)</h5>" as HTML).text), "\(contract.method): \(example.name)")
            }
        }
        for type in contracts.types {
            #expect(text.contains("<h3 id=\(OpenRPCDocument.componentName(type.name))>"), "\(type.name)")
        }
        for code in ErrorCode.allCases { #expect(text.contains("<tr id=\(code.reason)><td>\(code.rawValue)<td>")) }
        for item in try contracts.policyFile().purposes {
            #expect(text.contains("<tr id=\(item.purpose.rawValue)>") && text.contains("<td>\(item.basis)<td>"))
        }
    }

    @Test("it has at most 250 kB, fetches nothing, and each identifier stands once")
    func form() throws {
        let text = page.text
        #expect(text.utf8.count <= 250_000, "\(text.utf8.count)")
        #expect(text.contains("content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\""))
        for word in ["http:", "https:", "@import", "url(", " src=", "<link"] {
            #expect(!text.contains(word), "\(word)")
        }
        let script = try #require(text.firstRange(of: "<script>"))
        let names = text[..<script.lowerBound].matches(of: try Regex(#" id=([^ >]+)"#))
            .compactMap { $0.output[1].substring }
        #expect(names.count > 200 && Set(names).count == names.count)
    }

    @Test("what a method may not state is refused in words")
    func rules() throws {
        let text = page.text
        #expect(text.contains("If resolution is \"corrected\": patch; otherwise no patch."))
        #expect(text.contains("With paidOn also paidCents."))
        #expect(text.contains(" data-tool=person_get>"))
    }
}
