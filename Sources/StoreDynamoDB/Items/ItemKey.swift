import Bureau
import JSON

/// The primary key of an item: a subject's token, and a sort key that tells what the item holds.
struct ItemKey: Hashable {
    /// The sort key of a profile.
    static let profile = "profile"
    static let scorePrefix = "score#"
    static let receiptPrefix = "receipt#"

    let partition: [UInt8]
    let sort: String

    static func profile(of token: SubjectToken) -> ItemKey {
        ItemKey(partition: token.bytes, sort: profile)
    }

    static func score(_ id: RecordID, of token: SubjectToken) -> ItemKey {
        ItemKey(partition: token.bytes, sort: scorePrefix + id.text)
    }

    /// The receipt of a score.
    static func receipt(_ key: RepeatKey) -> ItemKey {
        ItemKey(partition: key.token.bytes, sort: receiptPrefix + key.key.text)
    }

    /// Whether the item is a score's receipt.
    var isReceipt: Bool { sort.hasPrefix(Self.receiptPrefix) }

    /// Reads the two members of the key.
    init(_ item: ItemReader) throws(MalformedItem) {
        partition = try item.bytes("pk")
        sort = try item.text("sk")
    }

    init(partition: [UInt8], sort: String) {
        self.partition = partition
        self.sort = sort
    }

    /// Writes the two members of the key.
    func write(to writer: inout Writer) {
        writer.binary("pk", partition)
        writer.text("sk", sort)
    }
}

/// The 16 random bytes of one write, which tell a write with a lost answer from the write of somebody else.
///
/// The identifier of a profile's first write also names that life of the profile. Scores carry the life, so that scores
/// which a deletion has missed are not taken for scores of the next life.
struct WriteID: Hashable, Sendable {
    let bytes: [UInt8]

    static func random() -> WriteID {
        var generator = SystemRandomNumberGenerator()
        let words: (UInt64, UInt64) = (generator.next(), generator.next())
        return WriteID(bytes: withUnsafeBytes(of: words) { Array($0) })
    }
}
