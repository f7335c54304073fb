import Bureau
import COpenSSL

/// Makes the pads that hide times, for one thread at a time: AES-256 (FIPS 197) of a block that stands for the record.
///
/// Two copies of a record from different days tell how far its times are apart, and not when they are.
struct TimePads: ~Copyable {
    private static let blockBytes = 16

    private let context: OpaquePointer

    init(_ key: SecretKey, _ algorithms: Algorithms) throws(VaultError) {
        context = try Algorithms.context(of: algorithms.blockCipher, under: key)
    }

    deinit { EVP_CIPHER_CTX_free(context) }

    /// The pads of the two times of a record.
    func pads(_ block: RecordID) -> (created: UInt64, updated: UInt64) {
        var words = (block.high.bigEndian, block.low.bigEndian)
        let isMade = withUnsafeMutableBytes(of: &words) { words in
            let bytes = words.baseAddress?.assumingMemoryBound(to: UInt8.self)
            var written: Int32 = 0
            return EVP_CipherUpdate(context, bytes, &written, bytes, Int32(Self.blockBytes)) == 1
                && written == Int32(Self.blockBytes)
        }
        // A context that has its key and takes whole blocks has nothing to refuse.
        precondition(isMade)
        return (UInt64(bigEndian: words.0), UInt64(bigEndian: words.1))
    }
}

/// The record whose times are hidden.
public enum TimedRow: Sendable {
    /// The person of base A or the profile of base B.
    case subject(SubjectToken)
    case debt(RecordID)
    /// The keyed hash is one of the debt and the payment.
    case payment(key: RecordID)
    /// What is kept of a write under a client's key, which many subjects may share.
    case receipt(key: RecordID, of: SubjectToken)
    /// The identifier may be hidden or not.
    case score(RecordID, of: SubjectToken)
    /// The stamp of the content that a subject has in the base.
    case stamp(SubjectToken)
}

extension VaultSession {
    /// The times as a store has them.
    public mutating func hidden(_ times: RowTimes, of row: TimedRow) -> RowTimes {
        let pads = timePads(of: row)
        return RowTimes(
            created: RowTimes.hidden(times.created, by: pads.created),
            updated: RowTimes.hidden(times.updated, by: pads.updated))
    }

    /// The times that a store has hidden. The second is never before the first, although clocks are set back and
    /// daemons' clocks differ.
    public mutating func shown(_ times: RowTimes, of row: TimedRow) -> RowTimes {
        let pads = timePads(of: row)
        let created = RowTimes.shown(times.created, by: pads.created)
        return RowTimes(created: created, updated: max(created, RowTimes.shown(times.updated, by: pads.updated)))
    }

    /// What hides the only time of a row.
    public mutating func timePad(of row: TimedRow) -> UInt64 { timePads(of: row).created }

    /// What hides the identifier of a score, and the instant as of which it was computed.
    public mutating func scorePads(_ id: RecordID, of token: SubjectToken) -> (id: UInt64, asOf: UInt64) {
        let pads = timePads(of: .score(id, of: token))
        return (pads.created, pads.updated)
    }

    mutating func timePads(of row: TimedRow) -> (created: UInt64, updated: UInt64) {
        let block =
            switch row {
            case .subject(let token): first(of: token).timeBlock
            case .debt(let id), .payment(let id): id
            case .receipt(let key, let token): first(of: token).timeBlock ^ key
            case .score(let id, let token): first(of: token).timeBlock ^ id.randomBits
            case .stamp(let token): first(of: token).timeBlock ^ RecordID(high: .max, low: .max)
            }
        return withTimePads { $0.pads(block) }
    }
}

extension RecordID {
    fileprivate static func ^ (one: RecordID, other: RecordID) -> RecordID {
        RecordID(high: one.high ^ other.high, low: one.low ^ other.low)
    }
}

extension SubjectToken {
    fileprivate var timeBlock: RecordID {
        withWords { words in
            RecordID(
                high: UInt64(bigEndian: words.loadUnaligned(as: UInt64.self)),
                low: UInt64(bigEndian: words.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }
}
