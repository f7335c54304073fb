import ArgumentParser
import JSONRPC

/// How requests are served.
struct ServingOptions: ParsableArguments {
    /// What happens to a call without room in flight.
    enum Busy: String, CaseIterable, ExpressibleByArgument {
        case wait
        case refuse
    }

    @Flag(help: "Answer in the order of the requests; otherwise answers leave as soon as they are ready.")
    var ordered = false

    @Option(
        help: ArgumentHelp(
            "How long a request may take, such as 500ms, 5s or 2m; its deadlineMs can only be shorter.",
            valueName: "time"))
    var requestTimeout: Timeout?

    @Option(
        help: ArgumentHelp(
            "When too much is in flight: read no more until there is room, or answer with error 1009.",
            valueName: "wait|refuse"))
    var busy = Busy.wait

    @Flag(help: "Exit with 1 when any answer was an error.")
    var failOnError = false

    @Flag(help: "Serve the bases that are there when a store is down at the start, and the others when they are back.")
    var degraded = false

    @OptionGroup var reproducibility: ReproducibilityOptions

    /// Whether answers leave in the order of the requests.
    var isOrdered: Bool { ordered || reproducibility.seed != nil }

    var limits: Limits {
        var limits = Limits()
        limits.requestTimeoutMilliseconds = requestTimeout?.milliseconds
        limits.refusesWhenBusy = busy == .refuse
        limits.isSequential = reproducibility.seed != nil
        return limits
    }
}

/// A time with its unit, as the command line takes it: `500ms`, `5s`, `2m`.
struct Timeout: ExpressibleByArgument {
    let milliseconds: Int

    /// The time as the command line takes it.
    var text: String { "\(milliseconds)ms" }

    /// Nil without a unit, below one millisecond, and above the longest deadline of a request.
    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && $0.isNumber }
        let units = ["ms": 1, "s": 1_000, "m": 60_000]
        guard let count = Int(digits), let unit = units[String(argument.dropFirst(digits.count))] else { return nil }
        let (milliseconds, overflow) = count.multipliedReportingOverflow(by: unit)
        guard !overflow, (1...Limits().maximumDeadlineMilliseconds).contains(milliseconds) else { return nil }
        self.milliseconds = milliseconds
    }
}
