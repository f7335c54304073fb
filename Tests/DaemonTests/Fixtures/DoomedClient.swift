import Testing

/// A client in bash that says its daemon's process id on stdout and is then to be killed.
struct DoomedClient: Sendable {
    let moment: String
    /// What it does with its daemon.
    private let script: String

    static let all = [
        DoomedClient(
            moment: "while it waits for an answer",
            script: """
                ping=$'{"jsonrpc":"2.0","id":1,"method":"system.ping"}\\n'
                printf %s "$ping" >&"${DAEMON[1]}"
                read -r answer <&"${DAEMON[0]}" && echo "$DAEMON_PID"
                read -r answer <&"${DAEMON[0]}"
                """),
        DoomedClient(
            moment: "in the middle of a line",
            script: """
                printf '{"jsonrpc":"2.0","id":1,"me' >&"${DAEMON[1]}"
                echo "$DAEMON_PID"
                read -r answer <&"${DAEMON[0]}"
                """),
        DoomedClient(
            moment: "while it floods the daemon and reads nothing",
            script: """
                line='{"jsonrpc":"2.0","id":%d,"method":"event.record","params":{"cpf":"52998224725",'
                line+='"kind":"movement","occurredAt":"2026-01-31T12:00:00Z","direction":"credit",'
                line+=$'"amountCents":1,"channel":"pix"}}\\n'
                for ((id = 0;; id++)); do
                    printf "$line" "$id" >&"${DAEMON[1]}"
                    ((id == 2000)) && echo "$DAEMON_PID"
                done
                """),
    ]

    func start(in scratch: TemporaryFolder) throws -> ChildProcess {
        try ChildProcess(
            "/bin/bash", ["-c", "coproc DAEMON { exec \"$0\"; }\n" + script, try Binary.creditd()], scratch: scratch,
            environment: ["CREDITD_HOME": scratch.home])
    }
}

extension DoomedClient: CustomTestStringConvertible {
    var testDescription: String { moment }
}
