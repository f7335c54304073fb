import Bureau
import JSON
import JSONRPC
import JSONSchema
import Services
import Testing

@testable import Methods

@Suite("The policy")
struct PolicyTests {
    private static let cpf = "52998224725"

    /// A text of each group that no other group has, as it is given out plain and masked.
    private static let tokens: [FieldGroup: (plain: String, masked: String)] = [
        .identity: (#""birthDate":"1959-01-02""#, #""birthDate":"1959-**-**""#),
        .contacts: ("+5511912345678", "+*********5678"),
        .address: ("Rua das Laranjeiras", "R** d** L**********"),
        .debts: ("Banco Exemplar", "B**** E*******"),
        .payments: ("parcela-0042", "*******-0042"),
        .finances: ("Padaria Aurora", "P****** A*****"),
        .score: (#""attainable""#, #""points":[],"reasons":[]"#),
        .movements: (#""amountCents":654321"#, #""amountCents":600000"#),
        .purchases: (#""merchantCategoryCode":"5411""#, #""merchantCategoryCode":"5***""#),
        .queries: ("Loja Consulente", "L*** C*********"),
    ]

    private let owner: ServedMethods
    /// The params of each method that shows something, but for the purpose.
    private let reads: [String: String]

    init() async throws {
        owner = try ServedMethods()
        let address = #"{"postalCode":"22240000","street":"Rua das Laranjeiras","city":"Rio","state":"RJ"}"#
        let person = #""cpf":"\#(Self.cpf)""#
        let written = try await owner.serve([
            (
                "person.create",
                "{\(person)," + #""name":"Marialva","birthDate":"1959-01-02","phone":"+5511912345678","#
                    + #""email":"marialva@example.com","address":\#(address),"debts":[{"creditor":"Banco Exemplar","#
                    + #""creditorCnpj":"16727230000197","amountCents":642950,"annualInterestBasisPoints":2400,"#
                    + #""dueDate":"2030-06-30","status":"open"}]}"#
            ),
            (
                "profile.put",
                "{\(person)," + #""birthDate":"1959-01-02","address":\#(address),"assets":[],"incomeSources":"#
                    + #"[{"kind":"salary","monthlyAmountCents":620000,"employer":"Padaria Aurora"}]}"#
            ),
            (
                "event.record",
                "{\(person)," + #""kind":"movement","occurredAt":"2026-01-02T00:00:00Z","direction":"credit","#
                    + #""amountCents":654321,"channel":"pix"}"#
            ),
            (
                "event.record",
                "{\(person)," + #""kind":"card_purchase","occurredAt":"2026-01-02T00:00:00Z","amountCents":77,"#
                    + #""merchantCategoryCode":"5411","installments":1,"approved":true,"cardLast4":"0042"}"#
            ),
            (
                "event.record",
                "{\(person)," + #""kind":"bureau_query","occurredAt":"2026-01-02T00:00:00Z","bureau":"Serasa","#
                    + #""requester":"Loja Consulente"}"#
            ),
            ("score.compute", "{\(person)}"),
        ])
        let debtID = try written[0].parse {
            try #require($0["result"]?["debtIds"]?.elements.first { _ in true }?.string)
        }
        let paid = try await owner.serve([
            (
                "debt.recordPayment",
                "{\(person)," + #""debtId":"\#(debtID)","paymentId":"parcela-0042","dueDate":"2026-01-31","#
                    + #""amountCents":5000}"#
            )
        ])
        for response in written + paid {
            try response.parse { try #require($0["result"] != nil, "\(response.string)") }
        }
        reads = [
            "person.get": person, "debt.list": person, "debt.payments": person + #","debtId":"\#(debtID)""#,
            "profile.get": person, "score.compute": person, "score.preview": person,
            "score.explain": person + #","language":"en""#, "score.history": person,
            "event.latest": person,
            "event.history": person, "report.get": person + #","requester":"Loja Consulente""#,
            "features.get": person,
        ]
    }

    private func params(_ method: String, _ purpose: Purpose?) throws -> String {
        let members = try #require(reads[method], "\(method) is read by no test of the policy")
        return "{\(members)" + (purpose.map { #","purpose":"\#($0.rawValue)""# } ?? "") + "}"
    }

    @Test(
        "each role gets of each group, for each purpose and by each method, what the matrix says",
        arguments: Role.allCases)
    func matrix(role: Role) async throws {
        let served = try ServedMethods(role: role, over: owner)
        let shown = served.contracts.contracts.filter { !$0.groups.shows.isEmpty && $0.groups.duty == nil }
        #expect(shown.count >= 9)
        for contract in shown {
            let schema = try served.registry.compile(contract.path, at: "/result")
            for purpose in [nil] + Purpose.allCases.map(Optional.some) {
                let given = served.control.policy.disclosures(role, purpose)
                let cell = "\(role) \(contract.method) \(purpose.map(\.rawValue) ?? "none")"
                let response = try await served.serve([(contract.method, try params(contract.method, purpose))])[0]
                try check(response, contract, cell, given, states: purpose != nil, role: role, schema)
            }
        }
    }

    private func check(
        _ response: Text, _ contract: Contract, _ cell: String, _ given: Disclosures, states: Bool, role: Role,
        _ schema: Schema
    ) throws {
        try response.parse { value in
            if !states, role != .owner || contract.groups.needsPurpose {
                let violation = value["error"]?["data"]?["violations"]?.elements.first { _ in true }
                #expect(violation?["reason"]?.string == "missing_member", "\(cell)")
            } else if given.shown.isDisjoint(with: contract.groups.shows) {
                #expect(value["error"]?["code"]?.int64 == 1004, "\(cell)")
                let groups = value["error"]?["data"]?["groups"].map { $0.elements.compactMap(\.string) }
                #expect(groups == contract.groups.shows.list.map(\.rawValue), "\(cell)")
            } else {
                let result = try #require(value["result"], "\(cell): \(response.string)")
                #expect(schema.accepts(result), "\(cell): \(response.string)")
                let told = Dictionary(
                    uniqueKeysWithValues: (result["restricted"].map { Array($0.members) } ?? []).map {
                        ($0.key.string, $0.value.elements.compactMap(\.string))
                    })
                for disclosure in [Disclosure.masked, .denied] {
                    let groups = contract.groups.shows.list.filter { given.of(FieldGroups($0)) == disclosure }
                    #expect(told[disclosure.rawValue] ?? [] == groups.map(\.rawValue), "\(cell)")
                }
            }
            let isAnswered = value["result"] != nil
            // Characteristics are figures about several groups, and hold no text of any.
            if contract.method == "features.get" {
                let names = value["result"]?["characteristics"]?.members.compactMap(\.key.string) ?? []
                let expected = CharacteristicName.allCases.filter { isAnswered && $0.groups.isSubset(of: given.plain) }
                #expect(names == expected.map(\.rawValue), "\(cell)")
                return
            }
            // Values are for the person and the owner, each as far as its group is given out.
            if contract.method == "score.explain" {
                let facts = value["result"]?["facts"]
                let names = facts?.elements.compactMap { $0["characteristic"]?.string } ?? []
                let isTold = role == .owner || cell.hasSuffix(Purpose.dataSubjectRequest.rawValue)
                #expect((facts != nil) == (isAnswered && isTold && given.of(.score) == .plain), "\(cell)")
                #expect(
                    names.compactMap { CharacteristicName($0) }.allSatisfy { $0.groups.isSubset(of: given.plain) },
                    "\(cell)")
                #expect(!response.string.contains("attainable"), "\(cell)")
                return
            }
            for group in FieldGroup.allCases {
                let (plain, masked) = try #require(Self.tokens[group])
                let disclosure =
                    isAnswered && contract.groups.shows.contains(FieldGroups(group))
                    ? given.of(FieldGroups(group)) : .denied
                #expect(response.string.contains(plain) == (disclosure == .plain), "\(cell): \(group)")
                #expect(response.string.contains(masked) == (disclosure == .masked), "\(cell): \(group)")
            }
        }
    }

    @Test("a dry run and an error give nothing out, and refuse what the call itself refuses", arguments: Role.allCases)
    func dryRuns(role: Role) async throws {
        let served = try ServedMethods(role: role, over: owner)
        for method in reads.keys {
            for purpose in Purpose.allCases {
                let params = try params(method, purpose)
                let answers = try await served.serve([(method, params), (method, params)], dryRun: [1])
                let codes = try answers.map { try $0.parse { $0["error"]?["code"]?.int64 } }
                #expect(codes[0] == codes[1], "\(role) \(method) \(purpose)")
                for token in Self.tokens.values {
                    #expect(!answers[1].string.contains(token.plain) && !answers[1].string.contains(token.masked))
                }
            }
        }
    }

    @Test("a role may write by the methods whose groups it may change, and by no other", arguments: Role.allCases)
    func changes(role: Role) async throws {
        let served = try ServedMethods(role: role)
        let grants = served.control.policy.grants(of: role)
        let writing = served.contracts.contracts.filter { !$0.groups.changes.isEmpty && $0.groups.duty == nil }
        #expect(writing.count >= 12)
        for contract in writing {
            let example = try #require(contract.document.root["examples"]?.elements.first { $0["result"] != nil })
            let params = Text { $0.value(example["params"] ?? example) }.string
            let response = try await served.serve([(contract.method, params)])[0]
            let isRefused = try response.parse { $0["error"]?["code"]?.int64 == 1004 }
            #expect(isRefused == !contract.groups.changes.isSubset(of: grants.changes), "\(role) \(contract.method)")
        }
    }

    @Test("what the process is fixed to stands for what a request leaves out, and no request may state another")
    func fixed() async throws {
        let served = try ServedMethods(
            role: .creditAnalyst, fixedPurpose: .creditApplication, fixedRequester: "Loja Consulente", over: owner)
        let person = #"{"cpf":"\#(Self.cpf)""#
        let answers = try await served.serve([
            ("report.get", person + "}"), ("event.latest", person + #","purpose":"credit_application"}"#),
            ("event.latest", person + #","purpose":"credit_protection"}"#),
            ("report.get", person + #","requester":"Outra"}"#),
        ])
        let causes = try answers.map { try $0.parse { $0["error"]?["data"]?["cause"]?.string } }
        #expect(causes == [nil, nil, "fixed", "fixed"])
    }

    @Test("a purpose that the contract needs is a missing member, like any other", arguments: Role.allCases)
    func missing(role: Role) async throws {
        let served = try ServedMethods(role: role, over: owner)
        let answer = try await served.serve([("person.get", #"{"cpf":"\#(Self.cpf)"}"#)])[0]
        let accepted = try answer.parse { value in
            value["error"]?["data"]?["violations"]?.elements.first { _ in true }?["accepted"]?.string
        }
        #expect(accepted == "required: purpose")
    }
}
