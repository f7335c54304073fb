import Bureau
import JSON
import JSONRPC
import JSONSchema
import Repositories
import Testing

@testable import Methods
@testable import Services

@Suite("Values on the wire")
struct RoundTripTests {
    let served: ServedMethods

    init() throws {
        served = try ServedMethods()
    }

    /// Parses what was written, after checking it against a type of the contracts.
    private func parse<R>(_ text: Text, as type: String, _ body: (Value) throws -> R) throws -> R {
        let schema = try served.registry.compile("types/\(type).json")
        return try text.parse { value in
            #expect(schema.validate(value).isEmpty, "\(type)")
            return try body(value)
        }
    }

    @Test("a person with debts is read as it was written")
    func persons() throws {
        for seed in UInt64(0)..<50 {
            var values = RandomValues(seed: seed)
            let at = Instant(secondsSinceEpoch: 1_795_000_000)
            let person = values.person()
            let debts = (0..<seed % 4).map { _ in values.debt() }
            let views = debts.map { debt in
                DebtView(debtID: RecordID(high: 1, low: 2), debt: debt, version: 3, createdAt: at, updatedAt: at)
            }
            let view = PersonView(person: person, debts: views, version: 7, createdAt: at, updatedAt: at)
            try parse(
                Text { writer in writer.object { view.writeMembers(Disclosures(plain: .all), to: &$0) } }, as: "person"
            ) { value in
                let reader = ObjectReader(value, of: "test")
                let read = try Person(reader)
                #expect(read == person)
                let readDebts = try reader.objects("debts") { (item) throws(Failure) in try Debt(item) }
                #expect(readDebts == debts)
                #expect(value["version"]?.int64 == 7)
            }
        }
    }

    @Test("a profile is read as it was written")
    func profiles() throws {
        for seed in UInt64(0)..<50 {
            var values = RandomValues(seed: seed)
            let profile = values.profile()
            let at = values.instant()
            let view = ProfileView(profile: profile, version: 1, createdAt: at, updatedAt: at)
            try parse(
                Text { writer in writer.object { view.writeMembers(Disclosures(plain: .all), to: &$0) } }, as: "profile"
            ) { value in
                let read = try Profile(ObjectReader(value, of: "test"))
                #expect(read == profile)
                #expect(value["createdAt"]?.string == at.text)
            }
        }
    }

    @Test("an event of any kind is read as it was written")
    func events() throws {
        for seed in UInt64(0)..<100 {
            var values = RandomValues(seed: seed)
            let event = values.event()
            let text = Text { writer in event.json(recordedAt: nil).withUnsafeBufferPointer { writer.json($0) } }
            try parse(text, as: "event") { value in
                let reader = ObjectReader(value, of: "test")
                let read = Event(
                    eventID: try reader.required("eventId"), occurredAt: try reader.required("occurredAt"),
                    details: try EventDetails(reader))
                #expect(read == event)
            }
        }
    }

    @Test("a patch with every member set makes the record that it was written from")
    func patches() throws {
        for seed in UInt64(0)..<20 {
            var values = RandomValues(seed: seed)
            var target = values.profile()
            target.housing = .rent
            target.address.complement = "x"
            let view = ProfileView(profile: target, version: 1, createdAt: .first, updatedAt: .first)
            let other = values.profile()
            try Text { writer in writer.object { view.writeMembers(Disclosures(plain: .all), to: &$0) } }.parse {
                value in
                let patched = try ProfilePatch(ObjectReader(value, of: "test")).applied(to: other)
                // What is absent is not written, and Brazil is not, so a patch made from a record cannot set it.
                let (new, old) = (target.address, other.address)
                let address = Address(
                    postalCode: new.postalCode ?? old.postalCode, street: new.street ?? old.street,
                    number: new.number ?? old.number, complement: new.complement,
                    district: new.district ?? old.district,
                    city: new.city, state: new.state ?? old.state, region: new.region ?? old.region,
                    country: new.country == .brazil ? old.country : new.country)
                let expected = Profile(
                    cpf: other.cpf, birthDate: target.birthDate, address: address, housing: target.housing,
                    assets: target.assets, incomeSources: target.incomeSources)
                #expect(patched == expected)
            }
        }
    }

    @Test("the cursor of a page of events leads to the position of its last event")
    func eventCursor() throws {
        let schema = try served.registry.compile("rpc/event.history.json", at: "/params")
        for seed in UInt64(0)..<50 {
            var values = RandomValues(seed: seed)
            let positions = (0..<3).map { _ in
                let event = values.event()
                return EventPosition(occurredAt: event.occurredAt, eventID: event.eventID)
            }
            let text = Text { page(positions, to: &$0) }
            let cursor = try text.parse { value in
                #expect(value["events"]?.count == 2)
                return try #require(value["nextCursor"]?.string)
            }
            let access = MethodAccesses(served.contracts, served.control, served.moves).of("event.history")
            let request = try Text(#"{"cpf":"52998224725","cursor":"\#(cursor)"}"#).parse { value in
                #expect(schema.accepts(value))
                return try PageRequest(
                    ObjectReader(value, of: access), position: EventPosition.init(cursor:))
            }
            #expect(request.before == positions[1] && request.limit == 20)
        }
    }

    @Test("an event's body tells what was recorded, and when")
    func eventBodies() throws {
        for seed in UInt64(0)..<50 {
            var values = RandomValues(seed: seed)
            let event = values.event()
            let recordedAt = seed.isMultiple(of: 3) ? nil : values.instant()
            let body = event.json(recordedAt: recordedAt)
            let read = try #require(self.read(body))
            #expect(read.details == event.details && read.recordedAt == recordedAt)
            // Behind a space the body is in no form that is read without the parser of JSON.
            for position in body.indices {
                var damaged = body
                damaged[position] = seed.isMultiple(of: 2) ? UInt8(ascii: "1") : damaged[position] ^ 0x10
                let read = self.read(damaged)
                let parsed = self.read([UInt8(ascii: " ")] + damaged)
                #expect(read?.details == parsed?.details && read?.recordedAt == parsed?.recordedAt)
            }
        }
        #expect(read(Array("{}".utf8)) == nil && read([]) == nil)
    }

    private func read(_ body: [UInt8]) -> RecordedDetails? {
        body.withUnsafeBufferPointer { RecordedDetails(body: $0) }
    }

    @Test("the last page has no cursor")
    func lastPage() {
        #expect(Text { page([], to: &$0) }.string == #"{"events":[]}"#)
    }

    private func page(_ positions: [EventPosition], to writer: inout Writer) {
        writer.object {
            Page(positions, limit: 2).writeMembers(as: "events", to: &$0, cursor: \.cursor) { _, list in list.null() }
        }
    }

    @Test(
        "a cursor that no page gave out is refused with its place",
        arguments: [
            ".", "1", "1.", ".e", "x.e", "99999999999999999999.e", "9223372036854775807.e",
            "1.\(String(repeating: "e", count: 65))",
        ])
    func strangeCursor(cursor: String) async throws {
        let params = #"{"cpf":"52998224725","cursor":"\#(cursor)"}"#
        for response in try await served.serve([("event.history", params), ("score.history", params)]) {
            try response.parse { value in
                let violations = try #require(value["error"]?["data"]?["violations"])
                #expect(violations.elements.map { $0["pointer"]?.string } == ["/cursor"])
            }
        }
    }
}
