import Bureau
import JSON
import JSONRPC
import Synchronization

/// The questions to users that wait for an answer: whether what a tool deletes may be deleted.
///
/// A client with a handshake is sent `elicitation/create`, and its call waits. A stateless client is answered with what
/// it has to ask, and calls again with the answer.
struct Consents {
    private struct Question {
        let key: String
        let call: ToolCall
        /// Whether the call waits for the answer to a request of ours.
        let isWaiting: Bool
    }

    private var questions: [Question] = []
    private var lastNumber = 0

    /// The most questions at a time; a new one takes the place of the oldest that nobody waits for.
    private static let maximumQuestions = 32

    /// What a model is told when the user did not agree.
    static let withheld = """
        not_confirmed: the user did not agree. Nothing was deleted; do not call it again by yourself.
        """
    static let crowded = """
        not_confirmed: too many questions to the user are open. Nothing was deleted, and the user was not asked; wait \
        until they are answered.
        """
    static let ended = """
        not_confirmed: the session ended before the user answered. Nothing was deleted.
        """
    static let ordered = """
        not_confirmed: the daemon runs with --ordered, where a question to the user would hold every other answer. \
        Nothing was deleted, and the user was not asked; tell the user.
        """
    static let unable = """
        not_confirmed: deletions need the user's own consent, which this client cannot ask for. Nothing was deleted; \
        tell the user.
        """

    /// Notes a question, and returns its key, which nobody can guess; nil when too many wait.
    mutating func ask(_ call: ToolCall, isWaiting: Bool) -> String? {
        if questions.count >= Self.maximumQuestions {
            guard let oldest = questions.firstIndex(where: { !$0.isWaiting }) else { return nil }
            questions.remove(at: oldest)
        }
        lastNumber += 1
        let random = (0..<2).map { _ in String(UInt64.random(in: 0...(.max)), radix: 16) }.joined()
        let key = "creditd-\(lastNumber)-\(random)"
        questions.append(Question(key: key, call: call, isWaiting: isWaiting))
        return key
    }

    /// Takes the call that waits for the answer to a request of ours.
    mutating func takeWaiting(_ key: Value) -> ToolCall? {
        take { $0.isWaiting && key.equalsText($0.key) }
    }

    /// Takes the question that a call brings back; false unless the call is the one that was asked about.
    mutating func take(_ key: Value, for call: ToolCall) -> Bool {
        let asked = take { !$0.isWaiting && key.equalsText($0.key) }
        return asked?.tool.name == call.tool.name && asked?.params == call.params
    }

    /// Whether a key is that of a question about a call, which is then brought back with the answer.
    func isAsked(_ key: Value, of tool: Tool, _ params: [UInt8]) -> Bool {
        questions.contains { question in
            !question.isWaiting && key.equalsText(question.key) && question.call.tool.name == tool.name
                && question.call.params == params
        }
    }

    /// Whether a call with this id waits for its user.
    func isWaiting(_ id: [UInt8]) -> Bool { questions.contains { $0.isWaiting && $0.call.reply.id == id } }

    /// Ends the call that waits under an id, without an answer, and tells the client that its answer is not needed.
    mutating func cancel(_ id: [UInt8]) -> [ForeignAct]? {
        guard let index = questions.firstIndex(where: { $0.isWaiting && $0.call.reply.id == id }) else { return nil }
        let question = questions.remove(at: index)
        question.call.noteRefused()
        return [.forget(question.call.reply), .send(Self.cancellation(of: question.key))]
    }

    /// Takes all calls that wait.
    mutating func takeAll() -> [ToolCall] {
        defer { questions = [] }
        return questions.filter(\.isWaiting).map(\.call)
    }

    private mutating func take(where isIt: (Question) -> Bool) -> ToolCall? {
        guard let index = questions.firstIndex(where: isIt) else { return nil }
        return questions.remove(at: index).call
    }

    private static func cancellation(of key: String) -> [UInt8] {
        var writer = Writer()
        writer.object { message in
            message.key("jsonrpc")
            message.string("2.0")
            message.key("method")
            message.string("notifications/cancelled")
            message.key("params")
            message.object { params in
                params.key("requestId")
                params.string(key)
            }
        }
        return writer.take()
    }
}

