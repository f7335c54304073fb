import Bureau
import MemoryStores
import Repositories
import Services
import Testing

@testable import Vault

/// Old, foreign and altered values that somebody with the table in their hands puts in the place of the present ones.
@Suite("Values of base B that were moved, altered or put back")
struct ProfileRollbackTests {
    private static let cpfs: [CPF] = ["52998224725", "39053344705"].map { parse($0) }

    private static func parse<Value: TextValue>(_ text: String) -> Value {
        guard let value = Value(text) else { preconditionFailure("\(text) is no \(Value.self)") }
        return value
    }

    private static func profile(_ index: Int, housing: Housing) -> Profile {
        Profile(
            cpf: cpfs[index], birthDate: parse("1959-01-02"),
            address: Address(
                postalCode: parse("01310100"), street: "Avenida Paulista", number: "1578", complement: nil,
                district: "Bela Vista", city: "São Paulo", state: .saoPaulo),
            housing: housing,
            assets: [
                Asset(kind: .realEstate, value: Money(cents: 32_000_000), paidOff: true, description: "Casa"),
                Asset(kind: .savings, value: Money(cents: 5), outstanding: Money(cents: 2), description: "Conta"),
            ],
            incomeSources: [IncomeSource(kind: .salary, monthlyAmount: Money(cents: 620_000), employer: "Padaria")])
    }

    private typealias Change =
        @Sendable (
            _ content: inout ProfileContent, _ old: ProfileContent, _ other: ProfileContent
        ) -> Void

    /// Time, subject, column and row, and the figures that lie beside the sealed values.
    private static let changes: [(what: String, change: Change)] = [
        ("an old address", { content, old, _ in content.address = old.address }),
        ("an old data key", { content, old, _ in content.dataKey = old.dataKey }),
        (
            "an old address with its data key",
            { (content, old, _) in
                content.dataKey = old.dataKey
                content.address = old.address
            }
        ),
        ("an old description", { content, old, _ in content.assets[0].description = old.assets[0].description }),
        ("another subject's address", { content, _, other in content.address = other.address }),
        ("another subject's data key", { content, _, other in content.dataKey = other.dataKey }),
        (
            "another subject's values",
            { (content, _, other) in
                let token = content.token
                content = other
                content.token = token
            }
        ),
        (
            "a description as an employer",
            { content, _, _ in
                content.incomeSources[0].employer = content.assets[0].description
            }
        ),
        ("an address as a description", { content, _, _ in content.assets[0].description = content.address }),
        (
            "descriptions in each other's place",
            { (content, _, _) in
                let first = content.assets[0].description
                content.assets[0].description = content.assets[1].description
                content.assets[1].description = first
            }
        ),
        ("another value", { content, _, _ in content.assets[1].value = Money(cents: 900) }),
        ("another income", { content, _, _ in content.incomeSources[0].monthlyAmount = Money(cents: 1) }),
        ("another birth date", { content, _, _ in content.birthDate = parse("1999-01-02") }),
        ("an asset less", { content, _, _ in content.assets.removeLast() }),
    ]

    @Test(
        "a value that does not belong makes that profile unreadable, and no other", arguments: Driver<ProfilePlace>.all)
    func profiles(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        func secret(_ byte: UInt8) -> SecretKey {
            SecretKey { $0.copyBytes(from: [UInt8](repeating: byte, count: 32)) }
        }
        let vault = try BaseVault(
            ring: #require(KeyRing(base: .b, tokenSecret: secret(1), wrappingSecrets: [1: secret(2)])))
        let actor = Actor(name: "test", role: .owner)
        let policy = Policy([
            .owner: Policy.Grants(reads: [.creditProtection: Disclosures(plain: .all)], changes: .all)
        ])
        let service = ProfileService(
            vault: vault, repository: store, control: AccessControl(policy: policy, actor: actor),
            trail: AuditTrail(
                process: RecordID(high: 0, low: 0), actor: actor, keys: vault.audit, stamps: .system,
                journal: MemoryJournal()),
            stamps: .system)
        func put(_ housing: Housing) async throws -> [ProfileContent] {
            let writes = (0...1).map { index in
                SubjectWrite(
                    cpf: Self.cpfs[index], content: Self.profile(index, housing: housing), expectedVersion: nil,
                    access: Access(method: "profile.put", groups: .all))
            }
            for result in await service.put(writes) { _ = try result.get() }
            let tokens = vault.withSession { session in
                Self.cpfs.map { $0.withText { session.token(of: $0) } }
            }
            return try await store.read(tokens).map { try #require(try $0.get()).content }
        }
        let old = try await put(.rent)
        let new = try await put(.own)
        let reads = Self.cpfs.map {
            SubjectRead(
                cpf: $0, access: Access(method: "profile.get", purpose: .creditProtection, groups: .all))
        }
        func failures() async -> [ServiceError?] {
            await service.read(reads).map { if case .failure(let error) = $0 { error } else { nil } }
        }
        #expect(await failures() == [nil, nil])
        for (what, change) in Self.changes {
            var content = new[0]
            change(&content, old[0], new[1])
            _ = try await store.put([ProfilePut(content: content, expectedVersion: nil, at: Sample.instant(1))])
            #expect(await failures() == [.unreadable(.b), nil], "\(what)")
        }
        _ = try await store.put([ProfilePut(content: new[0], expectedVersion: nil, at: Sample.instant(2))])
        #expect(await failures() == [nil, nil])
    }
}
