/// How servers are spoken to: what every connection of a store has in common.
struct Access: Sendable {
    var tls: TLSContext?
    var credentials: Credentials?
    var database: Int
    /// The text of the recording script.
    var script: String

    /// Opens a link and greets the server.
    func open(_ endpoint: Endpoint, until deadline: Moment) throws(RedisFault) -> Control {
        let control = try Control(Link(endpoint, tls, until: deadline))
        var greeting: [[String]] = [["CLIENT", "SETNAME", "creditd"], ["PING"]]
        if let credentials {
            greeting.insert(["AUTH"] + [credentials.username, credentials.password].compactMap(\.self), at: 0)
        }
        if database > 0 { greeting.append(["SELECT", String(database)]) }
        for (command, reply) in zip(greeting, try control.ask(greeting, until: deadline)) {
            try Self.judge(reply, to: command[0])
        }
        return control
    }

    /// Opens a link whose server has the script.
    func openForEvents(_ endpoint: Endpoint, until deadline: Moment) throws(RedisFault) -> Link {
        let control = try open(endpoint, until: deadline)
        let replies = try control.ask([["SCRIPT", "LOAD", script]], until: deadline)
        if let fault = replies.first?.fault { throw fault }
        return control.link
    }

    private static func judge(_ reply: ControlReply, to command: String) throws(RedisFault) {
        guard let fault = reply.fault else { return }
        switch command {
        // A user that may not name its connection can still work.
        case "CLIENT": return
        // AUTH with no password set, or of a user name before Redis 6, is plain ERR.
        case "AUTH": throw fault == .other ? .denied : fault
        case "SELECT": throw fault == .other ? .noDatabase : fault
        default: throw fault
        }
    }
}