extension MCPSession {
    /// The name of the one question of a result that asks for input.
    static let question: StaticString = "consent"

    /// Runs a call that its user has agreed to, or has the client ask the user.
    func askForConsent(
        _ call: ToolCall, _ context: RequestContext, _ params: Value
    ) throws(MCPError) -> [ForeignAct] {
        guard !context.version.hasHandshake else {
            guard context.canElicit else { return [call.refusal(Consents.unable)] }
            if isOrdered { return [call.refusal(Consents.ordered)] }
            return [call.rehearsal { [self] in [askByRequest(call)] }]
        }
        guard context.canElicit else {
            call.noteRefused()
            throw .needsElicitation
        }
        if let key = params["requestState"], let answer = params["inputResponses"]?[Self.question],
            state.withLock({ $0.consents.take(key, for: call) })
        {
            return [Self.agrees(answer) ? call.act : call.refusal(Consents.withheld)]
        }
        return [call.rehearsal { [self] in [askByResult(call)] }]
    }

    /// Answers a call with what its client has to ask the user.
    private func askByResult(_ call: ToolCall) -> ForeignAct {
        guard let key = state.withLock({ $0.consents.ask(call, isWaiting: false) }) else {
            return call.refusal(Consents.crowded)
        }
        let response = identity.response(to: call.reply.id, call.version, type: "input_required") { result in
            result.key("inputRequests")
            result.object { requests in
                requests.key(Self.question)
                requests.object { call.writeQuestion(to: &$0) }
            }
            result.key("requestState")
            result.string(key)
        }
        return .answer(call.reply, response, isError: false)
    }

    /// Sends the client a request that asks its user.
    private func askByRequest(_ call: ToolCall) -> ForeignAct {
        guard let key = state.withLock({ $0.consents.ask(call, isWaiting: true) }) else {
            return call.refusal(Consents.crowded)
        }
        var writer = Writer()
        writer.object { request in
            request.key("jsonrpc")
            request.string("2.0")
            request.key("id")
            request.string(key)
            call.writeQuestion(to: &request)
        }
        return .send(writer.take())
    }

    public func take(response: Value) -> [ForeignAct] {
        guard let id = response["id"], let call = state.withLock({ $0.consents.takeWaiting(id) }) else { return [] }
        return [Self.agrees(response["result"]) ? call.act : call.refusal(Consents.withheld)]
    }

    /// Whether the answer of a user, an `ElicitResult`, is a yes.
    private static func agrees(_ answer: Value?) -> Bool {
        answer?["action"]?.equals("accept") == true && answer?["content"]?["agree"]?.bool == true
    }
}

extension ToolCall {
    /// Appends the members `method` and `params` of a request that asks the user.
    fileprivate func writeQuestion(to request: inout Writer) {
        request.key("method")
        request.string("elicitation/create")
        request.key("params")
        request.object { question in
            if version == .november2025 || version == .july2026 {
                question.key("mode")
                question.string("form")
            }
            question.key("message")
            question.string("creditd: an assistant asks for `\(tool.name)`\(subject). This cannot be undone.")
            question.key("requestedSchema")
            question.verbatim(
                #"""
                {"type":"object","properties":{"agree":{"type":"boolean","title":"Delete it"}},"required":["agree"]}
                """#)
        }
    }

    /// What the call is about: the CPF masked, and the identifiers that the daemon gave. An identifier that somebody
    /// else chose may be any text, so it is left out.
    private var subject: String {
        guard let document = try? Document(params) else { return "" }
        return document.withRoot { params in
            var subject = ""
            for name in ["debtId", "eventId"] as [StaticString] {
                guard let id = params[name]?.withUTF8({ RecordID($0) }), id.isOfDaemon else { continue }
                subject += ", \(name) \(id)"
            }
            guard let cpf = params["cpf"]?.string else { return subject }
            return subject + ", CPF \(Mask.cpf.masked(cpf.filter { $0.isASCII && $0.isNumber }))"
        }
    }
}

extension RecordID {
    /// Whether the identifier has the version and the variant of those that the daemon makes.
    fileprivate var isOfDaemon: Bool { high >> 12 & 0xF == 7 && low >> 62 == 2 }
}
