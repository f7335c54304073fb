import ArgumentParser
import Bureau
import FoundationEssentials
import Journal
import Platform
import Repositories
import Services
import Vault

extension KeysCommand {
    /// `creditd keys reseal`
    struct Reseal: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give each subject of bases A and B a new data key, and seal all values under it.",
            discussion: """
                For when data keys may have leaked, such as by a ring and a backup together: `rotate` and `rewrap` leave \
                them as they are. The former data key of a subject is gone once the subject is done; copies of the \
                store from before keep theirs. Daemons may serve meanwhile: versions stay, and writes in flight are \
                made again, but end those of releases without this command before `migrate up`. It can be killed \
                and run again at any time, and then does what is left; after a run that has ended, or with --anew, \
                it begins with all subjects. Progress is told on stderr. Exit code 69 when a subject has a value that \
                does not open, and is left as it is: stderr names it by its token, and the next run tries it again. \
                On DynamoDB it needs the right to `Scan`.
                """)

        @Option(
            help: ArgumentHelp(
                "Only the subject whose CPF is a line of stdin; give -, because others see a command's arguments.",
                valueName: "-"))
        var cpf: String?

        @Flag(help: "Begin with all subjects anew, also where a run did not end or has left subjects.")
        var anew = false

        @OptionGroup var target: Target

        func validate() throws {
            if target.only?.base == .c {
                throw ValidationError("Base C seals no value, and has no data keys.")
            }
            guard let cpf else { return }
            if cpf != "-" {
                throw ValidationError("--cpf takes -, and reads the CPF from stdin: others see a command's arguments.")
            }
            if anew { throw ValidationError("--anew is about all subjects; --cpf begins anew in any case.") }
        }

        func run() async throws {
            try await target.recorded("keys.reseal", .changes) { act in
                act.count = 0
                let noted = try act.openJournal()
                defer { noted?.journal.stop() }
                let failures =
                    if cpf == nil {
                        try await resealAll(act, noted?.trail)
                    } else {
                        try await reseal(try Self.readCPF(), act, noted?.trail)
                    }
                try await noted?.trail.sync()
                guard let last = failures.last else { return }
                for failure in failures.dropLast() { FileDescriptor(2).offer("creditd: \(failure.message)\n") }
                throw last
            }
        }

        /// Gives all subjects new data keys, and returns what was left.
        ///
        /// All bases begin before the first walk, and end after the last one: a run after one that was killed goes on
        /// in every base. A base of which subjects were left does not end.
        private func resealAll(_ act: AdministrativeAct, _ trail: AuditTrail?) async throws -> [StartFailure] {
            var beginnings: [Base: ResealingWalk.Beginning] = [:]
            try await target.forEachResealing(trail) { base, walk in
                beginnings[base] = try await walk.begin(anew: anew)
            }
            var failures: [StartFailure] = []
            var done: Set<Base> = []
            try await target.forEachResealing(trail) { base, walk in
                guard let beginning = beginnings[base] else { return }
                if let failure = try await reseal(base, walk, beginning, act) {
                    failures.append(failure)
                } else {
                    done.insert(base)
                }
            }
            try await target.forEachResealing(trail) { base, walk in if done.contains(base) { try await walk.end() } }
            return failures
        }

        /// Gives all subjects of a base new data keys, and returns what was left.
        private func reseal(
            _ base: Base, _ walk: ResealingWalk, _ beginning: ResealingWalk.Beginning, _ act: AdministrativeAct
        ) async throws -> StartFailure? {
            if beginning.isJoined, let instant = beginning.mark.begunAt {
                FileDescriptor(2).offer(
                    "base \(base.rawValue): goes on with the run of \(instant.text), which did not end or has left "
                        + "subjects: keys from after its beginning stay; --anew begins with all subjects\n")
            }
            let start = ContinuousClock.now
            var told = start
            let tally = try await walk.resealAll(from: beginning) { tally in
                guard ContinuousClock.now - told >= .seconds(10) else { return }
                told = .now
                FileDescriptor(2).offer(
                    "base \(base.rawValue): \(tally.total) of \(tally.expected) subjects, "
                        + "\(tally.resealed) sealed anew\n")
            }
            act.count += tally.resealed
            let seconds = Double(Int((ContinuousClock.now - start) / .milliseconds(100))) / 10
            try FileDescriptor(1).put(
                "\(base.rawValue)  \(tally.resealed) of \(tally.total) subjects sealed anew in \(seconds) s\n")
            if tally.requestsLeft > 0 {
                try FileDescriptor(1).put(
                    "\(base.rawValue)  \(tally.requestsLeft) requests stay as they were, because their details do not "
                        + "open: from before a deletion of the person, or damaged\n")
            }
            return tally.failures == 0 ? nil : failure(base, tally)
        }

        private func failure(_ base: Base, _ tally: ResealingWalk.Tally) -> StartFailure {
            let parts = [
                (tally.unreadable, "have a value that does not open"),
                (tally.contended, "were being written all the time"),
                (tally.refused, "were not written by the store in its time"),
            ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
            let names = tally.failed.map(\.textOfRecord).joined(separator: ", ")
            let more = tally.failures - tally.failed.count
            return StartFailure(
                status: ExitStatus.unavailable,
                message: "base \(base.rawValue): of the subjects \(parts.joined(separator: ", and ")); they keep their "
                    + "data keys, and the next run tries them again. By their tokens, as `audit.list` tells them: "
                    + names + (more > 0 ? ", and \(more) more" : ""))
        }

        /// Gives one subject a new data key in each base, and returns what went wrong.
        private func reseal(
            _ subject: CPF, _ act: AdministrativeAct, _ trail: AuditTrail?
        ) async throws -> [StartFailure] {
            var failures: [StartFailure] = []
            var isThere = false
            try await target.forEachResealing(trail) { base, walk in
                let token = walk.token(of: subject)
                try await act.record(.granted, of: token, in: base)
                let outcome: ResealingWalk.Outcome
                do {
                    outcome = try await walk.reseal(subject)
                } catch {
                    try? await act.record(.failed, of: token, in: base)
                    throw error
                }
                isThere = isThere || outcome != .nothingToDo
                let failure = try tell(outcome, base)
                failures += failure.map { [$0] } ?? []
                var isResealed = false
                if case .resealed = outcome { isResealed = true }
                act.count += isResealed ? 1 : 0
                try await act.record(isResealed ? .done : .failed, of: token, in: base)
            }
            if !isThere {
                failures.append(StartFailure(status: ExitStatus.unavailable, message: "no base has the subject"))
            }
            return failures
        }

        /// Tells what became of one subject, and returns why the data key stays.
        private func tell(_ outcome: ResealingWalk.Outcome, _ base: Base) throws -> StartFailure? {
            let flaw: String
            switch outcome {
            case .resealed:
                try FileDescriptor(1).put("\(base.rawValue)  the subject sealed anew\n")
                return nil
            case .nothingToDo:
                try FileDescriptor(1).put("\(base.rawValue)  the subject is not there\n")
                return nil
            case .unreadable: flaw = "has a value that does not open"
            case .refused: flaw = "was not written by the store in its time"
            case .contended, .overtaken: flaw = "was being written all the time"
            }
            try FileDescriptor(1).put("\(base.rawValue)  the subject left as it was\n")
            return StartFailure(
                status: ExitStatus.unavailable, message: "base \(base.rawValue): the subject \(flaw)")
        }

        private static func readCPF() throws -> CPF {
            guard let line = readLine(), let cpf = CPF(line.filter { $0 != " " && $0 != "\r" }) else {
                throw StartFailure(
                    status: ExitStatus.wrongData, message: "stdin: a line with a CPF is due, digits or punctuated")
            }
            return cpf
        }
    }
}

extension KeysCommand.Target {
    /// Opens the stores with data keys, whose rings are theirs, one after the other.
    fileprivate func forEachResealing(
        _ trail: AuditTrail?, _ body: (Base, ResealingWalk) async throws -> Void
    ) async throws {
        let environment = ProcessInfo.processInfo.environment
        let stores = try Stores(
            options, files: try SchemaFiles(folder: options.schema.folder), environment: environment)
        for base in bases {
            let vault = try stores.rings.vault(of: base)
            switch base {
            case .a:
                let store = try await stores.openPersons()
                try await vault.verify(store)
                _ = try vault.steadyTokenKey()
                try await body(base, ResealingWalk(vault: vault, persons: store))
            case .b:
                let store = try await stores.openProfiles()
                try await vault.verify(store)
                _ = try vault.steadyTokenKey()
                try await body(base, ResealingWalk(vault: vault, profiles: store, trail: trail))
            case .c: continue
            }
        }
    }
}
