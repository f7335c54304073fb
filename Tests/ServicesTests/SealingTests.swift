import Bureau
import MemoryStores
import Repositories
import Testing

@testable import Services

@Suite("Sealing")
struct SealingTests {
    let bureau: TestBureau

    init() async throws {
        bureau = try TestBureau()
        let persons = [0, 1].map { Sample.draft($0, debts: [Sample.debt, Sample.debt]) }
        _ = await bureau.services.persons.create(persons)
        _ = await bureau.services.profiles.put([0, 1].map { SubjectWrite(Sample.profile($0), of: $0) })
    }

    /// Texts that a personal value of the samples holds.
    private static let secrets = [
        "Marialva", "Concei", "91234567", "example.com", "01310100", "Paulista", "1578-A", "Sala 801", "Bela Vista",
        "Paulo", "Banco Exemplar", "16727230000197", "Casa de praia", "Padaria Aurora", "52998224725", "1959-01-02",
    ]

    @Test("no value that a repository gets holds a personal text, before or after an update")
    func hides() async {
        let patch = PersonPatch(surname: .set("Conceição Lima"))
        _ = await bureau.services.persons.update([SubjectWrite(patch, of: 0)])
        var seen = await bureau.persons.sealed.map(\.bytes)
        for content in await bureau.profiles.contents {
            seen.append(content.address.bytes)
            seen += content.assets.compactMap(\.description?.bytes)
            seen += content.incomeSources.compactMap(\.employer?.bytes)
        }
        for record in await bureau.persons.records.values { seen.append(record.dataKey.bytes) }
        #expect(seen.count > 16)
        for bytes in seen {
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(Self.secrets.allSatisfy { !text.contains($0) })
        }
    }

    @Test("no sealed value holds the number of a CPF")
    func hidesNumber() async {
        let number = withUnsafeBytes(of: Sample.cpfs[0].number.bigEndian) { Array($0) }
        for sealed in await bureau.persons.sealed { #expect(!sealed.bytes.contains(number)) }
    }

    @Test("a person has a different token in each base, and equal values are sealed differently")
    func unlinkable() async throws {
        let tokens = try [.a, .b, .c].map { try bureau.token(Sample.cpfs[0], in: $0) }
        #expect(Set(tokens).count == 3)
        let sealed = await bureau.persons.sealed
        #expect(Set(sealed).count == sealed.count)
    }

    private typealias Damage = @Sendable (inout PersonRecord) -> Void

    private static let damages: [Damage] = [
        { $0.identity = Sealed(Array($0.identity.bytes.dropLast())) },
        { $0.identity = Sealed([]) },
        { $0.identity = Sealed($0.identity.bytes.dropLast() + [($0.identity.bytes.last ?? 0) ^ 1]) },
        { $0.dataKey = WrappedDataKey($0.dataKey.bytes.reversed()) },
        { $0.dataKey = WrappedDataKey([]) },
        { ($0.identity, $0.address) = ($0.address ?? $0.identity, $0.identity) },
        { ($0.debts[0].details, $0.debts[1].details) = ($0.debts[1].details, $0.debts[0].details) },
        { $0.debts[0].details = $0.identity },
    ]

    @Test("a damaged or moved value makes its person unreadable, and no other person", arguments: 0..<8)
    func damaged(index: Int) async throws {
        let token = try bureau.token(Sample.cpfs[0], in: .a)
        await bureau.persons.damage(token, Self.damages[index])
        let results = await bureau.services.persons.read([Sample.request(1), Sample.request(0), Sample.request(2)])
        #expect(results.map(\.failure) == [nil, .unreadable(.a), .notFound])
        let change = SubjectWrite(PersonPatch(name: .set("Ana")), of: 0, as: "person.update")
        #expect(await bureau.services.persons.update([change]).map(\.failure) == [.unreadable(.a)])
    }

    @Test("a person's values in another person's record do not open")
    func movedBetweenPersons() async throws {
        let tokens = try [0, 1].map { try bureau.token(Sample.cpfs[$0], in: .a) }
        let other = try #require(await bureau.persons.records[tokens[1]])
        await bureau.persons.damage(tokens[0]) { record in
            record.identity = other.identity
            record.address = other.address
            record.dataKey = other.dataKey
            record.debts = []
        }
        let results = await bureau.services.persons.read([Sample.request(0), Sample.request(1)])
        #expect(results.map(\.failure) == [.unreadable(.a), nil])
    }

    private static let profileDamages: [@Sendable (inout ProfileContent) -> Void] = [
        { $0.address = Sealed([1, 2, 3]) },
        { $0.dataKey = WrappedDataKey([]) },
        { $0.assets.swapAt(0, 1) },
        { $0.incomeSources[0].employer = $0.assets[0].description },
        { $0.incomeSources[1].employer = $0.incomeSources[0].employer },
        { $0.birthDate = Sample.parse("1960-01-02") },
        { $0.housing = nil },
        { $0.assets[0].value = Money(cents: 1) },
        { $0.assets[1].outstanding = nil },
        { $0.assets[0].description = nil },
        { $0.assets.removeLast() },
        { $0.incomeSources[0].monthlyAmount = Money(cents: 99_999_999) },
        { $0.incomeSources[0].since = nil },
        { $0.incomeSources.append($0.incomeSources[1]) },
    ]

    @Test("a damaged or moved value makes its profile unreadable, and no other profile", arguments: 0..<14)
    func damagedProfile(index: Int) async throws {
        let token = try bureau.token(Sample.cpfs[0], in: .b)
        await bureau.profiles.damage(token, Self.profileDamages[index])
        let results = await bureau.services.profiles.read([1, 0, 2].map { Sample.request($0) })
        #expect(results.map(\.failure) == [nil, .unreadable(.b), .notFound])
        let scores = await bureau.score(1, 0)
        #expect(scores.map(\.failure) == [nil, .unreadable(.b)])
    }
}
