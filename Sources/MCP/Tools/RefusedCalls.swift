import Bureau
import JSON
import Services
import Synchronization

/// The calls about a person that came to no method, because a limit was reached or the user did not agree; each is
/// recorded as an access that was denied.
public final class RefusedCalls: Sendable {
    private struct State {
        /// Records a call; nil until the stores are open.
        var record: (@Sendable (Access, CPF) -> Void)?
        /// What was refused before the stores were open.
        var waiting: [(access: Access, cpf: CPF)] = []
    }

    private let state = Mutex(State())

    /// The most calls that wait for the stores; a client that waits for its answers has one at a time.
    private static let maximumWaiting = 10_000

    /// From now on refused calls are recorded, those of before too.
    public func record(by record: @escaping @Sendable (Access, CPF) -> Void) {
        let waiting = state.withLock { state in
            state.record = record
            defer { state.waiting = [] }
            return state.waiting
        }
        for call in waiting { record(call.access, call.cpf) }
    }

    /// Records a call that was refused, when it is about a person.
    func note(_ tool: Tool, with arguments: Value?) {
        guard let cpf = arguments?.cpf else { return }
        let access = tool.access(with: arguments)
        let record: (@Sendable (Access, CPF) -> Void)? = state.withLock { state in
            if state.record == nil, state.waiting.count < Self.maximumWaiting { state.waiting.append((access, cpf)) }
            return state.record
        }
        record?(access, cpf)
    }
}

extension Value {
    /// The CPF that the arguments of a tool name; nil for none that is one.
    var cpf: CPF? { self["cpf"].flatMap { value in value.withUTF8 { bytes in CPF(bytes) } } }
}
