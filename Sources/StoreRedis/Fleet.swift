/// The servers of a store, and which command goes to which.
protocol Fleet: Sendable {
    /// Commands have to say their slots.
    var usesSlots: Bool { get }

    /// Splits a call's commands by connection, in their order.
    func parts(of commands: CommandBuffer) throws(StoreFailure) -> [Part]

    /// The connection to the server at `endpoint`, which a redirection has named.
    func connection(to endpoint: Endpoint) throws(StoreFailure) -> Connection

    /// Takes in that a slot lives elsewhere now.
    func note(slot: UInt16, at endpoint: Endpoint)

    /// Asks for a new look at where everything is.
    func refresh()

    /// The servers to ask for a sign of life, the likeliest first.
    var endpoints: [Endpoint] { get }

    /// What keeps any of the servers from working.
    var fault: RedisFault? { get }
}
