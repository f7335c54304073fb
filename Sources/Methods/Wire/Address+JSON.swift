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

    /// Appends what `types/address.json` describes; the country is left out when it is Brazil.
    func write(to writer: inout Writer) {
        writer.object { address in
            address.optional("postalCode", postalCode)
            address.optional("street", street)
            address.optional("number", number)
            address.optional("complement", complement)
            address.optional("district", district)
            address.member("city", city)
            address.optional("state", state)
            address.optional("region", region)
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
