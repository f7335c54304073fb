import ArgumentParser
import Bureau
import FoundationEssentials
import JSON
import Platform
import Services

/// `creditd consistency`: holds the three bases against each other.
struct ConsistencyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consistency", abstract: "Hold the three bases against each other and against the audit log.",
        discussion: """
            An erased person has a tombstone in each base and nothing else. After a base was put back from a backup, \
            its tombstones are missing there, and data lie beside others; a daemon buries these persons again when it \
            starts, and `repair` does at once. Whom no base remembers, because all three were put back, the audit log \
            does, and `repair` buries them; daemons that start do not look there.

            The audit log has a mark of the latest write of each person, profile and payment. A record that is \
            another one was put back past the daemons, and one that is gone was deleted past them, unless its \
            deletion waits in the journal of a machine that is down. After base B was put back from a backup on \
            purpose, `accept` takes what is there as the latest.

            The log itself is told by its witness file: each finding of `audit verify` is a difference. After base A \
            was put back on purpose, log included, set the witness file aside: the next one begins with what is there.
            """,
        subcommands: [Check.self, Repair.self, Accept.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell how many differences there are; the exit code is then 1.")

        @OptionGroup var options: ConsistencyOptions

        func run() async throws {
            try await options.report("consistency.check", needing: [.audit]) { report in
                if report.differences > 0 { throw ExitStatus.notValid }
            }
        }
    }

    struct Repair: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End erasures that are open, bury again whom a base has not forgotten, and tell what was found.",
            discussion: """
                Daemons may serve meanwhile. It can be killed and run again at any time. The exit code is 1 when \
                differences are left, such as records that were put back, of which nobody has the newer one.
                """)

        @OptionGroup var options: ConsistencyOptions

        func run() async throws {
            try await options.report("consistency.repair", needing: [.rights], repairing: true) { report in
                if !report.unavailable.isEmpty { throw ExitStatus.unavailable }
                if report.differences > report.repaired ?? 0 { throw ExitStatus.notValid }
            }
        }
    }
}

extension ConsistencyCommand {
    struct Accept: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take what differs from the audit log as the latest from now on, and tell what it was.",
            discussion: """
                Daemons give out again, within two seconds, what they refused because their machines had seen newer \
                versions. Run it when daemons have carried their journals, also those of machines that are down: what such a \
                journal tells later is held against what was accepted. The log keeps the differences and this \
                command. It mends no finding of `audit verify`, with which the \
                exit code is 1: who can change the log can change what is accepted.
                """)

        @OptionGroup var options: ConsistencyOptions

        func run() async throws {
            try await options.report("consistency.accept", needing: [.audit, .rights], accepting: true) { report in
                if !report.unavailable.isEmpty { throw ExitStatus.unavailable }
                if report.writes?.log ?? 0 > 0 { throw ExitStatus.notValid }
            }
        }
    }
}

/// What is held against each other, and how it is told.
struct ConsistencyOptions: ParsableArguments {
    @Flag(help: "Tell it as one JSON object.")
    var json = false

    @OptionGroup var stores: StoreOptions
    @OptionGroup var access: AccessOptions
    @OptionGroup var logging: LogOptions

    /// Asks the bases for a role with the duties, tells progress on stderr, and prints what was found; `judge` throws
    /// the exit code. The audit log has the command before, and how it ended.
    fileprivate func report(
        _ command: String, needing duties: Set<Duty>, repairing: Bool = false, accepting: Bool = false,
        judge: (ConsistencyReport) throws -> Void
    ) async throws {
        try await StartFailure.explained {
            let level = LogLevel(logging)
            try level.read()
            let environment = ProcessInfo.processInfo.environment
            let files = try SchemaFiles(folder: stores.schema.folder)
            let areEmbedded = try Stores(stores, files: files, environment: environment).areEmbedded
            let actor = try access.acting.actor(environment, needsRole: !areEmbedded)
            try await AdministrativeAct.require(duties, of: actor, for: command, stores)
            let daemon = try await AdministrativeAct.opening(for: command, stores, access.acting) {
                try await Daemon(stores, access: access, reappliesErasures: false, log: level.logger())
            }
            try daemon.audit.begin(command, .granted)
            try await daemon.audit.recording(command) {
                var report = ConsistencyReport()
                try await daemon.whileTokensAreSteady {
                    report = await daemon.erasures.erasures.consistency(repairing: repairing, accepting: accepting) {
                        base, count in
                        // A line for each page would drown the others.
                        guard count > 0, count.isMultiple(of: 10_000) else { return }
                        FileDescriptor(2).offer("base \(base.rawValue): \(count) looked at\n")
                    }
                }
                try FileDescriptor(1).put(json ? report.json : Array(report.text.utf8))
                try judge(report)
            }
        }
    }
}

extension ConsistencyReport {
    fileprivate var text: String {
        let bases = Base.allCases.map { base -> String in
            let name = "base \(base.rawValue): "
            if unavailable.contains(base) { return name + "cannot be asked\n" }
            let counts = [
                "\(tombstones[base] ?? 0) tombstones", "\(missingTombstones[base] ?? 0) missing",
                "\(remains[base] ?? 0) with data beside", "\(unreadable[base] ?? 0) unreadable",
            ]
            return name + counts.joined(separator: ", ") + (subjects[base].map { "; \($0) subjects" } ?? "") + "\n"
        }
        let log =
            writes.map { writes in
                [Base.a, .b].map { base in
                    "base \(base.rawValue) by the audit log: \(writes.putBack[base] ?? 0) put back, "
                        + "\(writes.removed[base] ?? 0) removed, \(writes.newer[base] ?? 0) newer than the log\n"
                }.joined() + writes.textOfLog
            } ?? ""
        let outcome = repaired.map { ", repaired: \($0)" } ?? ""
        return "erasures that are not done: \(openErasures)\n" + bases.joined() + log
            + "differences: \(differences)\(outcome)\n"
    }

    fileprivate var json: [UInt8] {
        var writer = Writer()
        writer.object { result in
            result.key("openErasures")
            result.number(openErasures)
            result.key("bases")
            result.array { list in
                for base in Base.allCases { list.object { write(base, to: &$0) } }
            }
            if let writes {
                result.key("auditFindings")
                result.number(writes.log)
                result.key("missingLeaves")
                result.number(Int(writes.missingLeaves))
            }
            result.key("differences")
            result.number(differences)
            if let repaired {
                result.key("repaired")
                result.number(repaired)
            }
        }
        return writer.take() + [0x0A]
    }

    private func write(_ base: Base, to item: inout Writer) {
        item.key("base")
        item.string(base.rawValue)
        item.key("available")
        item.bool(!unavailable.contains(base))
        for (name, count): (StaticString, Int?) in [
            ("tombstones", tombstones[base]), ("missing", missingTombstones[base]), ("remains", remains[base]),
            ("unreadable", unreadable[base]), ("subjects", subjects[base]),
            ("putBack", base == .c ? nil : writes.map { $0.putBack[base] ?? 0 }),
            ("removed", base == .c ? nil : writes.map { $0.removed[base] ?? 0 }),
            ("newer", base == .c ? nil : writes.map { $0.newer[base] ?? 0 }),
        ] {
            guard let count else { continue }
            item.key(name)
            item.number(count)
        }
    }
}

extension WriteFindings {
    fileprivate var textOfLog: String {
        let findings = "audit log: \(log) findings of `creditd audit verify`\n"
        if missingLeaves == 0 { return findings }
        return findings
            + "base A by the witness file: its audit log is \(missingLeaves) records short of what was witnessed; "
            + "it was put back from before, or its log was cut off\n"
    }
}
