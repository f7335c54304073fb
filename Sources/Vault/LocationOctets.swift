import Bureau

/// Octets that tell rows or records of one subject apart. Up to 32 lie in place, because persons have many sealed
/// values, and an array for each would cost more than its octets.
public struct LocationOctets: Hashable, Sendable {
    private static let mostInPlace = MemoryLayout<SIMD4<UInt64>>.size

    private var short = SIMD4<UInt64>.zero
    private var count = 0
    /// The octets where they are more.
    private var long: [UInt8] = []

    public init(_ octets: [UInt8] = []) {
        count = octets.count
        guard count <= Self.mostInPlace else {
            long = octets
            return
        }
        withUnsafeMutableBytes(of: &short) { $0.copyBytes(from: octets) }
    }

    /// The octets of identifiers, one or two.
    public init(_ id: RecordID, _ other: RecordID? = nil) {
        append(id.high)
        append(id.low)
        guard let other else { return }
        append(other.high)
        append(other.low)
    }

    /// The octets of numbers, one or two, the highest first.
    public init(_ number: Int64, _ other: Int64? = nil) {
        append(UInt64(bitPattern: number))
        if let other { append(UInt64(bitPattern: other)) }
    }

    private mutating func append(_ word: UInt64) {
        short[count / 8] = word.bigEndian
        count += 8
    }

    func withBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
        guard long.isEmpty else { return long.withUnsafeBytes(body) }
        withUnsafeBytes(of: short) { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
}
