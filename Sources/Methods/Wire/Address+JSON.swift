import Bureau
import JSON
import JSONRPC

extension Address {
    /// Reads what `types/address.json` describes.
    init(_ reader: ObjectReader) throws(Failure) {
        self.init(
            postalCode: try reader.optional("postalCode"), street: reader.optionalText("street"),
            number: reader.optionalText("number"), complement: reader.optionalText("complement"),
            district: reader.optionalText("district"), city: try reader.text("city"),
            state: try reader.optional("state"), region: reader.optionalText("region"),
            country: try reader.optional("country") ?? .brazil)
    }

    /// Appends the member `address`, unless it is denied: what `types/shown-address.json` describes. The country is
    /// left out when it is Brazil.
    func writeMember(_ shown: Disclosure, to result: inout Writer) {
        if shown == .denied { return }
        result.key("address")
        result.object { address in
            address.optional("postalCode", postalCode, shown, .postalCode)
            address.optional("street", street, shown, .text)
            address.optional("number", number, shown, .text)
            address.optional("complement", complement, shown, .text)
            address.optional("district", district, shown, .text)
            address.member("city", city, shown, .text)
            address.optional("state", state)
            address.optional("region", region, shown, .text)
            if country != .brazil { address.member("country", country) }
        }
    }
}

extension AddressPatch {
    /// Reads what `types/address-patch.json` describes.
    init(_ reader: ObjectReader) throws(Failure) {
        self.init(
            postalCode: try reader.change("postalCode"), street: try reader.textChange("street"),
            number: try reader.textChange("number"), complement: try reader.textChange("complement"),
            district: try reader.textChange("district"), city: try reader.textChange("city"),
            state: try reader.change("state"), region: try reader.textChange("region"),
            country: try reader.change("country"))
    }
}
