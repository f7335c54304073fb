import Bureau
import Glibc
import Services
import Tables

/// The rows of an extraction in their order, without those of subjects who are gone.
struct ExtractedRows: ~Copyable {
    private var rows: RowSort
    /// Whose data may be used now, as rows of presence; nil where all rows are of now.
    private var present: RowSort?
    private let characteristics: [CharacteristicName]

    init(_ rows: consuming RowSort, of characteristics: [CharacteristicName], present: consuming RowSort?) {
        self.rows = rows
        self.characteristics = characteristics
        self.present = present
    }

    /// The rows of a part of the sort, and where those lie that may be written.
    mutating func part(_ part: Int) throws -> (rows: SortedRows, places: [Range<Int>]) {
        let sorted = try rows.rows(ofPart: part)
        guard let present = try present?.rows(ofPart: part) else { return (sorted, sorted.places) }
        return (sorted, places(in: sorted, heldBy: present))
    }

    /// Goes through both at once, because both are in the order of names and instants.
    private func places(in rows: SortedRows, heldBy present: SortedRows) -> [Range<Int>] {
        rows.bytes.withUnsafeBufferPointer { bytes in
            present.bytes.withUnsafeBufferPointer { names in
                var next = present.places[...]
                return rows.places.filter { place in
                    while let name = next.first {
                        let order = memcmp(
                            bytes.baseAddress! + place.lowerBound, names.baseAddress! + name.lowerBound,
                            FeatureRow.keyCount)
                        if order < 0 { return false }
                        if order == 0 {
                            let holders = RowHolders(presence: UnsafeBufferPointer(rebasing: names[name]))
                            return holders?.hold(UnsafeBufferPointer(rebasing: bytes[place]), of: characteristics)
                                ?? false
                        }
                        next.removeFirst()
                    }
                    return false
                }
            }
        }
    }
}
