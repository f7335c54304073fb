import Repositories

/// Reads HMGET's three values, each "SECONDS.MICROS ID BODY" or null.
struct LatestDecoder: ReplyDecoder {
    static var placeholder: LatestEvents { LatestEvents() }

    func value(_ cursor: inout ReplyCursor, at index: Int) throws(ReplyError) -> LatestEvents? {
        guard try cursor.arrayCount() == 3 else { throw .malformed }
        // All three have to be there before any is copied: a reply that is cut is read again.
        let values = (try cursor.bulk(), try cursor.bulk(), try cursor.bulk())
        guard Self.isStored(values.0), Self.isStored(values.1), Self.isStored(values.2) else { return nil }
        return LatestEvents(copying: Self.body(of: values.0), Self.body(of: values.1), Self.body(of: values.2))
    }

    /// False for a value of another shape.
    private static func isStored(_ value: UnsafeBufferPointer<UInt8>?) -> Bool {
        value == nil || body(of: value) != nil
    }

    private static func body(of value: UnsafeBufferPointer<UInt8>?) -> UnsafeBufferPointer<UInt8>? {
        guard let value, let time = value.space(from: 0), let id = value.space(from: time + 1) else { return nil }
        return UnsafeBufferPointer(rebasing: value[(id + 1)...])
    }
}
