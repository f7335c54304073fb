import Bureau
import MemoryStores
import Repositories
import Services
import Testing

@testable import Vault

/// New data keys of profiles, and of what is sealed under them.
@Suite("New data keys of base B")
struct ProfileResealingTests {
    private static let cpfs: [CPF] = ["52998224725", "39053344705", "11144477735"].map { parse($0) }

    private static func parse<Value: TextValue>(_ text: String) -> Value {
        guard let value = Value(text) else { preconditionFailure("\(text) is no \(Value.self)") }
        return value
    }

    private struct Bureau: Sendable {
        let store: any ProfileRepository
        let vault: BaseVault
        let service: ProfileService
        var walk: ResealingWalk { ResealingWalk(vault: vault, profiles: store, trail: nil) }

        init(_ driver: Driver<ProfilePlace>) async throws {
            store = try await driver.makePlace().open()
            func secret(_ byte: UInt8) -> SecretKey {
                SecretKey { $0.copyBytes(from: [UInt8](repeating: byte, count: 32)) }
            }
            vault = try BaseVault(
                ring: #require(KeyRing(base: .b, tokenSecret: secret(1), wrappingSecrets: [1: secret(2)])))
            let actor = Actor(name: "test", role: .owner)
            let policy = Policy([
                .owner: Policy.Grants(reads: [.creditProtection: Disclosures(plain: .all)], changes: .all)
            ])
            service = ProfileService(
                vault: vault, repository: store, control: AccessControl(policy: policy, actor: actor),
                trail: AuditTrail(
                    process: RecordID(high: 0, low: 0), actor: actor, keys: vault.audit, stamps: .system,
                    journal: MemoryJournal()),
                stamps: .system)
        }

        @discardableResult
        func put(_ index: Int, housing: Housing? = .rent, street: String = "Avenida Paulista") async throws -> Int64 {
            let profile = Profile(
                cpf: cpfs[index], birthDate: parse("1959-01-02"),
                address: Address(
                    postalCode: parse("01310100"), street: street, number: "1578", complement: nil,
                    district: "Bela Vista", city: "São Paulo", state: .saoPaulo),
                housing: housing,
                assets: [
                    Asset(kind: .realEstate, value: Money(cents: 32_000_000), paidOff: true, description: "Casa"),
                    Asset(kind: .savings, value: Money(cents: 5), outstanding: Money(cents: 2), description: nil),
                ],
                incomeSources: [
                    IncomeSource(kind: .salary, monthlyAmount: Money(cents: 620_000), employer: "Padaria"),
                    IncomeSource(kind: .salary, monthlyAmount: Money(cents: 1), employer: nil),
                ])
            let write = SubjectWrite(
                cpf: cpfs[index], content: profile, expectedVersion: nil,
                access: Access(method: "profile.put", groups: .all))
            return try await service.put([write])[0].get().version
        }

        func told(_ index: Int) async throws -> String {
            let read = SubjectRead(
                cpf: cpfs[index], access: Access(method: "profile.get", purpose: .creditProtection, groups: .all))
            let view = try await service.read([read])[0].get().value
            let (profile, times) = (view.profile, "\(view.createdAt) \(view.updatedAt)")
            let texts = profile.assets.map { $0.description ?? "-" } + profile.incomeSources.map { $0.employer ?? "-" }
            return "\(profile.address.street ?? "-") \(profile.birthDate.text) \(texts) \(view.version) \(times)"
        }

        func content(_ index: Int) async throws -> ProfileContent {
            let token = vault.withSession { session in cpfs[index].withText { session.token(of: $0) } }
            return try #require(try await store.read([token])[0].get()).content
        }
    }

