import Bureau
import Repositories
import Vault

/// Seals and opens one person's values in base A: the place of each value, and the key that all of them share.
struct PersonBox {
    let token: SubjectToken
    let key: DataKey

    func seal(_ person: Person, in session: inout Session) throws(VaultError) -> (identity: Sealed, address: Sealed?) {
        let identity = try session.seal(person.identityFields, with: key, at: place("person", "identity"))
        guard let address = person.address else { return (Sealed(identity), nil) }
        let sealed = try session.seal(address.fields, with: key, at: place("person", "address"))
        return (Sealed(identity), Sealed(sealed))
    }

    func seal(_ debt: Debt, id: RecordID, in session: inout Session) throws(VaultError) -> NewDebt {
        let details = try session.seal(debt.fields, with: key, at: place("debt", "details", row: id.bytes))
        return NewDebt(debtID: id, details: Sealed(details))
    }

    func openPerson(_ record: PersonRecord, in session: inout Session) throws(VaultError) -> Person {
        var address: Address?
        if let sealed = record.address {
            address = Address(fields: try session.open(sealed.bytes, with: key, at: place("person", "address")))
            if address == nil { throw .malformed }
        }
        let identity = try session.open(record.identity.bytes, with: key, at: place("person", "identity"))
        guard let person = Person(identityFields: identity, address: address) else { throw .malformed }
        return person
    }

    func openDebt(_ record: DebtRecord, in session: inout Session) throws(VaultError) -> Debt {
        let place = place("debt", "details", row: record.debtID.bytes)
        guard let debt = Debt(fields: try session.open(record.details.bytes, with: key, at: place)) else {
            throw .malformed
        }
        return debt
    }

    private func place(_ table: String, _ column: String, row: [UInt8] = []) -> Location {
        Location(base: .a, table: table, column: column, subject: token, row: row, generation: key.generation)
    }
}
