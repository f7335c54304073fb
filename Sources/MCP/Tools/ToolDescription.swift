/// What a model is told of a tool, beside what the method's contract says.
struct ToolDescription: Sendable {
    /// What a client may assume of a call: `readOnlyHint` and its neighbours. No tool reaches beyond the bureau.
    enum Effect {
        /// Nothing changes that anybody else sees.
        case reads
        /// Nothing changes but what others see of it: a row of the audit log, a score, a bureau query. Clients then
        /// ask their user before the call.
        case leavesTrace
        case adds
        case overwrites
        /// Needs the user's own consent, which the server asks for.
        case deletes
    }

    let method: String
    let title: String
    /// What the tool returns, when to use it, and what to do about its errors.
    let text: String
    let effect: Effect
    /// Params that a model is not offered.
    var hidden: Set<String> = []
    /// The page size of a call that states none.
    var pageSize: Int?
    /// Whether an output schema is declared.
    var isStructured = false

    var isWrite: Bool {
        switch effect {
        case .reads, .leavesTrace: false
        case .adds, .overwrites, .deletes: true
        }
    }

    /// Whether a call changes the members of a patch.
    var isPatch: Bool { method.hasSuffix(".update") }
    /// Whether a call writes a record in place of the one before.
    var replacesWhole: Bool { method.hasSuffix(".put") }

    /// The name of the tool: `debt_record_payment` for `debt.recordPayment`.
    var name: String {
        var name = ""
        for character in method {
            if character == "." {
                name += "_"
            } else if character.isUppercase {
                name += "_\(character.lowercased())"
            } else {
                name.append(character)
            }
        }
        return name
    }

    /// The tools in the order in which they are listed: first those of the default set.
    static let all: [ToolDescription] = [
        ToolDescription(
            method: "report.get", title: "Credit report",
            text: """
                The whole credit report of one person: registration, debts, profile, score with its reasons, latest \
                events. Use it for a credit decision; use a narrower tool for one question. It leaves a bureau query \
                that others see. not_found: the bureau does not know the CPF. score null: `unscorable` tells why.
                """,
            effect: .leavesTrace),
        ToolDescription(
            method: "person.get", title: "Person",
            text: """
                Registration, state and debts of one person. Each call is recorded in the audit log. not_found: the \
                bureau does not know the CPF; check it with the user.
                """,
            effect: .leavesTrace),
        ToolDescription(
            method: "debt.list", title: "Debts",
            text: """
                The debts of one person with debtId, amount in centavos, due date and status. Use it to check debts or \
                before a dispute. An empty list: no debt may be shown. not_found: the bureau does not know the CPF.
                """,
            effect: .leavesTrace),
        ToolDescription(
            method: "profile.get", title: "Financial profile",
            text: """
                Age band, housing, assets and incomes of one person, amounts in centavos. not_found: no profile is \
                kept, so there is no score either.
                """,
            effect: .reads),
        ToolDescription(
            method: "score.compute", title: "Compute a score",
            text: """
                Computes the credit score of one person now, 0 (worst) to 1000, with the reasons for lost points, and \
                keeps it in the history. To explain an earlier decision use score_history. unscorable: tell the cause; \
                do not try again.
                """,
            effect: .leavesTrace, hidden: ["model", "version"], isStructured: true),
        ToolDescription(
            method: "score.history", title: "Earlier scores",
            text: """
                Scores that were computed for one person, the newest first, each with its reasons: what a decision \
                was based on. Empty: none was computed.
                """,
            effect: .reads, pageSize: 5, isStructured: true),
        ToolDescription(
            method: "event.latest", title: "Latest events",
            text: """
                The newest bureau query, money movement and card purchase of one person; null where there is none. \
                Use event_history for more than one.
                """,
            effect: .reads, isStructured: true),
        ToolDescription(
            method: "event.history", title: "Events",
            text: """
                Events of one person, the newest first, a page at a time: bureau queries, movements, card purchases. \
                Pass nextCursor as cursor for the next page.
                """,
            effect: .reads, pageSize: 20),

        ToolDescription(
            method: "person.create", title: "Register a person",
            text: "Registers a person. already_exists: the CPF is registered; use person_update.", effect: .adds),
        ToolDescription(
            method: "person.update", title: "Change a person",
            text: """
                Overwrites members of a person: those in `patch`; `remove` names members to take away. Masked values \
                (initials, asterisks) are refused: ask the user. version_conflict: read the person again first.
                """,
            effect: .overwrites),
        ToolDescription(
            method: "debt.add", title: "Add a debt",
            text: "Adds a debt to a person and returns its debtId. already_exists: the contract has been added before.",
            effect: .adds),
        ToolDescription(
            method: "debt.update", title: "Change a debt",
            text: """
                Overwrites members of a debt: those in `patch`; `remove` names members to take away. debt_list has the \
                debtId. A debt in dispute is forbidden to change.
                """,
            effect: .overwrites),
        ToolDescription(
            method: "debt.recordPayment", title: "Record a payment",
            text: "Records an instalment of a debt: what was due and, with paidOn and paidCents, what was paid.",
            effect: .adds),
        ToolDescription(
            method: "profile.put", title: "Write a profile",
            text: """
                Writes the whole financial profile of a person; one that is there is replaced only when all of it is \
                shown to you. version_conflict: there is one; use profile_update.
                """,
            effect: .overwrites),
        ToolDescription(
            method: "profile.update", title: "Change a profile",
            text: """
                Overwrites members of a profile: those in `patch`, lists as a whole; `remove` names members to take \
                away. Lists that are shown to you in part cannot be written. not_found: use profile_put.
                """,
            effect: .overwrites),
        ToolDescription(
            method: "event.record", title: "Record an event",
            text: """
                Records an event. bureau_query needs bureau and requester; movement needs direction, amountCents and \
                channel; card_purchase needs amountCents, merchantCategoryCode, installments and approved.
                """,
            effect: .adds),
        ToolDescription(
            method: "person.delete", title: "Delete a person",
            text: "Deletes a person and all their debts. The user is asked first.", effect: .deletes),
        ToolDescription(
            method: "debt.remove", title: "Remove a debt",
            text: "Removes a debt and its payments. The user is asked first.", effect: .deletes),
        ToolDescription(
            method: "profile.delete", title: "Delete a profile",
            text: "Deletes a profile and all scores of a person. The user is asked first.", effect: .deletes),
        ToolDescription(
            method: "event.remove", title: "Remove an event",
            text: "Removes an event. The user is asked first.", effect: .deletes),
    ]
}
