import Repositories

/// Reads HMGET's three values, each "SECONDS.MICROS ID BODY" or null.
struct LatestDecoder: ReplyDecoder {
    static var placeholder: LatestEvents { LatestEvents() }

    func value(_ cursor: inout ReplyCursor, at index: Int) throws(ReplyError) -> LatestEvents? {
        guard try cursor.arrayCount() == 3 else { throw .malformed }
        let bureauQuery = try cursor.bulk()
        let movement = try cursor.bulk()
        let cardPurchase = try cursor.bulk()
        // All three have to be there before any is copied: a reply that is cut is read again.
        var latest = LatestEvents()
        guard Self.copyBody(bureauQuery, to: &latest.bureauQuery), Self.copyBody(movement, to: &latest.movement),
            Self.copyBody(cardPurchase, to: &latest.cardPurchase)
        else { return nil }
        return latest
    }

    /// False for a value of another shape.
    private static func copyBody(_ value: UnsafeBufferPointer<UInt8>?, to body: inout [UInt8]?) -> Bool {
        guard let value else { return true }
        guard let time = value.space(from: 0), let id = value.space(from: time + 1) else { return false }
        body = Array(UnsafeBufferPointer(rebasing: value[(id + 1)...]))
        return true
    }
}
