import Glibc
import JSONRPC

/// Requests in a temporary file, as a daemon's stdin.
struct RequestFile: ~Copyable {
    private let file = tmpfile()
    private let output = open("/dev/null", O_WRONLY)

    init(count: Int, line: (Int) -> String) {
        for index in 0..<count { fputs("\(line(index))\n", file) }
        fflush(file)
    }

    deinit {
        fclose(file)
        close(output)
    }

    /// Serves the requests with these methods.
    func serve(_ methods: MethodTable) async throws {
        rewind(file)
        let ending = try await Connection(input: fileno(file), output: output, methods: methods).serve()
        precondition(ending == .endOfInput)
    }
}