    @Test(
        "every value of a profile is under the new key, and all is told as before", arguments: Driver<ProfilePlace>.all)
    func everything(driver: Driver<ProfilePlace>) async throws {
        let bureau = try await Bureau(driver)
        try await bureau.put(0, housing: nil)
        try await bureau.put(1)
        let told = [try await bureau.told(0), try await bureau.told(1)]
        let before = try await bureau.content(1)
        let tally = try await bureau.walk.run()
        #expect(tally.total == 2 && tally.resealed == 2 && tally.unreadable == 0)
        let after = try await bureau.content(1)
        #expect(after.dataKey.generation == 2 && !after.dataKey.isSameKey(as: before.dataKey))
        #expect(after.address != before.address && after.assets[0].description != before.assets[0].description)
        #expect(after.incomeSources[0].employer != before.incomeSources[0].employer)
        #expect(after.assets[1] == before.assets[1] && after.incomeSources[1] == before.incomeSources[1])
        for index in 0...1 { #expect(try await bureau.told(index) == told[index]) }
        #expect(try await bureau.store.resealingMark() == ResealingMark(generation: 2))
        #expect(try await bureau.put(0) == 2, "a version is not counted for it")
        try await bureau.put(2)
        #expect(try await bureau.walk.reseal(Self.cpfs[2]) == .resealed(requestsLeft: 0))
        #expect(try await bureau.walk.run().resealed == 3)
        for index in 0...2 { #expect(try await bureau.content(index).dataKey.generation == 3) }
    }

    @Test(
        "a write after the profile was read wins, and a run goes on after one that ended early",
        arguments: Driver<
            ProfilePlace
        >.all)
    func conditional(driver: Driver<ProfilePlace>) async throws {
        let bureau = try await Bureau(driver)
        try await bureau.put(0)
        let read = try await bureau.content(0)
        var new = read
        new.dataKey = Sample.dataKey(7)
        try await bureau.put(0, street: "Rua Augusta")
        #expect(try await bureau.store.reseal([ProfileReseal(former: read.dataKey, content: new)]) == [false])
        #expect(try await bureau.told(0).contains("Rua Augusta"))
        struct Killed: Error {}
        await #expect(throws: Killed.self) { try await bureau.walk.run { _ in throw Killed() } }
        let open = try await bureau.store.resealingMark()
        #expect(open.generation == 2 && !open.isComplete)
        #expect(try await bureau.walk.run().resealed == 0)
        #expect(try await bureau.store.resealingMark() == ResealingMark(generation: 2))
        let wrong = ResealingMark(generation: 1)
        #expect(try await bureau.store.setResealingMark(ResealingMark(generation: 9), from: wrong) == false)
        #expect(try await bureau.store.resealingMark() == ResealingMark(generation: 2))
    }

    @Test("a profile that does not open keeps its key, and the others get one", arguments: Driver<ProfilePlace>.all)
    func unreadable(driver: Driver<ProfilePlace>) async throws {
        let bureau = try await Bureau(driver)
        for index in 0...1 { try await bureau.put(index) }
        var content = try await bureau.content(0)
        content.assets[0].value = Money(cents: 1)
        _ = try await bureau.store.put([ProfilePut(content: content, expectedVersion: nil, at: Sample.instant(1))])
        let tally = try await bureau.walk.run()
        #expect(tally.unreadable == 1 && tally.resealed == 1)
        #expect(try await bureau.content(0) == content)
        #expect(try await bureau.content(1).dataKey.generation == 2)
    }

    @Test("no call fails while data keys are replaced under it", arguments: Driver<ProfilePlace>.all)
    func beside(driver: Driver<ProfilePlace>) async throws {
        let bureau = try await Bureau(driver)
        for index in 0...2 { try await bureau.put(index) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0...2 {
                group.addTask { for number in 1...15 { try await bureau.put(index, street: "Rua \(number)") } }
                group.addTask { for _ in 0..<15 { _ = try await bureau.told(index) } }
            }
            group.addTask {
                for _ in 0..<6 {
                    let tally = try await bureau.walk.run()
                    #expect(tally.unreadable == 0)
                }
            }
            try await group.waitForAll()
        }
        for index in 0...2 {
            let told = try await bureau.told(index)
            #expect(told.contains("Rua 15") && told.contains(" 16 "))
        }
    }
}
