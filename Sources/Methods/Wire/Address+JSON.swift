import Bureau
import JSON
import JSONRPC

extension Address {
    /// Reads what `types/address.json` describes.
    init(_ reader: ObjectReader) throws(Failure) {
        self.init(
            postalCode: try reader.required("postalCode"), street: try reader.text("street"),
            number: try reader.text("number"), complement: reader.optionalText("complement"),
            district: try reader.text("district"), city: try reader.text("city"),
            state: try reader.required("state"), country: try reader.optional("country") ?? .brazil)
    }

    /// Appends what `types/address.json` describes; the country is left out when it is Brazil.
    func write(to writer: inout Writer) {
        writer.object { address in
            address.member("postalCode", postalCode)
            address.member("street", street)
            address.member("number", number)
            address.optional("complement", complement)
            address.member("district", district)
            address.member("city", city)
            address.member("state", state)
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
            state: try reader.change("state"), country: try reader.change("country"))
    }
}
