import Bureau

/// The newest event of each kind, as `EventRecord.body`; nil for a kind without events.
///
/// The bodies may lie among those of other subjects, because base C returns hundreds of thousands a second, and an
/// allocation for each subject takes longer than the copy.
package struct LatestEvents: Sendable {
    private let bodies: EventBodies
    private let bureauQueryRange: Range<Int32>?
    private let movementRange: Range<Int32>?
    private let cardPurchaseRange: Range<Int32>?

    /// Copies the bodies.
    package init(
        copying bureauQuery: UnsafeBufferPointer<UInt8>?, _ movement: UnsafeBufferPointer<UInt8>?,
        _ cardPurchase: UnsafeBufferPointer<UInt8>?
    ) {
        self.init(adding: bureauQuery, movement, cardPurchase, to: EventBodies(reserving: 0))
    }

    /// Copies the bodies behind those that were read before; `bodies` is nil at first, and replaced when it is full.
    package init(
        copying bureauQuery: UnsafeBufferPointer<UInt8>?, _ movement: UnsafeBufferPointer<UInt8>?,
        _ cardPurchase: UnsafeBufferPointer<UInt8>?, to bodies: inout EventBodies?
    ) {
        let shared = bodies.flatMap { $0.isFull ? nil : $0 } ?? EventBodies(reserving: EventBodies.fullBytes + 4096)
        bodies = shared
        self.init(adding: bureauQuery, movement, cardPurchase, to: shared)
    }

    private init(
        adding bureauQuery: UnsafeBufferPointer<UInt8>?, _ movement: UnsafeBufferPointer<UInt8>?,
        _ cardPurchase: UnsafeBufferPointer<UInt8>?, to bodies: EventBodies
    ) {
        self.bodies = bodies
        bureauQueryRange = bureauQuery.map { bodies.add($0) }
        movementRange = movement.map { bodies.add($0) }
        cardPurchaseRange = cardPurchase.map { bodies.add($0) }
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

    /// Lends the bodies: of the bureau query, the movement and the card purchase.
    package func withBodies<R>(
        _ body: (UnsafeBufferPointer<UInt8>?, UnsafeBufferPointer<UInt8>?, UnsafeBufferPointer<UInt8>?) -> R
    ) -> R {
        bodies.bytes.withUnsafeBufferPointer { bytes in
            func part(_ range: Range<Int32>?) -> UnsafeBufferPointer<UInt8>? {
                range.map { UnsafeBufferPointer(rebasing: bytes[Int($0.lowerBound)..<Int($0.upperBound)]) }
            }
            return body(part(bureauQueryRange), part(movementRange), part(cardPurchaseRange))
        }
    }

    private func slice(_ range: Range<Int32>?) -> ArraySlice<UInt8>? {
        range.map { bodies.bytes[Int($0.lowerBound)..<Int($0.upperBound)] }
    }
}

extension LatestEvents: Equatable {
    package static func == (one: LatestEvents, other: LatestEvents) -> Bool {
        one.bureauQuery == other.bureauQuery && one.movement == other.movement
            && one.cardPurchase == other.cardPurchase
    }
}

/// The bodies of events that were read together, one behind the other.
///
/// Unchecked: one thread adds all bodies before it gives any of them away. From then on nothing changes.
package final class EventBodies: @unchecked Sendable {
    /// From how many bytes on no more are added: short of what the allocator takes from the system each time.
    fileprivate static let fullBytes = 32 << 10

    fileprivate var bytes: [UInt8] = []

    fileprivate init(reserving capacity: Int) { bytes.reserveCapacity(capacity) }

    fileprivate var isFull: Bool { bytes.count >= Self.fullBytes }

    fileprivate func add(_ body: UnsafeBufferPointer<UInt8>) -> Range<Int32> {
        let start = Int32(bytes.count)
        bytes.append(contentsOf: body)
        return start..<Int32(bytes.count)
    }
}
