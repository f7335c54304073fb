import ArgumentParser
import Bureau
import Platform
import Repositories
import Services
import Vault

extension KeysCommand {
    /// `creditd keys tokens`
    struct Tokens: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change the keys that make the tokens under which subjects are kept.",
            discussion: """
                `rotate`, then `move`, while daemons serve. From a set time on a new key makes the tokens; each \
                subject who is asked for is moved first, and `move` moves the others. Nothing is sealed anew. A copy \
                of a ring from before it finds nobody any more, and a daemon that has one refuses. The audit log \
                keeps its records as they are, so that all keys stay in the ring to find them.
                """,
            subcommands: [Rotate.self, Move.self, List.self])
    }
}

extension KeysCommand.Tokens {
    /// `creditd keys tokens rotate`
    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a new token key to the rings, which makes the tokens from a set time on.",
            discussion: """
                Copy the rings to the other machines at once: a daemon whose ring lacks the key refuses from two \
                seconds after this command on, until its ring is there. Each machine's clock has to be right to two \
                seconds. Nobody is answered in the two and a half seconds before. Where it was killed between the \
                rings, run it again with `--only` for each base that lacks the key: `list` tells.
                """)

        @Option(help: ArgumentHelp("In how many seconds the new key begins: 5 to 86400.", valueName: "seconds"))
        var beginIn = 10

        @OptionGroup var target: KeysCommand.Target

        func validate() throws {
            guard 5...86_400 ~= beginIn else { throw ValidationError("--begin-in takes 5 to 86400.") }
        }

        func run() async throws {
            try await target.recorded("keys.tokens.rotate", .changes) { _ in
                let rings = try target.rings()
                // An old copy is refused here, before it would get a key of a number that is taken.
                try await target.forEachStore { _, _, _ in }
                let now = BaseVault.systemTime()
                let since = Instant(secondsSinceEpoch: now.microsecondsSinceEpoch / 1_000_000 + Int64(beginIn))
                for base in target.bases {
                    let ring = try rings.addTokenKey(since: since, of: base)
                    try FileDescriptor(1).put(
                        "\(base.rawValue)  \(rings.path(of: base))  makes tokens with key \(ring.newestTokenKey) "
                            + "from \(since.text) on\n")
                }
                // Each store notes the new key as it is opened.
                try await target.forEachStore { _, _, _ in }
            }
        }
    }

    /// `creditd keys tokens move`
    struct Move: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Move all subjects to their tokens of the newest key.",
            discussion: """
                Waits until the key makes the tokens. Daemons may serve meanwhile. It can be killed and run again at \
                any time: what was done stays, and the rest is found. Progress is told on stderr. On DynamoDB it \
                needs the right to `Scan`. When nothing is left under former tokens, the ring is told. A base that was \
                put back from before the key is moved again, by daemons and by this.
                """)

        @Flag(
            help: """
                End although subjects are kept under tokens of two keys; what is under the former ones is not found \
                any more.
                """)
        var leave = false

        @OptionGroup var target: KeysCommand.Target

        func run() async throws {
            try await target.recorded("keys.tokens.move", .changes) { _ in
                let rings = try target.rings()
                try await target.forEachMove { base, vault, moves in
                    guard vault.tokenKeyNumbers.last != nil else {
                        return try FileDescriptor(1).put("\(base.rawValue)  has one token key, and nothing to move\n")
                    }
                    try await wait(for: vault)
                    let start = ContinuousClock.now
                    let (count, left) = try await move(base, moves)
                    let seconds = Double(Int((ContinuousClock.now - start) / .milliseconds(100))) / 10
                    try rings.completeTokenKey(of: base)
                    try await moves.complete(base)
                    try FileDescriptor(1).put(
                        "\(base.rawValue)  \(count) tokens moved in \(seconds) s, "
                            + "\(left == 0 ? "nothing" : "\(left)") is left under former keys\n")
                }
            }
        }

        /// Waits until the newest key makes the tokens of every process.
        private func wait(for vault: BaseVault) async throws {
            while true {
                switch vault.tokenRotation() {
                case .none, .moving: return
                case .ahead(let time), .pausing(let time):
                    FileDescriptor(2).offer("base \(vault.base.rawValue): waits until \(time.text)\n")
                    let left = time.microsecondsSinceEpoch - BaseVault.systemTime().microsecondsSinceEpoch
                    try await Task.sleep(for: .microseconds(max(0, left)) + TokenRotation.pause)
                }
            }
        }

        /// Walks until a walk finds nothing, and once more after a pause, because a call that took longer than the pause
        /// may have been written under a former token.
        private func move(_ base: Base, _ moves: TokenMoves) async throws -> (moved: Int, left: Int) {
            var moved = 0
            var isQuiet = false
            while true {
                // Pages have any number of tokens.
                var next = 10_000
                let met = try await moves.moveAll(in: base) { count in
                    guard count >= next else { return }
                    next = count + 10_000
                    FileDescriptor(2).offer("base \(base.rawValue): \(moved + count) tokens moved\n")
                }
                if met > 0 {
                    let left = try await moves.left(in: base)
                    moved += met - left
                    if left >= met {
                        guard leave else { throw Self.twofold(base, left) }
                        return (moved, left)
                    }
                    isQuiet = false
                } else if isQuiet {
                    return (moved, 0)
                } else {
                    isQuiet = true
                    try await Task.sleep(for: TokenRotation.pause)
                }
            }
        }

        private static func twofold(_ base: Base, _ count: Int) -> StartFailure {
            StartFailure(
                status: ExitStatus.unavailable,
                message: "base \(base.rawValue): \(count) subjects are kept under tokens of two keys, "
                    + "and stay as they are; --leave ends all the same")
        }
    }

    /// `creditd keys tokens list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the token keys of the rings, and how many tokens of former keys are left in the stores.")

        @OptionGroup var target: KeysCommand.Target

        func run() async throws {
            try await target.recorded("keys.tokens.list", .tells) { _ in
                try await target.forEachMove { base, vault, moves in
                    try FileDescriptor(1).put("\(base.rawValue)  0  the first token key\n")
                    for (number, since, isComplete) in vault.tokenKeyStates {
                        try FileDescriptor(1).put(
                            "\(base.rawValue)  \(number)  since \(since.text)"
                                + "\(isComplete ? "" : ", subjects are still to be moved")\n")
                    }
                    if vault.tokenKeyNumber > 0 {
                        let left = try await moves.left(in: base)
                        try FileDescriptor(1).put("\(base.rawValue)  \(left) tokens of former keys\n")
                    }
                }
            }
        }
    }
}

extension KeysCommand.Target {
    /// Opens the stores, whose rings are theirs, one after the other.
    fileprivate func forEachMove(_ body: (Base, BaseVault, TokenMoves) async throws -> Void) async throws {
        try await forEachStore { base, vault, store in
            guard let store = store as? any RenamingStore else { return }
            try await body(base, vault, TokenMoves(vaults: [vault], stores: [base: store]))
        }
    }
}
