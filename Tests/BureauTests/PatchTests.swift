import Testing

@testable import Bureau

@Suite("Merge patches")
struct PatchTests {
    @Test("an empty patch changes nothing")
    func keeps() throws {
        #expect(try PersonPatch().applied(to: Sample.person) == Sample.person)
        #expect(try ProfilePatch().applied(to: Sample.profile) == Sample.profile)
        #expect(try DebtPatch().applied(to: Sample.debt) == Sample.debt)
        #expect(try AddressPatch().applied(to: Sample.address) == Sample.address)
    }

    @Test("a patch sets, removes and keeps the members of a person one by one")
    func patchesPerson() throws {
        let patch = PersonPatch(name: .set("Maria"), phone: .remove, email: .set(Sample.parse("maria@example.com")))
        var expected = Sample.person
        expected.name = "Maria"
        expected.phone = nil
        expected.email = Sample.parse("maria@example.com")
        #expect(try patch.applied(to: Sample.person) == expected)
    }

    @Test("an address is merged member by member")
    func mergesAddress() throws {
        let patch = AddressPatch(number: .set("200"), complement: .remove, country: .set(Sample.parse("PT")))
        var expected = Sample.address
        expected.number = "200"
        expected.complement = nil
        expected.country = Sample.parse("PT")
        #expect(try PersonPatch(address: .set(patch)).applied(to: Sample.person).address == expected)
        #expect(try ProfilePatch(address: .set(patch)).applied(to: Sample.profile).address == expected)
        let back = PersonPatch(address: .set(AddressPatch(country: .remove)))
        #expect(try back.applied(to: Sample.person).address?.country == .brazil)
    }

    @Test("a person may lose the address, and get a complete one")
    func replacesAddress() throws {
        let homeless = try PersonPatch(address: .remove).applied(to: Sample.person)
        #expect(homeless.address == nil)
        let complete = PersonPatch(address: .set(Self.completeAddress))
        #expect(try complete.applied(to: homeless) == Sample.person)
    }

    @Test("an address that is not there yet must have a city")
    func refusesPartOfAddress() {
        let homeless = Person(cpf: Sample.person.cpf, name: "Ana", surname: nil, birthDate: Sample.person.birthDate)
        var patch = Self.completeAddress
        patch.city = .keep
        for patch in [patch, AddressPatch()] {
            #expect(throws: PatchError.requiredMemberMissing(pointer: "/address/city")) {
                try PersonPatch(address: .set(patch)).applied(to: homeless)
            }
        }
    }

    @Test("the optional members of an address and the names of a person are removed one by one")
    func removesOptional() throws {
        let address = AddressPatch(
            postalCode: .remove, street: .remove, number: .remove, complement: .remove, district: .remove,
            state: .remove, region: .set("Lisboa"), country: .set(Sample.parse("PT")))
        let patched = try PersonPatch(
            surname: .remove, socialName: .set("Bia"), motherName: .set("Eva"), address: .set(address)
        ).applied(to: Sample.person)
        #expect(patched.surname == nil && patched.socialName == "Bia" && patched.motherName == "Eva")
        #expect(patched.address == Address(city: "São Paulo", region: "Lisboa", country: Sample.parse("PT")))
        let back = try PersonPatch(socialName: .remove, motherName: .remove).applied(to: patched)
        #expect(back.socialName == nil && back.motherName == nil)
    }

    @Test("a registration is merged member by member, and the first one must be complete")
    func mergesRegistration() throws {
        let day: CalendarDate = Sample.parse("2026-11-01")
        let whole = RegistrationPatch(status: .set(.regular), checkedOn: .set(day))
        let registered = try PersonPatch(registration: .set(whole)).applied(to: Sample.person)
        #expect(registered.registration == Registration(status: .regular, checkedOn: day))
        let deceased = PersonPatch(registration: .set(RegistrationPatch(status: .set(.deceased))))
        #expect(
            try deceased.applied(to: registered).registration == Registration(status: .deceased, checkedOn: day))
        #expect(try PersonPatch(registration: .remove).applied(to: registered).registration == nil)
        #expect(throws: PatchError.requiredMemberMissing(pointer: "/registration/checkedOn")) {
            try deceased.applied(to: Sample.person)
        }
        #expect(throws: PatchError.requiredMemberMissing(pointer: "/registration/status")) {
            try PersonPatch(registration: .set(RegistrationPatch(checkedOn: .set(day)))).applied(to: Sample.person)
        }
    }

    @Test(
        "a required member of a person cannot be removed",
        arguments: [
            (PersonPatch(name: .remove), "/name"),
            (PersonPatch(birthDate: .remove), "/birthDate"),
            (PersonPatch(address: .set(AddressPatch(city: .remove))), "/address/city"),
        ])
    func refusesToRemoveFromPerson(_ patch: PersonPatch, _ pointer: String) {
        #expect(throws: PatchError.requiredMemberMissing(pointer: pointer)) { try patch.applied(to: Sample.person) }
    }

    @Test("the arrays of a profile are replaced whole")
    func replacesArrays() throws {
        let asset = Asset(kind: .savings, value: Money(cents: 1))
        let patch = ProfilePatch(housing: .remove, assets: .set([asset, asset]), incomeSources: .set([]))
        let patched = try patch.applied(to: Sample.profile)
        #expect(patched.assets == [asset, asset])
        #expect(patched.incomeSources.isEmpty)
        #expect(patched.housing == nil)
        #expect(patched.address == Sample.address)
    }

    @Test(
        "a required member of a profile cannot be removed",
        arguments: [
            (ProfilePatch(birthDate: .remove), "/birthDate"), (ProfilePatch(address: .remove), "/address"),
            (ProfilePatch(assets: .remove), "/assets"), (ProfilePatch(incomeSources: .remove), "/incomeSources"),
        ])
    func refusesToRemoveFromProfile(_ patch: ProfilePatch, _ pointer: String) {
        #expect(throws: PatchError.requiredMemberMissing(pointer: pointer)) { try patch.applied(to: Sample.profile) }
    }

    @Test("a patch sets and removes the members of a debt")
    func patchesDebt() throws {
        let patch = DebtPatch(creditorCNPJ: .remove, amount: .set(.zero), status: .set(.settled))
        var expected = Sample.debt
        expected.creditorCNPJ = nil
        expected.amount = .zero
        expected.status = .settled
        #expect(try patch.applied(to: Sample.debt) == expected)
    }

    @Test(
        "a required member of a debt cannot be removed",
        arguments: [
            (DebtPatch(creditor: .remove), "/creditor"), (DebtPatch(amount: .remove), "/amountCents"),
            (DebtPatch(annualInterestBasisPoints: .remove), "/annualInterestBasisPoints"),
            (DebtPatch(dueDate: .remove), "/dueDate"), (DebtPatch(status: .remove), "/status"),
        ])
    func refusesToRemoveFromDebt(_ patch: DebtPatch, _ pointer: String) {
        #expect(throws: PatchError.requiredMemberMissing(pointer: pointer)) { try patch.applied(to: Sample.debt) }
    }

    private static let completeAddress = AddressPatch(
        postalCode: .set(Sample.parse("01310100")), street: .set("Avenida Paulista"), number: .set("1"),
        complement: .set("Sala 2"), district: .set("Bela Vista"), city: .set("São Paulo"), state: .set(.saoPaulo))
}
