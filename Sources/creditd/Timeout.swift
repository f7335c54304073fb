import ArgumentParser
import JSONRPC

/// A time with its unit, as the command line takes it: `500ms`, `5s`, `2m`.
struct Timeout: ExpressibleByArgument {
    let milliseconds: Int

    /// Nil without a unit, below one millisecond and above what a request may ask for.
    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && $0.isNumber }
        let units = ["ms": 1, "s": 1_000, "m": 60_000]
        guard let count = Int(digits), let unit = units[String(argument.dropFirst(digits.count))] else { return nil }
        let (milliseconds, overflow) = count.multipliedReportingOverflow(by: unit)
        guard !overflow, (1...Limits().maximumDeadlineMilliseconds).contains(milliseconds) else { return nil }
        self.milliseconds = milliseconds
    }
}
