/// Writes values one after another in few bytes.
struct PackedWriter {
    private(set) var bytes: [UInt8] = []

    init(reserving capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    mutating func byte(_ byte: UInt8) {
        bytes.append(byte)
    }

    mutating func bytes(_ more: [UInt8]) {
        bytes += more
    }

    /// Seven bits a byte, the lowest first; the highest bit tells that more follow (LEB128).
    mutating func unsigned(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// The sign in the lowest bit (zigzag).
    mutating func signed(_ value: Int64) {
        unsigned(UInt64(bitPattern: value << 1 ^ value >> 63))
    }

    mutating func text(_ text: String) {
        unsigned(UInt64(text.utf8.count))
        bytes += text.utf8
    }
}

/// Reads what `PackedWriter` wrote. Every function returns nil when the bytes are not what it expects.
struct PackedReader {
    private let buffer: UnsafeBufferPointer<UInt8>
    private var position = 0

    /// Reads a whole value; nil when `read` returns nil or bytes are left over.
    static func read<T>(_ bytes: [UInt8], _ read: (inout PackedReader) -> T?) -> T? {
        bytes.withUnsafeBufferPointer { buffer in
            var reader = PackedReader(buffer: buffer)
            guard let value = read(&reader) else { return nil }
            return reader.position == buffer.count ? value : nil
        }
    }

    private init(buffer: UnsafeBufferPointer<UInt8>) {
        self.buffer = buffer
    }

    mutating func byte() -> UInt8? {
        guard position < buffer.count else { return nil }
        defer { position += 1 }
        return buffer[position]
    }

    mutating func bytes(_ count: Int) -> [UInt8]? {
        guard count <= buffer.count - position else { return nil }
        defer { position += count }
        return Array(buffer[position..<position + count])
    }

    mutating func unsigned() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            guard let next = byte(), shift < 63 || next <= 1 else { return nil }
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
        }
        return nil
    }

    mutating func signed() -> Int64? {
        unsigned().map { Int64(bitPattern: $0 >> 1) ^ -Int64(bitPattern: $0 & 1) }
    }

    /// A number of elements, each of which takes at least a byte.
    mutating func count() -> Int? {
        unsigned().flatMap { $0 <= UInt64(buffer.count) ? Int($0) : nil }
    }

    mutating func text() -> String? {
        count().flatMap { bytes($0) }.flatMap { String(validating: $0, as: UTF8.self) }
    }

    mutating func list<T>(of count: Int, _ read: (inout PackedReader) -> T?) -> [T]? {
        var list: [T] = []
        list.reserveCapacity(count)
        for _ in 0..<count {
            guard let element = read(&self) else { return nil }
            list.append(element)
        }
        return list
    }

    /// All bytes that are left.
    mutating func rest() -> [UInt8] {
        defer { position = buffer.count }
        return Array(buffer[position...])
    }
}
