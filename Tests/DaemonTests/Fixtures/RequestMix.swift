import Seeds

/// A random mix of valid requests: the examples of all contracts, and questions about people with the largest records,
/// alone and in batches, with and without ids.
struct RequestMix {
    private(set) var input: [UInt8] = []
    /// The ids that must be answered.
    private(set) var ids: Set<String> = []
    /// The lines that must come.
    private(set) var lineCount = 0
    private var random: SeededGenerator
    private let examples: [(method: String, params: String)]
    private let people: [String]
    private var nextID = 0

    /// `people` are the CPFs of those with large records.
    init(seed: UInt64, messages: Int, people: [String]) throws {
        random = SeededGenerator(seed: seed)
        self.people = people
        examples = try ContractFile.all.get().flatMap { contract in
            contract.examples.map { (contract.method, "\($0.params)") }
        }
        for _ in 0..<messages { addMessage() }
    }

    private mutating func addMessage() {
        let before = ids.count
        let line: String
        switch Int.random(in: 0..<10, using: &random) {
        case 0:
            let count = [2, 20, 200].randomElement(using: &random) ?? 2
            // A batch of the longest answers of all would make the test slow.
            line = "[" + (0..<count).map { _ in request(isInLongBatch: count > 20) }.joined(separator: ",") + "]"
        default: line = request(isInLongBatch: false)
        }
        input += Array(line.utf8) + [0x0A]
        if ids.count > before { lineCount += 1 }
    }

    private mutating func request(isInLongBatch: Bool) -> String {
        nextID += 1
        let isNotification = Int.random(in: 0..<10, using: &random) == 0
        if !isNotification { ids.insert("\(nextID)") }
        let id = isNotification ? "" : #""id":\#(nextID),"#
        let (method, params) = call(isInLongBatch: isInLongBatch)
        return #"{"jsonrpc":"2.0",\#(id)"method":"\#(method)","params":\#(params)}"#
    }

    private mutating func call(isInLongBatch: Bool) -> (method: String, params: String) {
        let cpf = people.randomElement(using: &random) ?? ""
        let read = #"{"cpf":"\#(cpf)","purpose":"credit_protection"}"#
        switch Int.random(in: 0..<12, using: &random) {
        case 0...2: return ("person.get", read)
        case 3: return ("debt.list", read)
        case 4:
            return ("report.get", #"{"cpf":"\#(cpf)","purpose":"credit_protection","requester":"Loja"}"#)
        case 5: return ("event.history", #"{"cpf":"\#(cpf)","limit":100}"#)
        case 6: return ("score.history", #"{"cpf":"\#(cpf)","limit":100}"#)
        case 7: return ("profile.get", #"{"cpf":"\#(cpf)"}"#)
        case 8: return ("person.update", #"{"cpf":"\#(cpf)","patch":{"name":"Bia"}}"#)
        case 9 where !isInLongBatch: return ("rpc.discover", "{}")
        case 10 where !isInLongBatch && Int.random(in: 0..<20, using: &random) == 0:
            return ("system.echo", #"["\#(String(repeating: "x", count: 1_000_000))"]"#)
        default: return examples.randomElement(using: &random) ?? ("system.ping", "{}")
        }
    }

    /// The requests that make the large records, each to be answered with a result.
    static func largeRecords(
        of people: [String], creditor: String = "Banco do Brasil S.A.", settledDebts: Int = 0
    ) -> [UInt8] {
        let address =
            #"{"postalCode":"01310100","street":"Avenida Paulista","number":"1","district":"Bela Vista","city":"#
            + #""São Paulo","state":"SP"}"#
        let debt =
            #"{"creditor":"\#(creditor)","amountCents":123456,"annualInterestBasisPoints":1200,"#
            + #""dueDate":"2027-01-31","status":"open"}"#
        let settled = debt.replacing("\"open\"", with: "\"settled\"")
        let asset = #"{"kind":"vehicle","valueCents":100000,"description":"\#(text(120))"}"#
        let event = #""kind":"bureau_query","bureau":"Serasa Experian","requester":"\#(text(100))""#
        let born = #""birthDate":"1990-01-31","address":\#(address)"#
        var lines: [String] = []
        func add(_ method: String, _ cpf: String, _ members: String = "") {
            let params = #"{"cpf":"\#(cpf)"\#(members.isEmpty ? "" : ",")\#(members)}"#
            lines.append(#"{"jsonrpc":"2.0","id":\#(lines.count),"method":"\#(method)","params":\#(params)}"#)
        }
        for cpf in people {
            let debts = list(debt, 100, settled, settledDebts)
            add("person.create", cpf, #""name":"Ana","surname":"Souza",\#(born),"debts":\#(debts)"#)
            add("profile.put", cpf, #"\#(born),"assets":\#(list(asset, 100)),"incomeSources":[]"#)
            for number in 1000..<1256 {
                add("event.record", cpf, #"\#(event),"occurredAt":"2026-01-01T00:00:00.\#(number)Z""#)
            }
            for _ in 0..<60 { add("score.compute", cpf) }
        }
        return Array(lines.map { $0 + "\n" }.joined().utf8)
    }

    private static func text(_ count: Int) -> String { String(repeating: "x", count: count) }

    private static func list(
        _ item: String, _ count: Int, _ other: String = "", _ otherCount: Int = 0
    ) -> String {
        let items = Array(repeating: item, count: count) + Array(repeating: other, count: otherCount)
        return "[" + items.joined(separator: ",") + "]"
    }
}
