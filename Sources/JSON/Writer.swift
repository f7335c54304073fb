/// Appends JSON to a buffer of bytes, with the commas where they belong.
///
/// Objects, arrays, keys and values know whether a comma is due; `raw` writes bytes as they are and makes the writer
/// forget it. Nothing is allocated but the buffer, which grows as it must.
public struct Writer: Sendable {
    /// Initialised to its end, of which the first `length` bytes count: so each write is one check and one copy.
    @usableFromInline var storage: [UInt8]
    @usableFromInline var length = 0
    @usableFromInline var isCommaDue = false

    package init(reserving capacity: Int = 0) {
        storage = [UInt8](repeating: 0, count: capacity)
    }

    /// The number of bytes written so far.
    @inlinable public var count: Int { length }

    /// A copy of what has been written.
    package var bytes: [UInt8] { Array(storage[..<length]) }

    /// Calls `body` with what has been written, without a copy. The bytes are valid only during the call.
    @inlinable
    public func withBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        storage.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[..<length])) }
    }

    /// Gives away what has been written, and starts anew with nothing.
    package mutating func take() -> [UInt8] {
        storage.removeLast(storage.count - length)
        let taken = storage
        storage = []
        truncate(to: 0)
        return taken
    }

    /// Forgets what has been written.
    package mutating func removeAll(keepingCapacity: Bool = true) {
        if !keepingCapacity { storage = [] }
        truncate(to: 0)
    }

    /// Forgets all that was written after the first `count` bytes, such as a result that turned into an error.
    package mutating func truncate(to count: Int) {
        precondition(count >= 0 && count <= length)
        length = count
        isCommaDue = false
    }
}
