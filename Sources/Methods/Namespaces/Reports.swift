import Bureau
import JSON
import JSONRPC
import Services

extension Method {
    /// The methods of the namespace `report`. A report is recorded as a bureau query, so it writes base C too.
    static func reports(_ reports: ReportService, _ access: MethodAccesses) -> [Method] {
        [
            .ofSubject(
                "report.get", access, reads: [.a, .b, .c], writes: [.b, .c], answerBytes: 8192,
                service: reports.make,
                result: object { $0.writeMembers($1, to: &$2) })
        ]
    }
}

extension CreditReport {
    /// Appends the result of `report.get`.
    fileprivate func writeMembers(_ disclosures: Disclosures, to result: inout Writer) {
        result.member("reportId", reportID)
        result.member("generatedAt", generatedAt)
        result.key("person")
        result.object { person.writeMembers(disclosures, to: &$0) }
        if !disclosures.shown.isDisjoint(with: .ofProfiles) {
            result.key("profile")
            if let profile { result.object { profile.writeMembers(disclosures, to: &$0) } } else { result.null() }
        }
        let shown = disclosures.of(.score)
        if shown != .denied {
            result.key("score")
            if let score { result.object { score.writeMembers(shown, to: &$0) } } else { result.null() }
            if let unscorable {
                result.key("unscorable")
                result.object { $0.member("cause", unscorable.rawValue) }
            }
            result.optional(inconsistencies)
        }
        result.key("events")
        result.object { events.writeMembers(disclosures, to: &$0) }
    }
}
