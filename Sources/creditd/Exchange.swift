import Glibc
import JSONRPC
import Platform

/// One request and its answer through the whole pipeline, inside the process.
struct Exchange {
    let methods: MethodTable
    let limits: Limits

    /// The answer line to a request line.
    func answer(to request: [UInt8]) async throws -> [UInt8] {
        var input: [Int32] = [-1, -1]
        var output: [Int32] = [-1, -1]
        guard pipe(&input) == 0, pipe(&output) == 0 else {
            throw StartFailure(status: ExitStatus.system, message: "no descriptor left")
        }
        let ends = (input: input, output: output)
        async let written: Void = onThread {
            try? Descriptor(ends.input[1]).write(request)
            close(ends.input[1])
        }
        async let answer = onThread { (try? Descriptor(ends.output[0]).readAll()) ?? [] }
        _ = try await Connection(input: input[0], output: output[1], methods: methods, limits: limits).serve()
        close(output[1])
        await written
        return await answer
    }

    private func onThread<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
        await withCheckedContinuation { continuation in
            if !OSThread.start({ continuation.resume(returning: body()) }) { continuation.resume(returning: body()) }
        }
    }
}
