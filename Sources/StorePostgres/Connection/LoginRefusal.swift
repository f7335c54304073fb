import Repositories

/// What one host, or the system on its behalf, said against a login.
struct LoginRefusal: Hashable, Sendable {
    /// One line of libpq's, without its hints: `connection to server at "db", port 5432 failed: FATAL:  28P01: …`.
    let sentence: String
    /// The SQLSTATE of a server's refusal, the name of the system's error, or nil for what has no code.
    let code: String?
    let cause: StoreReason.Cause

    /// A host that gave no answer in time: name, address and port.
    static func silent(host: [String]) -> LoginRefusal {
        let name = host[0].isEmpty ? host[1] : host[0]
        return LoginRefusal("connection to server at \"\(name)\", port \(host[2]) failed: timeout expired")
    }

    /// Reads libpq's message about a login with verbose errors: one line for each host, and lines with hints and
    /// details, which are dropped.
    static func list(_ message: String, password: String) -> [LoginRefusal] {
        // What libpq begins to say of a host that is silent has no end.
        let lines = message.split(separator: "\n").filter {
            !$0.hasPrefix("\t") && !$0.hasSuffix("failed: ") && !isDetail($0)
        }
        return lines.map { line in
            // A part of a URL may hold a password, as does what libpq quotes of one.
            let holdsSecret = (!password.isEmpty && line.contains(password)) || line.contains("://")
            return LoginRefusal(holdsSecret ? "the login failed" : String(line))
        }
    }

    /// The reason of a whole login: every host's sentence, with the cause that says most.
    static func reason(of refusals: [LoginRefusal]) -> StoreReason {
        let telling =
            refusals.first { $0.cause != .unreachable } ?? refusals.first { $0.code != nil } ?? refusals.first
        var sentences: [String] = []
        for refusal in refusals where !sentences.contains(refusal.sentence) { sentences.append(refusal.sentence) }
        let detail = sentences.isEmpty ? "the login failed" : sentences.joined(separator: "; ")
        return StoreReason(telling?.cause ?? .unreachable, code: telling?.code, detail)
    }

    private init(_ line: String) {
        let (text, state) = Self.takingState(from: line)
        sentence = text
        if let state {
            code = state.description
            cause = state.cause
        } else if let known = Self.known.first(where: { text.contains($0.text) }) {
            code = known.code
            cause = known.cause
        } else {
            code = nil
            cause = .unreachable
        }
    }

    /// Takes the SQLSTATE out of `…: FATAL:  28P01: the server's sentence`. A severity may be in any language.
    private static func takingState(from line: String) -> (String, SQLState?) {
        guard let gap = line.firstRange(of: ":  ") else { return (line, nil) }
        let rest = line[gap.upperBound...]
        let code = rest.prefix(5)
        guard code.utf8.count == 5, rest.dropFirst(5).hasPrefix(": "),
            code.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) })
        else { return (line, nil) }
        return (line[..<gap.upperBound].dropLast() + String(rest.dropFirst(7)), SQLState(String(code)))
    }

    private static func isDetail(_ line: Substring) -> Bool {
        ["DETAIL:", "HINT:", "LOCATION:", "CONTEXT:", "QUERY:", "STATEMENT:"].contains { line.hasPrefix($0) }
    }

    /// libpq's and the system's own sentences. This program never asks the C library for another language.
    private static let known: [(text: String, code: String?, cause: StoreReason.Cause)] = [
        ("session is read-only", nil, .readOnly), ("server is in hot standby mode", nil, .readOnly),
        ("session is not read-only", nil, .refused), ("server is not in hot standby mode", nil, .refused),
        ("Connection refused", "ECONNREFUSED", .unreachable), ("timeout expired", "ETIMEDOUT", .unreachable),
        ("Connection timed out", "ETIMEDOUT", .unreachable), ("No route to host", "EHOSTUNREACH", .unreachable),
        ("Network is unreachable", "ENETUNREACH", .unreachable), ("No such file or directory", "ENOENT", .unreachable),
        ("Connection reset by peer", "ECONNRESET", .unreachable), ("Permission denied", "EACCES", .refused),
        ("could not translate host name", "EAI_NONAME", .unreachable),
        ("server closed the connection unexpectedly", "ECONNRESET", .unreachable),
        ("no password supplied", nil, .refused), ("certificate", nil, .refused), ("SSL", nil, .refused),
    ]
}
