/// Which resources a method reads and writes, one bit each; the program says which bit is which.
///
/// Two calls about one subject keep their order when one writes what the other reads or writes.
package struct Footprint: Hashable, Sendable {
    package var reads: UInt8
    package var writes: UInt8

    package init(reads: UInt8 = 0, writes: UInt8 = 0) {
        self.reads = reads
        self.writes = writes
    }

    /// No resource is touched.
    var isEmpty: Bool { reads | writes == 0 }

    mutating func formUnion(_ other: Footprint) {
        reads |= other.reads
        writes |= other.writes
    }

    /// Whether the order of the two shows.
    package func conflicts(with other: Footprint) -> Bool {
        (writes & (other.reads | other.writes)) | (reads & other.writes) != 0
    }
}
