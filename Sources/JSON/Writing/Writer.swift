/// A buffer to which JSON is appended, with commas between values.
///
/// Each value and key writes a comma first if one is due. `raw` writes bytes without commas and resets that state.
/// Only the buffer is allocated, and it grows on demand.
public struct Writer: Sendable {
    /// The buffer, full at all times so that each write is one check and one copy. Only `length` bytes are in use, and
    /// what lies behind them is never read.
    @usableFromInline var storage: [UInt8]
    @usableFromInline var length = 0
    @usableFromInline var isCommaDue = false

    public init(reserving capacity: Int = 0) {
        // Not filled with zeros, because that would take as long as it takes to write the answers of a group.
        storage = [UInt8](unsafeUninitializedCapacity: capacity) { $1 = capacity }
    }

    /// The number of bytes written so far.
    @inlinable public var count: Int { length }

    /// A copy of the written bytes.
    public var bytes: [UInt8] { Array(storage[..<length]) }

    /// Calls `body` with the written bytes, which are valid only during the call.
    @inlinable
    public func withBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        storage.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[..<length])) }
    }

    /// Returns the written bytes and leaves the writer empty.
    public mutating func take() -> [UInt8] {
        storage.removeLast(storage.count - length)
        let taken = storage
        storage = []
        removeAll()
        return taken
    }

    /// Discards the written bytes and keeps the buffer.
    public mutating func removeAll() {
        length = 0
        isCommaDue = false
    }

    /// Appends bytes without a comma before or after them.
    @inlinable
    public mutating func raw(_ text: StaticString) {
        append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        isCommaDue = false
    }

    /// Appends bytes without a comma before or after them.
    @inlinable
    public mutating func raw(_ bytes: UnsafeBufferPointer<UInt8>) {
        append(bytes)
        isCommaDue = false
    }

    @inlinable
    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress else { return }
        appendUpTo(bytes.count) { target in
            target.update(from: source, count: bytes.count)
            return bytes.count
        }
    }

    @inlinable
    mutating func append(_ byte: UInt8) {
        appendUpTo(1) { target in
            target.pointee = byte
            return 1
        }
    }

    /// Makes room for `most` bytes and calls `body`, which returns the number of bytes that it wrote.
    @inlinable
    mutating func appendUpTo(_ most: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Int) {
        if storage.count &- length < most { grow(by: most) }
        length &+= storage.withUnsafeMutableBufferPointer { body($0.baseAddress.unsafelyUnwrapped + length) }
    }

    @usableFromInline @inline(never)
    mutating func grow(by most: Int) {
        let wanted = max(length + most, storage.count * 2, 64)
        storage.reserveCapacity(wanted)
        storage.append(contentsOf: repeatElement(0, count: wanted - storage.count))
    }
}

extension Writer {
    /// Appends an object. `body` writes the members, each as a ``key(_:)`` and a value.
    @inlinable
    public mutating func object<E: Error>(_ body: (inout Writer) throws(E) -> Void) throws(E) {
        open(UInt8(ascii: "{"))
        try body(&self)
        close(UInt8(ascii: "}"))
    }

    /// Appends an array. `body` writes the elements.
    @inlinable
    public mutating func array<E: Error>(_ body: (inout Writer) throws(E) -> Void) throws(E) {
        open(UInt8(ascii: "["))
        try body(&self)
        close(UInt8(ascii: "]"))
    }

    /// Appends a key that needs no escapes, and a colon.
    @inlinable
    public mutating func key(_ key: StaticString) {
        let count = key.utf8CodeUnitCount
        let isCommaDue = isCommaDue
        appendUpTo(count + 4) { target in
            target[0] = UInt8(ascii: ",")
            let start = target + (isCommaDue ? 1 : 0)
            start[0] = UInt8(ascii: "\"")
            (start + 1).update(from: key.utf8Start, count: count)
            start[count + 1] = UInt8(ascii: "\"")
            start[count + 2] = UInt8(ascii: ":")
            return count + (isCommaDue ? 4 : 3)
        }
        self.isCommaDue = false
    }

    /// Appends a key with the necessary escapes, and a colon.
    @_disfavoredOverload
    public mutating func key(_ key: String) {
        string(key)
        append(UInt8(ascii: ":"))
        isCommaDue = false
    }

    /// Appends `true` or `false`.
    @inlinable
    public mutating func bool(_ value: Bool) {
        verbatim(value ? "true" : "false")
    }

    /// Appends `null`.
    @inlinable
    public mutating func null() {
        verbatim("null")
    }

    /// Appends one value from its JSON text, such as the id of a request.
    @inlinable
    public mutating func verbatim(_ json: UnsafeBufferPointer<UInt8>) {
        separate()
        append(json)
        isCommaDue = true
    }

    /// Appends one value from its JSON text.
    @inlinable
    public mutating func verbatim(_ json: StaticString) {
        verbatim(UnsafeBufferPointer(start: json.utf8Start, count: json.utf8CodeUnitCount))
    }

    /// Appends a comma if one is due.
    @inlinable
    mutating func separate() {
        if isCommaDue { append(UInt8(ascii: ",")) }
    }

    @inlinable
    mutating func open(_ bracket: UInt8) {
        separate()
        append(bracket)
        isCommaDue = false
    }

    @inlinable
    mutating func close(_ bracket: UInt8) {
        append(bracket)
        isCommaDue = true
    }
}
