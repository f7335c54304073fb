import Bureau
import JSON
import Repositories

/// The primary key of an item: a subject's token, and what of the subject the item holds.
struct ItemKey: Hashable {
    /// The sort key of a profile.
    static let profile = "profile"
    static let scorePrefix = "score#"

    let partition: [UInt8]
    let sort: String

    init(partition: [UInt8], sort: String) {
        self.partition = partition
        self.sort = sort
    }

    static func profile(of token: SubjectToken) -> ItemKey {
        ItemKey(partition: token.bytes, sort: profile)
    }

    static func score(_ id: RecordID, of token: SubjectToken) -> ItemKey {
        ItemKey(partition: token.bytes, sort: scorePrefix + id.text)
    }

    /// Writes the two members of the key.
    func write(to writer: inout Writer) {
        writer.key("pk")
        writer.binary(partition)
        writer.key("sk")
        writer.text(sort)
    }
}

extension SubjectToken {
    var bytes: [UInt8] { withBytes { Array($0) } }

    init?(_ bytes: [UInt8]) {
        guard let token = bytes.withUnsafeBytes({ SubjectToken(bytes: $0) }) else { return nil }
        self = token
    }
}
