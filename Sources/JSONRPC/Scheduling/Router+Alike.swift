import JSON

/// Lines that differ from an earlier one in their ids and subjects alone.
extension Router {
    /// Serves a line that is like the model but for its id and subject; false when it has to be parsed.
    mutating func serveAlike(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let model, let match = model.template.match(line) else { return false }
        let call = IncomingCall(id: match.id, target: upcomingTarget, bytes: line.count, deadline: deadline(nil))
        let isAdded = groups.add(call, like: model, subject: match.subject)
        if isAdded { nextSlot += 1 }
        return isAdded
    }

    /// Has the next lines held against the line of a call, which was added to its group.
    mutating func learn(
        _ call: Envelope, _ params: Value, _ method: Method, _ grouping: Method.Grouping, lane: Int
    ) {
        guard let alike = grouping.alike, let id = call.id?.rawText, let subject = params[alike.member],
            let template = CallTemplate(line, id: id, subject: subject, maximumIDBytes: limits.maximumIDBytes),
            let params = try? alike.model(params)
        else { return }
        model = ModelCall(template, params: params, method, grouping, alike, lane: lane)
    }
}

/// A call that others are like but for their ids and subjects.
///
/// A class, because the reader takes it for each line: one count of references instead of one for each member.
final class ModelCall {
    let template: CallTemplate
    /// The decoded params, whose type only the method knows.
    let params: AnyObject
    let method: Method
    let grouping: Method.Grouping
    let alike: Method.Grouping.Alike
    /// The index of the method.
    let lane: Int

    init(
        _ template: CallTemplate, params: AnyObject, _ method: Method, _ grouping: Method.Grouping,
        _ alike: Method.Grouping.Alike, lane: Int
    ) {
        self.template = template
        self.params = params
        self.method = method
        self.grouping = grouping
        self.alike = alike
        self.lane = lane
    }
}
