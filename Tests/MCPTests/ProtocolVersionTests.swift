import MCP
import Testing

@Suite("Versions of the Model Context Protocol")
struct ProtocolVersionTests {
    @Test("only the newest version has no handshake")
    func handshake() {
        #expect(
            ProtocolVersion.allCases.filter { !$0.hasHandshake }
                == ProtocolVersion.allCases.max { $0.rawValue < $1.rawValue }.map { [$0] })
    }
}
