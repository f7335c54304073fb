import Bureau
import Repositories
import Vault

extension ProfileContent {
    /// All of a profile but its address in one form of octets, sealed values by their nonces.
    var octetsBesideAddress: [UInt8] {
        var writer = FieldWriter()
        writer.integer(birthDate.daysSinceEpoch)
        writer.optional(housing?.rawValue) { $0.text($1) }
        writer.integer(UInt32(assets.count))
        for asset in assets {
            writer.text(asset.kind.rawValue)
            writer.integer(asset.value.cents)
            writer.optional(asset.paidOff) { $0.integer($1 ? UInt8(1) : 0) }
            writer.optional(asset.outstanding) { $0.integer($1.cents) }
            writer.optional(asset.description) { $0.octets($1.nonce) }
        }
        writer.integer(UInt32(incomeSources.count))
        for source in incomeSources {
            writer.text(source.kind.rawValue)
            writer.integer(source.monthlyAmount.cents)
            writer.optional(source.employer) { $0.octets($1.nonce) }
            writer.optional(source.since) { $0.integer($1.daysSinceEpoch) }
        }
        return writer.bytes
    }
}
