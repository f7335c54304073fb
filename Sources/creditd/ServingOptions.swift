import ArgumentParser
import JSONRPC

/// How requests are served.
struct ServingOptions: ParsableArguments {
    /// What becomes of a call when there is no room for it.
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
