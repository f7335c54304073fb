/// Why a table of points is no scorecard.
package enum ScorecardError: Error, Hashable {
    /// A table without a bin.
    case noBins
    /// The bin at `index` does not begin above the one before it.
    case binsNotAscending(index: Int)
    /// A scorecard that looks at nothing.
    case noCharacteristics
    /// A characteristic that is there twice.
    case duplicateCharacteristic(CharacteristicName)
}
