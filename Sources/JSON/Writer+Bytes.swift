extension Writer {
    /// Appends bytes as they are; no comma is written before them, nor before what follows.
    @inlinable
    public mutating func raw(_ text: StaticString) {
        append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        isCommaDue = false
    }

    /// Appends bytes as they are; no comma is written before them, nor before what follows.
    @inlinable
    public mutating func raw(_ bytes: UnsafeBufferPointer<UInt8>) {
        append(bytes)
        isCommaDue = false
    }

    /// Appends bytes as they are; no comma is written before them, nor before what follows.
    @inlinable
    public mutating func raw(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { append($0) }
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

    /// Makes room for `most` bytes and lets `body` fill it; `body` gives the number of bytes that it wrote.
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
