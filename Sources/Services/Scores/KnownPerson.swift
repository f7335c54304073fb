import Bureau
import Repositories
import Vault

/// A person whom a walk has met, with what base A holds of them for characteristics.
struct KnownPerson: Sendable {
    var cpf: CPF
    var token: SubjectToken
    var holding: Result<PersonHolding, ServiceError>
}

extension PersonService {
    /// Opens what characteristics need of persons whom a walk has met; nil for one whose identity does not open.
    /// `overtaken` for persons who got another data key before what was not read along was read.
    ///
    /// A death counts that was looked up by `day`.
    func known(
        _ persons: [WalkedPerson], needing kinds: FactKinds, for access: Access, lookedUpBy day: CalendarDate
    ) async throws(ServiceError) -> [KnownPerson?] {
        let judgedPersons = try await secondLook(at: persons.map { .success($0.record) })
        var cpfs: [CPF?] = []
        cpfs.reserveCapacity(persons.count)
        var readings: [Result<HoldingReading, ServiceError>] = vault.withSession { session in
            persons.map { person in
                let opened = open(person, needing: kinds, for: access, lookedUpBy: day, in: &session)
                cpfs.append(opened?.cpf)
                return opened?.reading ?? .failure(.unreadable(.a))
            }
        }
        let lacksPayments =
            kinds.contains(.payments) && persons.contains { $0.payments == nil && !$0.record.debts.isEmpty }
        let lacksConsents = kinds.contains(.consents) && persons.contains { $0.consents == nil }
        if lacksPayments { try await readPayments(of: &readings) }
        if lacksConsents {
            try await readConsents(of: &readings, for: Array(repeating: access, count: readings.count))
        }
        // What was read along with its person is of the same moment, and its data key.
        readings =
            lacksPayments || lacksConsents
            ? try await overtaken(readings, persons.map { ($0.record.token, $0.record.dataKey) })
            : try await judged(readings)
        for (index, latest) in judgedPersons {
            // Of a person who was written meanwhile all is read again.
            if case .failure = readings[index] { continue }
            readings[index] = latest.flatMap { _ in .failure(.overtaken) }
        }
        return persons.indices.map { index in
            cpfs[index].map { cpf in
                KnownPerson(
                    cpf: cpf, token: persons[index].record.token, holding: readings[index].map(\.holding))
            }
        }
    }

    /// Opens all values of a person one after another, because they are under one key.
    private func open(
        _ person: WalkedPerson, needing kinds: FactKinds, for access: Access, lookedUpBy day: CalendarDate,
        in session: inout VaultSession
    ) -> (cpf: CPF, reading: Result<HoldingReading, ServiceError>)? {
        let record = person.record
        guard let key = try? session.unwrap(record.dataKey, for: record.token) else { return nil }
        let sealer = PersonSealer(token: record.token, key: key)
        guard let identity = try? sealer.openIdentity(record, in: &session) else { return nil }
        let reading = Result { () throws(ServiceError) in
            var reading: HoldingReading
            do throws(VaultError) {
                reading = try open(record, sealer, identity, access.purpose, kinds, lookedUpBy: day, in: &session)
            } catch {
                throw .unreadable(.a)
            }
            if kinds.contains(.payments), let payments = person.payments {
                try reading.take(payments, seen, in: &session)
                reading.hasAllPayments = true
            }
            if kinds.contains(.consents), let consents = person.consents {
                try reading.take(consents, for: access, in: &session)
                reading.hasAllConsents = true
            }
            return reading
        }
        return (identity.cpf, reading)
    }

    /// Reads the CPFs of persons, without those whom base A does not hold or whose identity does not open.
    func cpfs(of tokens: [SubjectToken]) async throws(StoreError) -> [CPF] {
        if tokens.isEmpty { return [] }
        let records = try await repository.read(tokens, audit: [])
        return vault.withSession { session in
            records.compactMap { record in
                guard let record, let key = try? session.unwrap(record.dataKey, for: record.token) else { return nil }
                return (try? PersonSealer(token: record.token, key: key).openIdentity(record, in: &session))?.cpf
            }
        }
    }
}
