import COpenSSL

/// A buffer of OpenSSL's random generator, because one draw of many bytes is faster than many draws.
struct RandomBytes: ~Copyable {
    private static let bufferBytes = 1024

    private let buffer: UnsafeMutableRawBufferPointer
    private var used = RandomBytes.bufferBytes

    init() {
        buffer = .allocate(byteCount: RandomBytes.bufferBytes, alignment: 16)
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit {
        OPENSSL_cleanse(buffer.baseAddress, buffer.count)
        buffer.deallocate()
    }

    /// Fills `output` with bytes that are used nowhere else, and wipes them from the buffer.
    mutating func fill(_ output: UnsafeMutableRawBufferPointer) throws(VaultError) {
        precondition(output.count <= RandomBytes.bufferBytes)
        if used + output.count > buffer.count {
            try RandomBytes.draw(into: buffer)
            used = 0
        }
        let fresh = UnsafeMutableRawBufferPointer(rebasing: buffer[used..<used + output.count])
        output.copyMemory(from: UnsafeRawBufferPointer(fresh))
        OPENSSL_cleanse(fresh.baseAddress, fresh.count)
        used += output.count
    }

    /// Fills `output` directly from the generator.
    static func draw(into output: UnsafeMutableRawBufferPointer) throws(VaultError) {
        guard RAND_bytes(output.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(output.count)) == 1 else {
            ERR_clear_error()
            throw .randomness
        }
    }
}
