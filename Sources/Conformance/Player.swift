/// Plays cases against a program, each in a process of its own with fresh data of its own.
package struct Player: Sendable {
    private let program: String
    private let environment: [String: String]
    private let contracts: [String: [UInt8]]

    /// `environment` is what the program is given; `contracts` are the files of its schema, by their paths.
    package init(program: String, environment: [String: String], contracts: [String: [UInt8]]) {
        self.program = program
        self.environment = environment
        self.contracts = contracts
    }

    /// Plays a case to its end, which blocks the thread; nil when all went as it must.
    package func play(_ transcript: Transcript, _ delivery: Delivery) throws(PlayError) -> Mismatch? {
        guard let folder = TemporaryFolder() else { throw .noTemporaryFolder }
        var arguments = ["--home", "\(folder.path)/home"] + transcript.arguments
        if !transcript.contracts.isEmpty {
            let files = contracts.merging(transcript.contracts) { $1 }
            guard folder.write(files, under: "schema") else { throw .noTemporaryFolder }
            arguments += ["--schema", "\(folder.path)/schema"]
        }
        let child = try Child(
            program, arguments, environment: environment, folder: folder.path, errors: transcript.errors)
        var performance = Performance(transcript, delivery, child: child, home: "\(folder.path)/home")
        do throws(Mismatch) {
            try performance.run()
            return nil
        } catch {
            var mismatch = error
            mismatch.sent = performance.sent.map { Excerpt($0).text }
            mismatch.errors = Excerpt(folder.contents(of: "stderr")).text
            return mismatch
        }
    }
}
