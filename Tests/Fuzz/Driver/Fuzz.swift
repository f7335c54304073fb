import CLibFuzzer
import FuzzTargets
import Glibc

/// `fuzz TARGET [libFuzzer's own options] [folders of inputs | one input to replay]`
@main
enum Fuzz {
    /// libFuzzer's callback is a C function, which can hold nothing itself.
    nonisolated(unsafe) private static var target: (any FuzzTarget)?

    static func main() {
        var arguments = CommandLine.arguments
        guard arguments.count > 1, let name = TargetName(rawValue: arguments[1]) else {
            let names = TargetName.allCases.map(\.rawValue).joined(separator: "|")
            Promise.tell("usage: fuzz \(names) [OPTION]... [PATH]...")
            exit(EX_USAGE)
        }
        arguments.remove(at: 1)
        target = name.make()
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
