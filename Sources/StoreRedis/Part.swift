/// The commands of a call that go to one connection.
struct Part: Sendable {
    var connection: Connection
    var commands: CommandBuffer
    /// Which commands of the call these are, preludes left out; nil when they are all of them.
    var indices: [Int]?
}
