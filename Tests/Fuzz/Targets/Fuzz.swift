import CLibFuzzer
import Glibc

/// `fuzz TARGET [libFuzzer's own options] [folders of inputs | one input to replay]`
@main
enum Fuzz {
    /// The targets by their names, each made only when it is asked for.
    private static let targets: KeyValuePairs<String, @Sendable () -> any FuzzTarget> = [
        "parse": { ParseTarget() },
        "pattern": { PatternTarget() },
        "validate": { ValidateTarget() },
        "line": { LineTarget() },
    ]

    /// libFuzzer's callback is a C function, which can hold nothing itself.
    nonisolated(unsafe) private static var target: (any FuzzTarget)?

    static func main() {
        var arguments = CommandLine.arguments
        guard arguments.count > 1, let target = targets.first(where: { $0.key == arguments[1] })?.value else {
            tell("usage: fuzz \(targets.map(\.key).joined(separator: "|")) [OPTION]... [PATH]...")
            exit(EX_USAGE)
        }
        arguments.remove(at: 1)
        Self.target = target()
        var count = CInt(arguments.count)
        // Never freed: libFuzzer keeps them to the end of the process.
        var pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = .allocate(capacity: arguments.count + 1)
        for (index, argument) in arguments.enumerated() { pointers?[index] = strdup(argument) }
        pointers?[arguments.count] = nil
        let status = LLVMFuzzerRunDriver(&count, &pointers) { bytes, count in
            let input = UnsafeBufferPointer(start: bytes, count: count)
            Round.count(input)
            Fuzz.target?.run(input)
            return 0
        }
        exit(status)
    }
}
