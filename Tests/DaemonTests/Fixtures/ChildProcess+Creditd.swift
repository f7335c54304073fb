extension ChildProcess {
    /// Starts the daemon, or another of its commands, with its data under the home of `scratch`.
    static func creditd(
        _ arguments: [String] = [], home: String? = nil, in scratch: TemporaryFolder,
        environment: [String: String] = [:], folder: String? = nil, input: Input = .pipe, output: Output = .pipe,
        errors: Errors = .kept
    ) throws -> ChildProcess {
        try ChildProcess(
            try Binary.creditd(), arguments, scratch: scratch,
            environment: ["CREDITD_HOME": home ?? scratch.home].merging(environment) { $1 },
            folder: folder, input: input, output: output, errors: errors)
    }

    /// Runs the daemon on `input` from beginning to end.
    static func serve(
        _ input: [UInt8], _ arguments: [String] = [], in scratch: TemporaryFolder, errors: Errors = .kept
    ) throws -> Outcome {
        try creditd(arguments, in: scratch, errors: errors).finish(writing: input)
    }
}
