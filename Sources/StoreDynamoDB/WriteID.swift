/// What a write signs an item with: 16 random bytes, by which an answer that was lost can be told from a write that
/// was.
///
/// The identifier of a profile's first write also names that life of the profile: its scores carry it, and those that a
/// deletion has missed are not taken for the next life's.
struct WriteID: Hashable, Sendable {
    let bytes: [UInt8]

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    static func random() -> WriteID {
        var generator = SystemRandomNumberGenerator()
        let words: (UInt64, UInt64) = (generator.next(), generator.next())
        return WriteID(bytes: withUnsafeBytes(of: words) { Array($0) })
    }
}
