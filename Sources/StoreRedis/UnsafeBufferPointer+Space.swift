import Glibc

extension UnsafeBufferPointer<UInt8> {
    /// The place of the first space from `start` on.
    func space(from start: Int) -> Int? {
        guard start < count, let base = baseAddress,
            let found = memchr(base + start, Int32(UInt8(ascii: " ")), count - start)
        else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
}
