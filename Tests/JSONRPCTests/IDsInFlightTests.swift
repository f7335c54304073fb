import JSON
import Seeds
import Testing

@testable import JSONRPC

@Suite("Ids in flight")
struct IDsInFlightTests {
    @Test("an id is found from its arrival until its group is finished, among many", arguments: 0..<20)
    func findsAll(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var ids = IDsInFlight()
        var groups: [CallGroup] = []
        var expected: [String: (group: GroupID, index: Int)] = [:]
        for number in 0..<6000 {
            if groups.isEmpty || Int.random(in: 0..<50, using: &random) == 0 {
                groups.append(.of(GroupID(number), calls: 0))
            }
            let group = try #require(groups.randomElement(using: &random))
            let text = "\(Int.random(in: 0..<100_000, using: &random))"
            try Text(text).parse { id in
                let found = ids.find(id.rawText)
                #expect(found?.index == expected[text]?.index)
                if found != nil { return }
                group.append(id)
                ids.insert(id.rawText, of: group)
                expected[text] = (group.id, group.calls.count - 1)
            }
            if Int.random(in: 0..<200, using: &random) == 0, !groups.isEmpty {
                let gone = groups.remove(at: Int.random(in: groups.indices, using: &random)).id
                ids.keep(Set(groups.map(\.id)))
                expected = expected.filter { $0.value.group != gone }
            }
        }
        #expect(!expected.isEmpty)
        for (text, place) in expected {
            try Text(text).parse { #expect(ids.find($0.rawText)?.index == place.index) }
        }
    }

    @Test("an id whose call was answered ahead of its group may be used again, also after that group ends")
    func comesAgain() throws {
        var ids = IDsInFlight()
        let (first, second) = (CallGroup.of(1, calls: 0), CallGroup.of(2, calls: 0))
        try Text("7").parse { id in
            first.append(id, target: .discarded)
            ids.insert(id.rawText, of: first)
            first.refuse(0, with: Failure(.requestCancelled))
            #expect(ids.find(id.rawText) == nil)
            second.append(id, target: .discarded)
            ids.insert(id.rawText, of: second)
            #expect(ids.find(id.rawText)?.group === second)
            ids.keep([2])
            #expect(ids.find(id.rawText)?.group === second)
            ids.keep([])
            #expect(ids.find(id.rawText) == nil)
        }
    }

    @Test("ids are compared as they are written")
    func comparesText() throws {
        var ids = IDsInFlight()
        let group = CallGroup.of(1, calls: 0)
        try Text("1").parse { id in
            group.append(id)
            ids.insert(id.rawText, of: group)
        }
        for other in [#""1""#, "1.0", "1e0", "-1", "11"] {
            try Text(other).parse { #expect(ids.find($0.rawText) == nil) }
        }
    }
}
