import ArgumentParser
import Bureau
import FoundationEssentials
import Platform
import Repositories
import Services
import Vault

extension KeysCommand {
    /// `creditd keys list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the wrapping keys of the rings, and how many data keys each has wrapped.")

        @OptionGroup var target: Target

        func run() async throws {
            try await StartFailure.explained {
                let rings = try target.rings()
                for base in target.bases where base == .c {
                    let numbers = try rings.load(base).wrappingKeyNumbers
                    for number in numbers { try line(base, number, "wraps nothing: base C seals no value") }
                }
                try await target.forEachWalk { base, vault, walk in
                    let tally = try await walk.count { try base.tell($0) }
                    let numbers = Set(vault.wrappingKeyNumbers).union(tally.byNumber.keys).sorted()
                    for number in numbers {
                        let count = "\(tally.byNumber[number, default: 0]) data keys"
                        let isThere = vault.wrappingKeyNumbers.contains(number)
                        let role =
                            number == vault.wrappingKeyNumbers.last
                            ? ", wraps new ones" : isThere ? "" : ", not in the ring"
                        try line(base, number, count + role)
                    }
                }
            }
        }

        private func line(_ base: Base, _ number: UInt32, _ text: String) throws {
            try FileDescriptor(1).put("\(base.rawValue)  \(number)  \(text)\n")
        }
    }

    /// `creditd keys rotate`
    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a new wrapping key to the rings, which wraps data keys from then on.",
            discussion: """
                The file of a ring is replaced as a whole; comments in it go. Where daemons on other machines have \
                copies of the ring, give them the new one before `rewrap`. Keep a copy where no store is kept.
                """)

        @OptionGroup var target: Target

        func run() async throws {
            try await StartFailure.explained {
                let rings = try target.rings()
                for base in target.bases {
                    let newest = try rings.rotate(base).wrappingKeyNumbers.last ?? 0
                    try FileDescriptor(1).put(
                        "\(base.rawValue)  \(rings.path(of: base))  wraps with key \(newest) from now on\n")
                }
                try await AdministrativeAct.record("keys.rotate", target.options)
            }
        }
    }

    /// `creditd keys rewrap`
    struct Rewrap: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Wrap all data keys of bases A and B with the newest wrapping key.",
            discussion: """
                Daemons may serve meanwhile. It can be killed and run again at any time: what was done stays, and the \
                rest is found. Progress is told on stderr. On DynamoDB it needs the right to `Scan`.
                """)

        @OptionGroup var target: Target

        func run() async throws {
            try await StartFailure.explained {
                try await target.forEachWalk { base, vault, walk in
                    let start = ContinuousClock.now
                    let tally = try await walk.rewrap { try base.tell($0) }
                    let seconds = Double(Int((ContinuousClock.now - start) / .milliseconds(100))) / 10
                    try FileDescriptor(1).put(
                        "\(base.rawValue)  \(tally.rewrapped) data keys wrapped anew in \(seconds) s, "
                            + "\(tally.byNumber[vault.wrappingKeyNumbers.last ?? 0, default: 0]) of \(tally.total) are under "
                            + "key \(vault.wrappingKeyNumbers.last ?? 0)\n")
                    if tally.unreadable > 0 { throw base.unreadable(tally) }
                }
                try await AdministrativeAct.record("keys.rewrap", target.options)
            }
        }
    }

    /// `creditd keys retire NUMBER`
    struct Retire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a wrapping key out of the rings, when it has wrapped no data key any more.",
            discussion: """
                Refused while any data key is under it, and for the newest key. Delete old copies of the ring \
                afterwards: a thief of one and of an old backup could open the backup.
                """)

        @Argument(help: "The number of the wrapping key, as `keys list` tells it.")
        var number: UInt32

        @OptionGroup var target: Target

        func run() async throws {
            try await StartFailure.explained {
                try await AdministrativeAct.record("keys.retire", target.options)
                let rings = try target.rings()
                for base in target.bases where base == .c { try retire(base, rings) }
                try await target.forEachWalk { base, _, walk in
                    let before = try rings.load(base)
                    // A daemon takes a rotation within a second; what it has wrapped before is then in its store.
                    try await Task.sleep(for: .seconds(2))
                    try await refuse(base, while: walk)
                    try retire(base, rings)
                    do {
                        try await refuse(base, while: walk)
                    } catch {
                        // A request that was slower than all this: its key must not be lost.
                        try rings.restore(before)
                        throw error
                    }
                }
            }
        }

        private func refuse(_ base: Base, while walk: DataKeyWalk) async throws {
            let count = try await walk.count { try base.tell($0) }.byNumber[number, default: 0]
            if count == 0 { return }
            throw StartFailure(
                status: ExitStatus.unavailable,
                message: "base \(base.rawValue) has \(count) data keys under key \(number); "
                    + "run `creditd keys rewrap` first")
        }

        private func retire(_ base: Base, _ rings: KeyRings) throws {
            _ = try rings.retire(number, of: base)
            try FileDescriptor(1).put("\(base.rawValue)  \(rings.path(of: base))  has no key \(number) any more\n")
        }
    }

    /// `creditd keys verify`
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open every data key of bases A and B with the rings; exit code 69 when one does not open.")

        @OptionGroup var target: Target

        func run() async throws {
            try await StartFailure.explained {
                try await target.forEachWalk { base, _, walk in
                    let tally = try await walk.count(opening: true) { try base.tell($0) }
                    try FileDescriptor(1).put(
                        "\(base.rawValue)  \(tally.total - tally.unreadable) of \(tally.total) data keys open\n")
                    if tally.unreadable > 0 { throw base.unreadable(tally) }
                }
            }
        }
    }
}

extension Base {
    /// Tells on stderr how far a walk has come, where somebody may be watching.
    fileprivate func tell(_ tally: DataKeyWalk.Tally) throws {
        guard tally.total % 10_000 == 0, tally.total > 0 else { return }
        FileDescriptor(2).offer("base \(rawValue): \(tally.total) data keys, \(tally.rewrapped) wrapped anew\n")
    }

    fileprivate func unreadable(_ tally: DataKeyWalk.Tally) -> StartFailure {
        StartFailure(
            status: ExitStatus.unavailable,
            message: "base \(rawValue): \(tally.unreadable) of \(tally.total) data keys do not open with this ring")
    }
}
