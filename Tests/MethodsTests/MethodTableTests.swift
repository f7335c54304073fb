import Bureau
import JSON
import Testing

@testable import JSONRPC
@testable import Methods

@Suite("The methods of the bureau")
struct MethodTableTests {
    /// What each method reads and writes, by base; those that are not here are answered at once.
    private static let footprints: [String: (reads: Bases, writes: Bases)] = [
        "person.create": ([], .a), "person.get": (.a, []), "person.update": ([], .a), "person.delete": ([], .a),
        "debt.add": ([], .a), "debt.list": (.a, []), "debt.update": ([], .a), "debt.remove": ([], .a),
        "profile.put": ([], .b), "profile.get": (.b, []), "profile.update": ([], .b), "profile.delete": ([], .b),
        "score.compute": (.b, .b), "score.history": (.b, []),
        "event.record": ([], .c), "event.latest": (.c, []), "event.history": (.c, []),
        "report.get": ([.a, .b, .c], [.b, .c]), "system.health": ([], []),
    ]

    private func grouped() throws -> [(name: String, method: GroupedMethod)] {
        try Served().table.entries.compactMap { entry in
            if case .grouped(let method) = entry.kind { (entry.name, method) } else { nil }
        }
    }

    @Test("each method keeps its order with those that touch the same base")
    func footprints() throws {
        let methods = try grouped()
        #expect(Set(methods.map(\.name)) == Set(Self.footprints.keys))
        for (name, method) in methods {
            let expected = try #require(Self.footprints[name])
            #expect(method.footprint == Footprint(reads: expected.reads, writes: expected.writes), "\(name)")
        }
    }

    @Test("what asks no base or base C alone goes ahead of the others")
    func urgency() throws {
        for (name, method) in try grouped() {
            let bases = Bases(rawValue: method.footprint.reads | method.footprint.writes)
            #expect(method.isUrgent == bases.isSubset(of: .c), "\(name)")
        }
    }

    @Test("a method about a person takes the person as its subject, masked or not")
    func subjects() throws {
        for (name, method) in try grouped() where name != "system.health" {
            for cpf in ["52998224725", "529.982.247-25"] {
                let subject = try Text(#"{"cpf":"\#(cpf)"}"#).parse { method.subject($0) }
                #expect(subject == 52_998_224_725, "\(name)")
            }
            #expect(try Text("{}").parse { method.subject($0) } == nil, "\(name)")
        }
    }

    @Test("a write of base A has each person once in a group, as its repository asks")
    func repeats() throws {
        for (name, method) in try grouped() where method.footprint.writes & Bases.a.rawValue != 0 {
            #expect(!method.repeatsSubject, "\(name)")
        }
        for name in ["profile.put", "profile.update", "profile.delete"] {
            #expect(try grouped().first { $0.name == name }?.method.repeatsSubject == false)
        }
    }
}
