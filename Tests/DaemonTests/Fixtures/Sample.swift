import Conformance
import Foundation
import Seeds

/// The sample: a bureau's day, eleven requests for each of many people.
struct Sample: Sendable {
    /// The large sample beside the repository, or else the repository's own.
    let path: String
    let bytes: [UInt8]
    let requests: [Request]

    static let bureau = Result { try Sample() }

    private init() throws {
        path = try SharedFiles.url("sample/bureau.ndjson")?.path ?? Repository.path("schema/sample/bureau.ndjson")
        bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        requests = try bytes.split(separator: 0x0A).map { try Request(line: $0) }
    }

    func requests(of methods: String...) -> [Request] {
        requests.filter { methods.contains($0.method) }
    }

    var persons: [Tree] { requests(of: "person.create").map(\.params) }

    var cpfs: [String] { persons.compactMap { $0["cpf"]?.string } }
}
