import JSONRPC
import Testing

/// W3C Trace Context §3.2, with the examples of its text and of its test suite.
@Suite("traceparent")
struct TraceParentTests {
    private func read(_ text: String) -> TraceParent? {
        Array(text.utf8).withUnsafeBufferPointer { TraceParent(text: $0) }
    }

    @Test("a valid text is written as it was read")
    func valid() throws {
        let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let trace = try #require(read(text))
        #expect(trace.description == text)
        #expect(trace.isSampled)
        #expect(read("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00")?.isSampled == false)
    }

    @Test("a later version is read as far as it is known")
    func later() {
        let start = "cc-12345678901234567890123456789012-1234567890123456-01"
        #expect(read(start) != nil)
        #expect(read(start + "-what-the-future-will-be-like") != nil)
        #expect(read(start + ".what-the-future-will-be-like") == nil)
    }

    @Test(
        "anything else is none",
        arguments: [
            "", "00", "00-12345678901234567890123456789012-1234567890123456-0",
            "00-12345678901234567890123456789012-1234567890123456-011",
            "00-12345678901234567890123456789012-1234567890123456-01-x",
            "ff-12345678901234567890123456789012-1234567890123456-01",
            "00-00000000000000000000000000000000-1234567890123456-01",
            "00-12345678901234567890123456789012-0000000000000000-01",
            "00-1234567890123456789012345678901A-1234567890123456-01",
            "0x-12345678901234567890123456789012-1234567890123456-01",
            "00_12345678901234567890123456789012-1234567890123456-01",
            "00-12345678901234567890123456789012-1234567890123456-.0",
        ])
    func invalid(text: String) {
        #expect(read(text) == nil)
    }
}
