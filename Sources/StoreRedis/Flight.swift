/// The exchanges under way on one link, in the order of their replies.
struct Flight {
    private struct Item {
        var exchange: Exchange
        /// How much had been handed to the link before this exchange's first byte.
        var start: Int
    }

    private var items: [Item] = []
    /// The bytes handed over in all, sent or not.
    private var handedOver = 0

    var count: Int { items.count }
    var first: Exchange? { items.first?.exchange }

    /// The moment at which one of them has waited too long.
    var deadline: Moment? { items.lazy.map(\.exchange.deadline).min() }

    /// Adds an exchange whose unanswered commands are about to be sent.
    mutating func add(_ exchange: Exchange) {
        items.append(Item(exchange: exchange, start: handedOver))
        handedOver += exchange.unanswered.count
    }

    mutating func removeFirst() -> Exchange {
        items.removeFirst().exchange
    }

    /// Takes all, in order: those of which the link has had a byte, and those that it has seen nothing of.
    mutating func takeAll(sentBytes: Int) -> (sent: [Exchange], unsent: [Exchange]) {
        let taken = items
        items = []
        return (
            taken.filter { $0.start < sentBytes }.map(\.exchange),
            taken.filter { $0.start >= sentBytes }.map(\.exchange)
        )
    }
}
