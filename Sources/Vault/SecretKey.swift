import Bureau
import COpenSSL
import Encodings
import Glibc

/// 32 secret bytes in their own memory page, out of swap and core dumps where the system allows; wiped when released.
///
/// For the few keys that live as long as the process. OpenSSL keeps the contexts of a key on its ordinary heap, and
/// wipes them when they are freed.
final class SecretKey: Sendable {
    static let byteCount = 32

    // Threads may share it because only `init` writes it, which the compiler cannot see behind a pointer.
    private nonisolated(unsafe) let page: UnsafeMutableRawPointer
    private let pageBytes: Int

    /// Makes a key from the 32 bytes that `write` fills.
    init<E: Error>(writtenBy write: (UnsafeMutableRawBufferPointer) throws(E) -> Void) throws(E) {
        pageBytes = Int(getpagesize())
        page = .allocate(byteCount: pageBytes, alignment: pageBytes)
        // Both calls may fail, because a container may allow no locked memory; the key is needed all the same.
        mlock(page, pageBytes)
        madvise(page, pageBytes, MADV_DONTDUMP)
        page.initializeMemory(as: UInt8.self, repeating: 0, count: SecretKey.byteCount)
        try write(UnsafeMutableRawBufferPointer(start: page, count: SecretKey.byteCount))
    }

    deinit {
        OPENSSL_cleanse(page, SecretKey.byteCount)
        madvise(page, pageBytes, MADV_DODUMP)
        munlock(page, pageBytes)
        page.deallocate()
    }

    /// Lends the key's bytes to `body`, which must not keep or copy them.
    func withBytes<R: ~Copyable, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try body(UnsafeRawBufferPointer(start: page, count: SecretKey.byteCount))
    }
}

extension SecretKey {
    /// Reads exactly 64 lower-case hexadecimal digits.
    convenience init?(hexadecimal digits: Slice<UnsafeRawBufferPointer>) {
        guard digits.count == 2 * SecretKey.byteCount, digits.allSatisfy({ SecretKey.value(of: $0) != nil }) else {
            return nil
        }
        self.init { output in
            var index = digits.startIndex
            for position in output.indices {
                let high = SecretKey.value(of: digits[index]) ?? 0
                let low = SecretKey.value(of: digits[index + 1]) ?? 0
                output[position] = high << 4 | low
                index += 2
            }
        }
    }

    /// Appends 64 lower-case hexadecimal digits.
    func appendHexadecimal(to text: inout [UInt8]) {
        withBytes { Hexadecimal.append($0, to: &text) }
    }

    private static func value(of digit: UInt8) -> UInt8? {
        UInt8(ascii: "A")...UInt8(ascii: "F") ~= digit ? nil : Hexadecimal.value(of: digit)
    }
}
