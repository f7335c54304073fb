import Foundation
import Synchronization

/// An HTTP endpoint on a thread of this process. Each connection serves one request.
package final class FakeEndpoint: Sendable {
    package struct Request: Sendable {
        package let method: String
        package let path: String
        /// The values of the headers by their names in lower case.
        package let headers: [String: String]
        package let body: String
    }

    package struct SocketError: Error {}

    package let port: UInt16
    private let listener: Int32
    private let received = Mutex<[Request]>([])

    package init(_ respond: @escaping @Sendable (Request) -> String) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { [listener] address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, size) == 0 && listen(listener, 8) == 0
                    && getsockname(listener, address, &size) == 0
            }
        }
        guard isListening else { throw SocketError() }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { self.serve(respond) }
    }

    package var url: String { "http://127.0.0.1:\(port)" }

    package static func response(_ status: String, _ body: String) -> String {
        "HTTP/1.1 \(status)\r\nDate: Sun, 01 Jan 2040 00:00:00 GMT\r\nConnection: close\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    package var requests: [Request] { received.withLock { $0 } }

    /// Ends the thread.
    package func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func serve(_ respond: (Request) -> String) {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { break }
            if let request = Self.read(connection) {
                received.withLock { $0.append(request) }
                let response = Array(respond(request).utf8)
                _ = send(connection, response, response.count, Int32(MSG_NOSIGNAL))
            }
            close(connection)
        }
        close(listener)
    }

    private static func read(_ connection: Int32) -> Request? {
        var text = ""
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            text += String(decoding: chunk[..<count], as: UTF8.self)
            guard let end = text.range(of: "\r\n\r\n") else { continue }
            let lines = text[..<end.lowerBound].split(separator: "\r\n")
            let start = lines[0].split(separator: " ")
            let pairs = lines.dropFirst().map { line in
                let parts = line.split(separator: ":", maxSplits: 1)
                return (parts[0].lowercased(), String(parts[1].dropFirst()))
            }
            let headers = Dictionary(pairs) { $0 + ", " + $1 }
            let body = String(text[end.upperBound...])
            if body.utf8.count == headers["content-length"].flatMap({ Int($0) }) ?? 0 {
                return Request(method: String(start[0]), path: String(start[1]), headers: headers, body: body)
            }
        }
    }
}
