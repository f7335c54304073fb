import Glibc
import Platform

/// Lines of CSV on their way to a descriptor, in large pieces.
///
/// It owns its buffer, so that a field is one copy. It is used by one thread.
final class BatchOutput {
    private static let pieceBytes = 256 << 10

    private let descriptor: FileDescriptor
    private var storage: UnsafeMutableRawBufferPointer
    private var count = 0
    /// The error of the system that ended the output: nothing more is written after it.
    private(set) var failure: Int32?

    init(_ descriptor: FileDescriptor) {
        self.descriptor = descriptor
        storage = .allocate(byteCount: Self.pieceBytes + 4096, alignment: 16)
    }

    deinit { storage.deallocate() }

    /// Writes what is there.
    func flush() {
        if count > 0, failure == nil, !descriptor.writeAll(UnsafeRawBufferPointer(rebasing: storage[..<count])) {
            failure = errno
        }
        count = 0
    }

    /// Appends a field, quoted where it has to be (RFC 4180).
    func append(field bytes: UnsafeRawBufferPointer) {
        guard bytes.contains(where: Self.isSpecial) else { return append(bytes) }
        append(Self.quote)
        for byte in bytes {
            if byte == Self.quote { append(byte) }
            append(byte)
        }
        append(Self.quote)
    }

    func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        reserve(bytes.count)
        memcpy(storage.baseAddress! + count, source, bytes.count)
        count += bytes.count
    }

    func append(_ byte: UInt8) {
        reserve(1)
        storage[count] = byte
        count += 1
    }

    func append(_ integer: Int64) {
        if integer < 0 { append(UInt8(ascii: "-")) }
        reserve(20)
        var rest = integer.magnitude
        let start = count
        repeat {
            storage[count] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            count += 1
            rest /= 10
        } while rest > 0
        storage[start..<count].reverse()
    }

    /// Makes room for `bytes` bytes.
    private func reserve(_ bytes: Int) {
        if count + bytes <= storage.count { return }
        flush()
        guard bytes > storage.count else { return }
        storage.deallocate()
        storage = .allocate(byteCount: bytes, alignment: 16)
    }

    private static let quote = UInt8(ascii: "\"")

    private static func isSpecial(_ byte: UInt8) -> Bool {
        byte <= UInt8(ascii: ",")
            && (byte == UInt8(ascii: ",") || byte == quote || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r"))
    }
}
