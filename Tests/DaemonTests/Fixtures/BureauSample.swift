import Foundation
import Seeds
import Transcripts

/// The sample: a day of a bureau, eleven requests for each of many people.
struct BureauSample: Sendable {
    /// The file that `bytes` are made of: the large one beside the repository, or else the one within.
    let path: String
    let bytes: [UInt8]
    let requests: [TestRequest]

    static let shared = Result { try BureauSample() }

    private init() throws {
        path = try SharedFiles.url("sample/bureau.ndjson")?.path ?? Repository.path("schema/sample/bureau.ndjson")
        // The large file is older than the rule that nothing is overdue before it is due.
        let text = try String(contentsOfFile: path, encoding: .utf8)
            .replacing(/("dueDate":"20(?:2[7-9]|3[0-9])-[0-9]{2}-[0-9]{2}","status":)"overdue"/) { match in
                "\(match.1)\"open\""
            }
        bytes = Array(text.utf8)
        requests = try bytes.split(separator: 0x0A).map { try TestRequest(line: $0) }
    }

    func requests(of methods: String...) -> [TestRequest] {
        requests.filter { methods.contains($0.method) }
    }

    var persons: [Tree] { requests(of: "person.create").map(\.params) }

    var cpfs: [String] { persons.compactMap { $0["cpf"]?.string } }
}

/// Derives from the requests of the sample what its reads must answer.
struct SampleOracle {
    private var persons: [String: Tree] = [:]
    private var profiles: [String: Tree] = [:]
    /// The newest recorded event by CPF and kind.
    private var events: [String: [String: Tree]] = [:]

    static let kinds = ["bureau_query", "movement", "card_purchase"]

    /// Takes the next request and returns what its result must have at least.
    mutating func result(of request: TestRequest) -> Tree? {
        let cpf = request.params["cpf"]?.string ?? ""
        switch request.method {
        case "person.create":
            persons[cpf] = request.params
            return .object([.init(key: "version", value: .number("1"))])
        case "profile.put":
            profiles[cpf] = request.params
            return .object([.init(key: "version", value: .number("1"))])
        case "event.record":
            record(request.params, of: cpf)
            return .object([.init(key: "recorded", value: .bool(true))])
        case "person.get": return persons[cpf]
        case "profile.get": return profiles[cpf]
        case "event.latest": return latest(of: cpf)
        case "score.compute": return .object([])
        case "report.get":
            guard let person = persons[cpf], let profile = profiles[cpf] else { return nil }
            return .object([
                .init(key: "person", value: person), .init(key: "profile", value: profile),
                .init(key: "events", value: latest(of: cpf)),
            ])
        default: return nil
        }
    }

    private mutating func record(_ params: Tree, of cpf: String) {
        guard let kind = params["kind"]?.string else { return }
        // All instants of the sample have the same form, so that their texts sort by time.
        let before = events[cpf]?[kind]?["occurredAt"]?.string ?? ""
        if let time = params["occurredAt"]?.string, time > before {
            events[cpf, default: [:]][kind] = .object(params.members.filter { $0.key != "cpf" })
        }
    }

    private func latest(of cpf: String) -> Tree {
        .object(Self.kinds.map { .init(key: $0, value: events[cpf]?[$0] ?? .null) })
    }
}
