/// The lines of a descriptor, of any length, without their ends; the last one need not have one.
struct InputLines {
    private let descriptor: Descriptor
    private var buffer: [UInt8] = []
    /// Where the next line starts.
    private var start = 0
    private var isAtEnd = false

    init(_ descriptor: Descriptor) {
        self.descriptor = descriptor
    }

    /// Awaits the next line; nil at the end of the input.
    mutating func next() throws -> [UInt8]? {
        var scanned = start
        while true {
            if let end = buffer[scanned...].firstIndex(of: 0x0A) {
                defer { start = end + 1 }
                return Array(buffer[start..<end])
            }
            if isAtEnd {
                defer { start = buffer.count }
                return start < buffer.count ? Array(buffer[start...]) : nil
            }
            buffer.removeFirst(start)
            start = 0
            scanned = buffer.count
            let part = try descriptor.readSome()
            isAtEnd = part.isEmpty
            buffer += part
        }
    }
}
