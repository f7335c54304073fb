import Bureau
import JSON
import JSONRPC
import Services

extension Method {
    /// The methods of the namespace `profile`; `stamps` tells what day it is.
    static func profiles(_ profiles: ProfileService, _ access: MethodAccesses, _ stamps: Stamps) -> [Method] {
        [
            .aboutSubject(
                "profile.put", access, writes: .b, takesKeys: true,
                params: { (reader) throws(Failure) in
                    let profile = try Profile(reader)
                    try reader.refuse(profile.violations(at: stamps.now()))
                    return SubjectWrite(
                        cpf: profile.cpf, content: profile,
                        expectedVersion: try reader.optionalInteger("expectedVersion"), access: reader.writeAccess(),
                        repetition: reader.repetition)
                },
                service: profiles.put,
                result: { $0.writeUpdate(to: &$1) }),
            .ofSubject(
                "profile.get", access, reads: .b,
                service: profiles.read,
                result: object { $0.writeMembers($1, to: &$2) }),
            .aboutSubject(
                "profile.update", access, writes: .b, takesKeys: true,
                params: { (reader) throws(Failure) in
                    try SubjectWrite(try ProfilePatch(try reader.object("patch")), reader)
                },
                service: profiles.update,
                result: { $0.writeUpdate(to: &$1) }),
            .aboutSubject(
                "profile.delete", access, writes: .b, takesKeys: true,
                params: { (reader) throws(Failure) in try SubjectWrite((), reader) },
                service: profiles.delete,
                result: { $0.writeDeletion(to: &$1) }),
        ]
    }
}

extension Profile {
    /// Reads the profile among the params of `profile.put`.
    init(_ reader: ObjectReader) throws(Failure) {
        self.init(
            cpf: try reader.required("cpf"), birthDate: try reader.required("birthDate"),
            address: try Address(try reader.object("address")), housing: try reader.optional("housing"),
            assets: try reader.objects("assets") { (item) throws(Failure) in try Asset(item) },
            incomeSources: try reader.objects("incomeSources") { (item) throws(Failure) in try IncomeSource(item) })
    }
}

extension ProfilePatch {
    /// Reads what `types/profile-patch.json` describes; an array replaces the whole array.
    init(_ reader: ObjectReader) throws(Failure) {
        self.init(
            birthDate: try reader.change("birthDate"),
            address: try reader.objectChange("address") { (patch) throws(Failure) in try AddressPatch(patch) },
            housing: try reader.change("housing"),
            assets: try reader.arrayChange("assets") { (item) throws(Failure) in try Asset(item) },
            incomeSources: try reader.arrayChange("incomeSources") { (item) throws(Failure) in
                try IncomeSource(item)
            })
    }
}

extension ProfileView {
    /// Appends what `types/profile.json` describes.
    func writeMembers(_ disclosures: Disclosures, to result: inout Writer) {
        let (identity, finances) = (disclosures.of(.identity), disclosures.of(.finances))
        result.member("cpf", profile.cpf, identity, .cpf)
        result.member("birthDate", profile.birthDate, identity, .date)
        profile.address.writeMember(disclosures.of(.address), to: &result)
        if finances != .denied {
            result.optional("housing", profile.housing)
            result.key("assets")
            result.array { list in
                for asset in profile.assets { asset.write(finances, to: &list) }
            }
            result.key("incomeSources")
            result.array { list in
                for source in profile.incomeSources { source.write(finances, to: &list) }
            }
        }
        result.member("version", version)
        result.member("createdAt", createdAt)
        result.member("updatedAt", updatedAt)
    }
}

extension Asset {
    fileprivate init(_ reader: ObjectReader) throws(Failure) {
        self.init(
            kind: try reader.required("kind"), value: try reader.money("valueCents"),
            paidOff: reader.optionalBool("paidOff"), outstanding: try reader.optionalMoney("outstandingCents"),
            description: reader.optionalText("description"))
    }

    fileprivate func write(_ shown: Disclosure, to writer: inout Writer) {
        writer.object { asset in
            asset.member("kind", kind)
            asset.member("valueCents", value.cents, shown)
            if let paidOff { asset.member("paidOff", paidOff) }
            if let outstanding { asset.member("outstandingCents", outstanding.cents, shown) }
            asset.optional("description", description, shown, .text)
        }
    }
}

extension IncomeSource {
    fileprivate init(_ reader: ObjectReader) throws(Failure) {
        self.init(
            kind: try reader.required("kind"), monthlyAmount: try reader.money("monthlyAmountCents"),
            employer: reader.optionalText("employer"), since: try reader.optional("since"))
    }

    fileprivate func write(_ shown: Disclosure, to writer: inout Writer) {
        writer.object { source in
            source.member("kind", kind)
            source.member("monthlyAmountCents", monthlyAmount.cents, shown)
            source.optional("employer", employer, shown, .text)
            source.optional("since", since, shown, .date)
        }
    }
}
