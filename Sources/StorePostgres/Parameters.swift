/// The parameters of one statement, each a one-dimensional array in PostgreSQL's binary format (`array_recv`).
///
/// Arrays stand side by side and have one element for each item of a batch: `unnest` turns them into rows. No value is
/// ever part of the SQL.
struct Parameters: Sendable {
    /// All the arrays, one after the other.
    private(set) var bytes: [UInt8] = []
    /// Where each array ends in `bytes`.
    private(set) var ends: [Int] = []

    /// Adds an array with the value that `read` finds in each item; NULL where it finds none.
    mutating func add<Items: Collection, Value: BinaryValue>(
        _ items: Items, _ read: (Items.Element) -> Value?
    ) {
        let dimensions: Int32 = 1
        let lowerBound: Int32 = 1
        bytes.append(bigEndian: dimensions)
        let flagPosition = bytes.count
        bytes.append(bigEndian: Int32(0))
        bytes.append(bigEndian: Value.typeID)
        bytes.append(bigEndian: Int32(items.count))
        bytes.append(bigEndian: lowerBound)
        var hasNull = false
        for item in items {
            let lengthPosition = bytes.count
            bytes.append(bigEndian: Int32(-1))
            guard let value = read(item) else {
                hasNull = true
                continue
            }
            value.append(to: &bytes)
            set(Int32(bytes.count - lengthPosition - 4), at: lengthPosition)
        }
        if hasNull { set(1, at: flagPosition) }
        ends.append(bytes.count)
    }

    private mutating func set(_ value: Int32, at position: Int) {
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: value.bigEndian, toByteOffset: position, as: Int32.self) }
    }
}
