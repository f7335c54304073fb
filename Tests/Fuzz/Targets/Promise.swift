import Glibc

/// What must hold whatever the input is.
package enum Promise {
    /// What becomes of a promise that is broken. By default the process ends, so that libFuzzer keeps the input.
    @TaskLocal package static var onBroken: @Sendable (String) -> Void = { promise in
        // Optimised code drops the message of a precondition.
        tell("broken: \(promise)")
        abort()
    }

    static func demand(_ condition: @autoclosure () -> Bool, _ promise: @autoclosure () -> String) {
        if !condition() { onBroken(promise()) }
    }

    /// Writes a line to stderr, on which libFuzzer reports too.
    package static func tell(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        _ = write(2, bytes, bytes.count)
    }
}
