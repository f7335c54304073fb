import Bureau

/// The newest event of each kind, as `EventRecord.body`; nil for a kind without events.
///
/// The bodies may lie among those of other subjects, because base C returns hundreds of thousands a second, and an
/// allocation for each subject takes longer than the copy.
public struct LatestEvents: Sendable {
    private let bodies: EventBodies
    private let bureauQueryRange: Range<Int32>?
    private let movementRange: Range<Int32>?
    private let cardPurchaseRange: Range<Int32>?

    /// Copies the bodies.
    public init(
        copying bureauQuery: UnsafeBufferPointer<UInt8>?, _ movement: UnsafeBufferPointer<UInt8>?,
        _ cardPurchase: UnsafeBufferPointer<UInt8>?
    ) {
        let count = (bureauQuery?.count ?? 0) + (movement?.count ?? 0) + (cardPurchase?.count ?? 0)
        self.init(adding: bureauQuery, movement, cardPurchase, to: EventBodies(capacity: count))
    }

    /// Copies the bodies behind those that were read before; `bodies` is nil at first, and replaced when it is full.
    public init(
        copying bureauQuery: UnsafeBufferPointer<UInt8>?, _ movement: UnsafeBufferPointer<UInt8>?,
        _ cardPurchase: UnsafeBufferPointer<UInt8>?, to bodies: inout EventBodies?
    ) {
        let count = (bureauQuery?.count ?? 0) + (movement?.count ?? 0) + (cardPurchase?.count ?? 0)
        if let bodies, bodies.hasRoom(for: count) {
            self.init(adding: bureauQuery, movement, cardPurchase, to: bodies)
        } else {
            let new = EventBodies(capacity: max(EventBodies.sharedBytes, count))
            bodies = new
            self.init(adding: bureauQuery, movement, cardPurchase, to: new)
        }
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

    public init(bureauQuery: [UInt8]? = nil, movement: [UInt8]? = nil, cardPurchase: [UInt8]? = nil) {
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

    public var bureauQuery: ArraySlice<UInt8>? { withBodies { first, _, _ in first.map { Array($0)[...] } } }
    public var movement: ArraySlice<UInt8>? { withBodies { _, second, _ in second.map { Array($0)[...] } } }
    public var cardPurchase: ArraySlice<UInt8>? { withBodies { _, _, third in third.map { Array($0)[...] } } }

    /// Lends the bodies: of the bureau query, the movement and the card purchase.
    public func withBodies<R>(
        _ body: (UnsafeBufferPointer<UInt8>?, UnsafeBufferPointer<UInt8>?, UnsafeBufferPointer<UInt8>?) -> R
    ) -> R {
        withExtendedLifetime(bodies) {
            body(
                bureauQueryRange.map { bodies[$0] }, movementRange.map { bodies[$0] },
                cardPurchaseRange.map { bodies[$0] })
        }
    }
}

extension LatestEvents: Equatable {
    public static func == (one: LatestEvents, other: LatestEvents) -> Bool {
        one.bureauQuery == other.bureauQuery && one.movement == other.movement
            && one.cardPurchase == other.cardPurchase
    }
}

/// The bodies of events that were read together, one behind the other.
///
/// Unchecked: one thread adds all bodies before it gives any of them away. From then on nothing changes. The memory is
/// not an array's, because each addition to an array in an object costs several checks, and there are millions.
public final class EventBodies: @unchecked Sendable {
    /// The bytes that many subjects share.
    fileprivate static let sharedBytes = 32 << 10

    private let memory: UnsafeMutableBufferPointer<UInt8>
    private var used = 0

    fileprivate init(capacity: Int) { memory = .allocate(capacity: capacity) }

    deinit { memory.deallocate() }

    fileprivate func hasRoom(for count: Int) -> Bool { memory.count - used >= count }

    /// Copies a body, for which there must be room.
    fileprivate func add(_ body: UnsafeBufferPointer<UInt8>) -> Range<Int32> {
        let start = used
        let room = UnsafeMutableBufferPointer(rebasing: memory[start...])
        _ = room.initialize(fromContentsOf: body)
        used += body.count
        return Int32(start)..<Int32(used)
    }

    fileprivate subscript(_ range: Range<Int32>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: memory[Int(range.lowerBound)..<Int(range.upperBound)])
    }
}
