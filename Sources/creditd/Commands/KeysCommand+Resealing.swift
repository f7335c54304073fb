import ArgumentParser
import Bureau
import FoundationEssentials
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
                made again. It can be killed and run again at any time, and then does what is left; after a run that \
                has ended it begins with all subjects anew. Progress is told on stderr. Exit code 69 when a \
                subject has a value that does not open: it is left as it is. On DynamoDB it needs the right to `Scan`.
                """)

        @Option(
            help: ArgumentHelp(
                "Only the subject whose CPF is a line of stdin; give -, because others see a command's arguments.",
                valueName: "-"))
        var cpf: String?

        @OptionGroup var target: Target

        func validate() throws {
            guard let cpf, cpf != "-" else { return }
            throw ValidationError("--cpf takes -, and reads the CPF from stdin: others see a command's arguments.")
        }

        func run() async throws {
            try await StartFailure.explained {
                let subject = try cpf.map { _ in try Self.readCPF() }
                try await AdministrativeAct.record("keys.reseal", target.options)
                var failures: [StartFailure] = []
                try await target.forEachResealing { base, walk in
                    let failure =
                        if let subject { try await reseal(subject, base, walk) } else { try await reseal(base, walk) }
                    failures += failure.map { [$0] } ?? []
                }
                guard let last = failures.popLast() else { return }
                for failure in failures { FileDescriptor(2).offer("creditd: \(failure.message)\n") }
                throw last
            }
        }

        /// Gives all subjects of a base new data keys, and returns what was left.
        private func reseal(_ base: Base, _ walk: ResealingWalk) async throws -> StartFailure? {
            let start = ContinuousClock.now
            var told = 0
            let tally = try await walk.run { tally in
                guard tally.total / 10_000 > told / 10_000 else { return }
                told = tally.total
                FileDescriptor(2).offer(
                    "base \(base.rawValue): \(tally.total) subjects, \(tally.resealed) sealed anew\n")
            }
            let seconds = Double(Int((ContinuousClock.now - start) / .milliseconds(100))) / 10
            try FileDescriptor(1).put(
                "\(base.rawValue)  \(tally.resealed) of \(tally.total) subjects sealed anew in \(seconds) s\n")
            if tally.unreadable == 0, tally.contended == 0 { return nil }
            var parts: [String] = []
            if tally.unreadable > 0 { parts.append("\(tally.unreadable) have a value that does not open") }
            if tally.contended > 0 { parts.append("\(tally.contended) were being written all the time") }
            return StartFailure(
                status: ExitStatus.unavailable,
                message: "base \(base.rawValue): of the subjects \(parts.joined(separator: ", and ")); "
                    + "they keep their data keys")
        }

        /// Gives one subject of a base a new data key.
        private func reseal(_ subject: CPF, _ base: Base, _ walk: ResealingWalk) async throws -> StartFailure? {
            let outcome = try await walk.reseal(subject)
            let verb =
                outcome == .resealed ? "sealed anew" : outcome == .nothingToDo ? "is not there" : "left as it was"
            try FileDescriptor(1).put("\(base.rawValue)  the subject \(verb)\n")
            switch outcome {
            case .resealed, .nothingToDo: return nil
            case .unreadable:
                return StartFailure(
                    status: ExitStatus.unavailable,
                    message: "base \(base.rawValue): the subject has a value that does not open")
            case .contended, .overtaken:
                return StartFailure(
                    status: ExitStatus.unavailable,
                    message: "base \(base.rawValue): the subject was being written all the time")
            }
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
    fileprivate func forEachResealing(_ body: (Base, ResealingWalk) async throws -> Void) async throws {
        let environment = ProcessInfo.processInfo.environment
        let stores = try Stores(
            options, files: try SchemaFiles(folder: options.schema.folder), environment: environment)
        for base in bases {
            let vault = try stores.rings.vault(of: base)
            switch base {
            case .a:
                let store = try await stores.openPersons()
                try await vault.verify(store)
                try await body(base, ResealingWalk(vault: vault, persons: store))
            case .b:
                let store = try await stores.openProfiles()
                try await vault.verify(store)
                try await body(base, ResealingWalk(vault: vault, profiles: store))
            case .c: continue
            }
        }
    }
}
