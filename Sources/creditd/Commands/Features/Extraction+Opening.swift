import ArgumentParser
import Bureau
import Services
import Tables
import Vault

/// What an extraction checks before it begins.
extension Extraction {
    enum ValidationErrors {
        static var purpose: StartFailure {
            StartFailure(
                status: .validationFailure,
                message: "--purpose is needed, and data_subject_request tells one person about themselves")
        }
    }

    /// Refuses who may not develop scorecards, or may not see in plain for the purpose what the rows tell.
    static func permit(_ plan: ExtractionPlan, _ control: AccessControl) throws {
        let shown = try? control.disclosures(of: plan.access).get()
        guard control.has(.models), shown?.plain == plan.groups else {
            throw StartFailure(
                status: .validationFailure,
                message: "the role \(control.actor.role.rawValue) may not do this for \(plan.purpose.rawValue)")
        }
    }

    /// Opens the file of rows beside a state, and tells what to do when it cannot be used.
    static func rows(
        beside path: String, _ resume: (inout RowSort) throws -> Void
    ) throws -> RowSort {
        do {
            var rows = try RowSort(path: "\(path).rows")
            try resume(&rows)
            return rows
        } catch let error as RowSortError {
            switch error {
            case .inUse:
                throw StartFailure(
                    status: ExitStatus.temporary, message: "another extraction is going on with \(path); wait for it")
            case .damaged: throw damage(beside: path)
            default:
                throw StartFailure(
                    status: ExitStatus.inputOutput,
                    message: "\(path).rows: \(error); to begin anew, delete \(path) and \(path).rows")
            }
        }
    }

    /// The rows are not those that the state counts.
    static func damage(beside path: String?) -> StartFailure {
        let advice = path.map { ": delete \($0) and \($0).rows, and begin anew" } ?? ""
        return StartFailure(
            status: ExitStatus.wrongData, message: "the rows so far are not all there any more" + advice)
    }

    static func state(at path: String, _ digest: [UInt8], _ vault: BaseVault) throws -> ExtractionState? {
        guard let state = try ExtractionState(path: path, vault: vault) else { return nil }
        guard state.digest == digest else {
            throw StartFailure(
                status: ExitStatus.wrongData, message: "\(path) is the state of another extraction; delete it first")
        }
        return state
    }

    /// A digest of what decides about the rows. Only an instant that is asked for belongs to it: otherwise it is that
    /// of the first run.
    static func digest(
        of plan: ExtractionPlan, _ command: FeaturesCommand.Extract, _ key: StudyKey
    ) -> [UInt8] {
        // The number tells orders of walks and forms of rows apart, which mean nothing to each other.
        var text = "4 \(command.subject.asOf ?? "now") \(plan.purpose.rawValue) \(command.output.walkedSegments)"
        text +=
            " \(plan.requester ?? "") \(plan.hasCells) " + plan.characteristics.map(\.rawValue).joined(separator: ",")
        for label in plan.labels ?? [] {
            text += "\n\(label.cpf.number) \(label.asOf?.microsecondsSinceEpoch ?? 0) \(label.isBad)"
        }
        return key.digest(of: Array(text.utf8))
    }
}
