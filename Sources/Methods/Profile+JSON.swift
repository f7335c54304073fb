import Bureau
import JSON
import JSONRPC
import Services

extension Profile {
    /// Reads the members of `rpc/profile.put.json` that are the profile's own.
    init(_ reader: ObjectReader) throws(Failure) {
        self.init(
            cpf: try reader.required("cpf"), birthDate: try reader.required("birthDate"),
            address: try Address(try reader.object("address")), housing: try reader.optional("housing"),
            assets: try reader.objects("assets") { (item) throws(Failure) in try Asset(item) },
            incomeSources: try reader.objects("incomeSources") { (item) throws(Failure) in try IncomeSource(item) })
    }
}

extension ProfilePatch {
    /// Reads what `types/profile-patch.json` describes; arrays are replaced whole.
    init(_ reader: ObjectReader) throws(Failure) {
        self.init(
            birthDate: try reader.change("birthDate"),
            address: try reader.change("address") { (member) throws(Failure) in
                try AddressPatch(ObjectReader(member, at: "\(reader.pointer)/address"))
            },
            housing: try reader.change("housing"),
            assets: reader.value["assets"] == nil
                ? .keep : .set(try reader.objects("assets") { (item) throws(Failure) in try Asset(item) }),
            incomeSources: reader.value["incomeSources"] == nil
                ? .keep
                : .set(try reader.objects("incomeSources") { (item) throws(Failure) in try IncomeSource(item) }))
    }
}

extension ProfileView {
    /// Appends what `types/profile.json` describes.
    func write(to writer: inout Writer) {
        writer.object { result in
            result.member("cpf", profile.cpf)
            result.member("birthDate", profile.birthDate)
            result.key("address")
            profile.address.write(to: &result)
            result.optional("housing", profile.housing)
            result.key("assets")
            result.array { list in
                for asset in profile.assets { asset.write(to: &list) }
            }
            result.key("incomeSources")
            result.array { list in
                for source in profile.incomeSources { source.write(to: &list) }
            }
            result.member("version", version)
            result.member("createdAt", createdAt)
            result.member("updatedAt", updatedAt)
        }
    }
}

extension Asset {
    fileprivate init(_ reader: ObjectReader) throws(Failure) {
        self.init(
            kind: try reader.required("kind"), value: try reader.money("valueCents"),
            paidOff: reader.optionalBool("paidOff"), outstanding: try reader.optionalMoney("outstandingCents"),
            description: reader.optionalText("description"))
    }

    fileprivate func write(to writer: inout Writer) {
        writer.object { asset in
            asset.member("kind", kind)
            asset.member("valueCents", value.cents)
            if let paidOff { asset.member("paidOff", paidOff) }
            if let outstanding { asset.member("outstandingCents", outstanding.cents) }
            asset.optional("description", description)
        }
    }
}

extension IncomeSource {
    fileprivate init(_ reader: ObjectReader) throws(Failure) {
        self.init(
            kind: try reader.required("kind"), monthlyAmount: try reader.money("monthlyAmountCents"),
            employer: reader.optionalText("employer"), since: try reader.optional("since"))
    }

    fileprivate func write(to writer: inout Writer) {
        writer.object { source in
            source.member("kind", kind)
            source.member("monthlyAmountCents", monthlyAmount.cents)
            source.optional("employer", employer)
            source.optional("since", since)
        }
    }
}
