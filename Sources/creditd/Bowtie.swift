import ArgumentParser

/// `creditd bowtie`: the program's JSON Schema as https://bowtie.report compares it with others.
struct Bowtie: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bowtie",
        abstract: "Answer a Bowtie harness: commands on stdin, answers on stdout, one JSON a line.",
        discussion: """
            Version 1 of the protocol, draft 2020-12. A case's registry is all that its \
            references can lead to, beside the draft's own meta-schemas. Exit code 0 after `stop` or at the end of the \
            input; 65 after a line that is no command.
            """)

    @Flag(help: "Take `format` for a demand, not for a remark.")
    var assertFormat = false

    func run() async throws {
        try await StartFailure.explained {
            try await DeepStack.run { [assertFormat] in
                var harness = try BowtieHarness(assertsFormats: assertFormat)
                var lines = InputLines(Descriptor(0))
                while !harness.isStopped, let line = try lines.next() {
                    let answer = try harness.answer(to: line)
                    if !answer.isEmpty { try Descriptor(1).write(answer) }
                }
            }
        }
    }
}
