import Bureau

extension StaticString {
    /// C's zero-ended string, which lives as long as the program.
    ///
    /// OpenSSL keeps the pointers to the names and texts of its parameters, which a Swift `String` lends only for the
    /// length of one call. It takes them as mutable and never writes to them.
    var cString: UnsafeMutablePointer<CChar> {
        UnsafeMutableRawPointer(mutating: utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
