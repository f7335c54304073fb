import Bureau
import Repositories
import Vault

extension PersonSealer {
    /// Seals a person, and all that is sealed under the person's data key, under a new one of a generation.
    ///
    /// Throws when a value does not open or is not the latest one. Requests that do not open are left as they are:
    /// those from before a deletion of the person have lost their key, and nothing tells them from damaged ones.
    func reseal(
        _ record: PersonRecord, _ parts: SealedParts, asGeneration generation: UInt32, in session: inout VaultSession
    ) throws(VaultError) -> SubjectReseal {
        try checkState(of: record, in: &session)
        let (newKey, wrapped) = try session.makeDataKey(for: token, generation: generation)
        func reseal(_ sealed: Sealed, _ location: SealedLocation) throws(VaultError) -> Sealed {
            try session.reseal(sealed, from: key, at: location, to: newKey)
        }
        var person = record
        person.dataKey = wrapped
        person.identity = try reseal(record.identity, location("person", "identity"))
        if let address = record.address { person.address = try reseal(address, location("person", "address")) }
        for (index, debt) in record.debts.enumerated() {
            let location = location(of: debt.debtID, version: debt.version)
            person.debts[index].details = try reseal(debt.details, location)
        }
        person.state = try PersonSealer(token: token, key: newKey)
            .state(of: PersonValues(person), version: record.version, stamp(of: record, in: &session), in: &session)
        var new = parts
        for (index, payment) in parts.payments.enumerated() {
            let id = PaymentKey(token: token, debtID: payment.debtID, key: payment.key)
            let location = location(of: id, position: payment.position, version: payment.version)
            new.payments[index].details = try reseal(payment.details, location)
        }
        for (index, consent) in parts.consents.enumerated() {
            let location = location("consent", "details", row: LocationOctets(consent.rowID))
            new.consents[index].details = try reseal(consent.details, location)
        }
        new.requests = []
        for var request in parts.requests {
            do throws(VaultError) {
                let location = location("request", "details", row: LocationOctets(request.rowID))
                request.details = try reseal(request.details, location)
                new.requests.append(request)
            } catch .notAuthentic {
                continue
            } catch .malformed {
                continue
            }
        }
        return SubjectReseal(former: record, formerParts: parts, person: person, parts: new)
    }

    /// The stamp of the content, which stays.
    private func stamp(of record: PersonRecord, in session: inout VaultSession) -> WriteStamp? {
        record.state.flatMap { session.stamp(inNonce: $0.nonce, generation: key.generation, of: token) }
    }
}

extension ProfileSealer {
    /// Seals a profile under a new data key of a generation. Throws when a value does not open.
    func reseal(
        _ content: ProfileContent, asGeneration generation: UInt32, in session: inout VaultSession
    ) throws(VaultError) -> ProfileReseal {
        // The figures beside the address, before they are bound to a new one.
        try verify(content, in: &session)
        let stamp = session.stamp(inNonce: content.dataKey.nonce, generation: key.generation, of: token)
        let (newKey, wrapped) = try session.makeDataKey(
            for: token, generation: generation, stamp: stamp?.withoutMachine())
        let sealer = ProfileSealer(token: token, key: newKey)
        var new = content
        new.dataKey = wrapped
        for (index, asset) in content.assets.enumerated() {
            guard let description = asset.description else { continue }
            new.assets[index].description = try session.reseal(
                description, from: key, at: location("asset", "description", index), to: newKey)
        }
        for (index, source) in content.incomeSources.enumerated() {
            guard let employer = source.employer else { continue }
            new.incomeSources[index].employer = try session.reseal(
                employer, from: key, at: location("income_source", "employer", index), to: newKey)
        }
        new.address = try session.reseal(
            content.address, from: key, at: location(ofAddressIn: content), to: newKey,
            at: sealer.location(ofAddressIn: new))
        return ProfileReseal(former: content.dataKey, content: new)
    }
}
