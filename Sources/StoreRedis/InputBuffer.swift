/// Bytes that have arrived and are not read yet.
struct InputBuffer {
    private var storage = [UInt8](repeating: 0, count: Limits.readBytes)
    private var start = 0
    private var end = 0

    /// Nothing more fits until some of it is read.
    var isFull: Bool { end == storage.count }

    /// Takes in what a link has; the storage grows only when one reply fills it.
    ///
    /// - Throws: `notRedis` when a reply is longer than any that this program asks for.
    mutating func fill(from link: Link) throws(RedisFault) -> LinkProgress {
        if start == end {
            start = 0
            end = 0
        } else if end == storage.count {
            try makeRoom()
        }
        let progress = storage.withUnsafeMutableBytes { bytes in
            link.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[end...]))
        }
        if case .moved(let count) = progress { end += count }
        return progress
    }

    /// Lends the bytes at hand; `read` says how many of them it has used.
    mutating func drain(_ read: (UnsafeBufferPointer<UInt8>) -> Int) {
        start += storage.withUnsafeBufferPointer { read(UnsafeBufferPointer(rebasing: $0[start..<end])) }
    }

    private mutating func makeRoom() throws(RedisFault) {
        if start > 0 {
            storage.withUnsafeMutableBytes { bytes in
                bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            }
            end -= start
            start = 0
        } else {
            guard storage.count <= 2 * Limits.replyBytes else { throw .notRedis }
            storage.append(contentsOf: repeatElement(0, count: storage.count))
        }
    }
}
