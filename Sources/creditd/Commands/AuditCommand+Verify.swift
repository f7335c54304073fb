import ArgumentParser
import Bureau
import FoundationEssentials
import Glibc
import JSON
import Platform
import Services
import Vault

extension AuditCommand {
    /// `creditd audit verify`
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell whether the log is whole: of a store, of an export, or of a proof.",
            discussion: """
                Without a file it reads the store. With the file of an export, or with --proof, it needs no store: the \
                key is that of --key, else of base A's ring when it is there, else the file's own, which proves \
                little. A store is held against the heads of its witness file, when it is there; an export against \
                those of --witness, else of the home whose key it is checked with. A witness may know more than an \
                export, whose own record comes after it. The exit code is 1 when anything does not fit.
                """)

        @Argument(help: "The file of an export, or - for stdin; none for the store.")
        var file: String?

        @Option(help: ArgumentHelp("The file of a result of audit.proof.", valueName: "file"))
        var proof: String?

        @Option(help: ArgumentHelp("The log's public key, as `creditd audit head` prints it.", valueName: "key"))
        var key: String?

        @Option(
            help: ArgumentHelp("The witness file to hold an export against, or a copy of it.", valueName: "file"))
        var witness: String?

        @OptionGroup var target: Target

        func validate() throws {
            guard witness != nil, file == nil else { return }
            throw ValidationError("--witness is about an export; the store's own is that of --audit-witness.")
        }

        func run() async throws {
            if let proof {
                try await StartFailure.explained { try check(try text(of: proof)) }
            } else if let file {
                try await StartFailure.explained { try verify(file) }
            } else {
                try await target.withLog("audit.verify") { keeper in
                    Self.tellFlaws(of: keeper.witness)
                    try Self.tell(try await keeper.log.verify(witnessed: keeper.witness.notes()))
                }
            }
        }

        private func text(of path: String) throws -> [UInt8] {
            let text = path == "-" ? FileDescriptor(0).readAll() : FileDescriptor.text(of: path)
            guard let text else {
                throw StartFailure(
                    status: ExitStatus.noInput, message: "\(path): \(String(cString: strerror(errno)))")
            }
            return text
        }

        /// The key to check with; `own` is what the file itself names.
        private func verifier(own: String) throws -> HeadVerifier {
            if let key {
                guard let verifier = HeadVerifier(text: key) else { throw ValidationError("--key is no key of a log.") }
                return verifier
            }
            if let verifier = try homeVerifier() { return verifier }
            guard let verifier = HeadVerifier(text: own) else {
                throw StartFailure(status: ExitStatus.wrongData, message: "the file names no key of a log")
            }
            FileDescriptor(2).offer("creditd: the key is the file's own; give one from elsewhere with --key\n")
            return verifier
        }

        /// The key of base A's ring; nil when the ring is not there.
        private func homeVerifier() throws -> HeadVerifier? {
            let environment = ProcessInfo.processInfo.environment
            let rings = KeyRings(
                folder: try target.stores.keyRingFolder(environment), home: try target.stores.homeFolder(environment),
                providers: try target.stores.keyProviders(environment))
            return rings.isThere(.a) ? try rings.vault(of: .a).audit.verifier : nil
        }

        /// The heads to hold an export against: of the file that is named, else of the home's own when the export is
        /// checked with that home's key.
        private func witnessed(_ verifier: HeadVerifier) throws -> [[UInt8]] {
            let environment = ProcessInfo.processInfo.environment
            let isNamed = target.stores.auditWitness != nil || environment["CREDITD_AUDIT_WITNESS"]?.isEmpty == false
            let home = try target.stores.homeFolder(environment)
            let path = try witness ?? target.stores.witnessFile(environment, home: home)
            if witness != nil {
                let text = try text(of: path)
                if WitnessFile.isForeign(text) { Self.tell(.foreign, of: path) }
                return WitnessFile.notes(in: text)
            }
            if isNamed {
                var status = stat()
                guard lstat(path, &status) == 0 || errno != ENOENT else {
                    throw StartFailure(
                        status: ExitStatus.noInput, message: "\(path): \(String(cString: strerror(errno)))")
                }
            } else {
                guard try homeVerifier()?.text == verifier.text else { return [] }
            }
            let file = WitnessFile(path: path)
            Self.tellFlaws(of: file)
            return file.notes()
        }

        /// Says why findings name heads that nobody signed.
        private static func tellFlaws(of witness: WitnessFile) {
            for (path, flaw) in witness.flaws { tell(flaw, of: path) }
        }

        private static func tell(_ flaw: WitnessFile.Flaw, of path: String) {
            FileDescriptor(2).offer(
                "creditd: \(path) \(flaw.sentence), which counts as one that was forged; set it aside once you know "
                    + "how it came there\n")
        }

        private func check(_ text: [UInt8]) throws {
            guard let document = try? Document(text) else {
                throw StartFailure(status: ExitStatus.wrongData, message: "the file is no JSON")
            }
            let found = document.withRoot { root -> (AuditProof, String)? in
                let value = root["result"] ?? root
                guard let leaf = value["leaf"]?.int64, let size = value["size"]?.int64,
                    let line = value["record"]?.string, let head = value["head"]?.string,
                    let key = value["key"]?.string, let path = value["path"]
                else { return nil }
                let hashes = path.elements.compactMap { hash in
                    hash.string.flatMap { Array($0.utf8).fromBase64 }.flatMap { TreeHash(bytes: $0) }
                }
                let proof = AuditProof(
                    leaf: leaf, size: size, line: Array(line.utf8), path: hashes, head: Array(head.utf8))
                return (proof, key)
            }
            guard let found else {
                throw StartFailure(status: ExitStatus.wrongData, message: "the file is no result of audit.proof")
            }
            guard found.0.holds(by: try verifier(own: found.1)) else {
                try FileDescriptor(1).put("the proof does not hold\n")
                throw ExitStatus.notValid
            }
            try FileDescriptor(1).put("the record is leaf \(found.0.leaf) of \(found.0.size)\n")
        }

        private func verify(_ path: String) throws {
            let number = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
            defer { if number > 0 { close(number) } }
            let verdict = try ExportVerification.verdict(
                of: FileDescriptor(number), verifier: verifier(own:), witnessed: witnessed)
            guard let verdict else {
                throw StartFailure(status: ExitStatus.noInput, message: "\(path): \(String(cString: strerror(errno)))")
            }
            try Self.tell(verdict)
        }

        /// Prints what was found; throws the exit code when anything was.
        static func tell(_ verdict: AuditVerdict) throws {
            for finding in verdict.findings {
                let place = finding.leaf.map { finding.kind == .head ? "  up to leaf \($0)" : "  leaf \($0)" } ?? ""
                let record = finding.recordID.map { "  record \($0.text)" } ?? ""
                try FileDescriptor(1).put("\(finding.kind.rawValue)\(place)\(record)\n")
            }
            let whole = verdict.findings.isEmpty ? "whole" : "NOT whole"
            try FileDescriptor(1).put(
                "\(whole): \(verdict.size) leaves, \(verdict.records) records, \(verdict.heads) heads\n")
            if verdict.witnessed > verdict.size {
                let count = verdict.witnessed - verdict.size
                try FileDescriptor(1).put("the witness knows \(count) \(count == 1 ? "record" : "records") after\n")
            }
            if !verdict.findings.isEmpty { throw ExitStatus.notValid }
        }
    }
}
