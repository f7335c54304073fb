extension String {
    /// Lends the text as C's mutable, zero-ended string, the form in which OpenSSL takes parameters that it only reads.
    func withMutableCString<R>(_ body: (UnsafeMutablePointer<CChar>) -> R) -> R {
        var characters = utf8.map { CChar(bitPattern: $0) } + [0]
        return characters.withUnsafeMutableBufferPointer { buffer in
            // Never nil: the array holds at least the zero.
            body(buffer.baseAddress!)
        }
    }
}
