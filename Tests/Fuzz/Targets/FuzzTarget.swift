import Glibc

/// Something that any bytes may be given to.
protocol FuzzTarget {
    /// Takes an input, which ends with the call. Whatever must hold of it is checked by ``demand(_:_:)``.
    mutating func run(_ input: UnsafeBufferPointer<UInt8>)
}

/// Ends the process when something does not hold, so that libFuzzer keeps the input. Optimised code drops the message
/// of a precondition, hence this.
func demand(_ condition: @autoclosure () -> Bool, _ promise: @autoclosure () -> String) {
    if condition() { return }
    tell("broken: \(promise())")
    abort()
}

/// Writes a line to stderr, on which libFuzzer reports too.
func tell(_ line: String) {
    let bytes = Array("\(line)\n".utf8)
    _ = write(2, bytes, bytes.count)
}
