import Clients
import Testing

@Suite("Runtimes of the clients")
struct RuntimeFileTests {
    @Test("the binary carries the runtime of the Python client")
    func python() {
        #expect(RuntimeFile.all.contains { $0.path == "client.py" })
    }
}
