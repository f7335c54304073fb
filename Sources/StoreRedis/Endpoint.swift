/// Where a server listens: a host name or address, and a TCP port.
struct Endpoint: Hashable, Sendable {
    var host: String
    var port: UInt16

    static let defaultPort: UInt16 = 6379

    init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads `host`, `host:port`, `[::1]` or `[::1]:port`, as in a URL (RFC 3986 §3.2.2); an empty host is localhost.
    init?(authority text: Substring) {
        var host = text
        var port: Substring?
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard !host.isEmpty, rest.isEmpty || rest.first == ":" else { return nil }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        guard let number = port.map(Self.port) ?? Self.defaultPort, host.utf8.allSatisfy(Self.isAllowed) else {
            return nil
        }
        self.init(host: host.isEmpty ? "localhost" : String(host), port: number)
    }

    /// Reads the address in a redirection, `host:port` with an IPv6 address unbracketed; an empty host is the one that
    /// redirects.
    init?(redirection text: Substring, from sender: Endpoint) {
        guard let colon = text.lastIndex(of: ":"), let port = Self.port(text[text.index(after: colon)...]) else {
            return nil
        }
        let host = text[..<colon]
        self.init(host: host.isEmpty ? sender.host : String(host), port: port)
    }

    private static func port(_ text: Substring) -> UInt16? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return UInt16(text).flatMap { $0 == 0 ? nil : $0 }
    }

    /// The characters of host names and addresses, with the zone of a link-local one.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: ":"), UInt8(ascii: "%"):
            true
        default: false
        }
    }
}
