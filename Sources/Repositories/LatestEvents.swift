import Bureau

/// The newest event of each kind, as `EventRecord.body`; nil where there is none.
///
/// One allocation holds all three: base C gives out hundreds of thousands a second.
package struct LatestEvents: Hashable, Sendable {
    /// The bodies, one after the other.
    private let bytes: [UInt8]
    /// Where the body of each kind begins and ends; nil where there is none.
    private let bureauQueryRange: Range<Int32>?
    private let movementRange: Range<Int32>?
    private let cardPurchaseRange: Range<Int32>?

    /// Copies what lies elsewhere.
    package init(
        copying bureauQuery: UnsafeBufferPointer<UInt8>?, _ movement: UnsafeBufferPointer<UInt8>?,
        _ cardPurchase: UnsafeBufferPointer<UInt8>?
    ) {
        let counts = (bureauQuery?.count ?? 0, movement?.count ?? 0, cardPurchase?.count ?? 0)
        let total = counts.0 + counts.1 + counts.2
        bytes = Array(unsafeUninitializedCapacity: total) { target, count in
            func add(_ body: UnsafeBufferPointer<UInt8>?) {
                if let body { count = target[count...].update(fromContentsOf: body) }
            }
            add(bureauQuery)
            add(movement)
            add(cardPurchase)
        }
        let ends = (Int32(counts.0), Int32(counts.0 + counts.1), Int32(total))
        bureauQueryRange = bureauQuery.map { _ in 0..<ends.0 }
        movementRange = movement.map { _ in ends.0..<ends.1 }
        cardPurchaseRange = cardPurchase.map { _ in ends.1..<ends.2 }
    }

    package init(bureauQuery: [UInt8]? = nil, movement: [UInt8]? = nil, cardPurchase: [UInt8]? = nil) {
        self = (bureauQuery ?? []).withUnsafeBufferPointer { first in
            (movement ?? []).withUnsafeBufferPointer { second in
                (cardPurchase ?? []).withUnsafeBufferPointer { third in
                    LatestEvents(
                        copying: bureauQuery == nil ? nil : first, movement == nil ? nil : second,
                        cardPurchase == nil ? nil : third)
                }
            }
        }
    }

    package var bureauQuery: ArraySlice<UInt8>? { slice(bureauQueryRange) }
    package var movement: ArraySlice<UInt8>? { slice(movementRange) }
    package var cardPurchase: ArraySlice<UInt8>? { slice(cardPurchaseRange) }

    private func slice(_ range: Range<Int32>?) -> ArraySlice<UInt8>? {
        range.map { bytes[Int($0.lowerBound)..<Int($0.upperBound)] }
    }
}
