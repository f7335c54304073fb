import JSON
import Methods

/// The calls that come before those of examples. Each is on the page once, because many examples begin with the same
/// few.
struct GivenCalls {
    /// The markup of each call, in the order of first use; a call's number is its place from 1 on.
    private var calls: [(method: String, html: HTML)] = []
    private var numbers: [String: Int] = [:]

    init(of contracts: [Contract]) {
        for contract in contracts {
            for example in contract.examples {
                for call in example.given {
                    let html = Self.params(call)
                    if numbers[Self.key(call)] != nil { continue }
                    calls.append((call.method, html))
                    numbers[Self.key(call)] = calls.count
                }
            }
        }
    }

    /// What two calls have in common that are one on the page.
    private static func key(_ call: ContractExample.Call) -> String { call.method + params(call).text }

    /// The calls before an example, in their order.
    func links(to example: ContractExample) -> HTML {
        example.given.map { call in
            let number = numbers[Self.key(call)] ?? 0
            return "<a href=#g\(number)>\(call.method)</a>" as HTML
        }.joined(", ")
    }

    /// The params of a call. A value that comes from an earlier answer is marked with where it is there.
    static func params(_ call: ContractExample.Call) -> HTML {
        let marks = Dictionary(
            call.takes.map { take in (take.target, " title=\"\(attribute: take.source)\"" as HTML) }
        ) { first, _ in first }
        return JSONMarkup(marks: marks).line(call.params)
    }

    var section: HTML {
        let items = calls.enumerated().map { index, call in
            "<h5 id=g\(index + 1)>\(call.method)</h5><pre>\(call.html)</pre>\n" as HTML
        }
        return """
            <h2 id=given>Calls that come first</h2><p>Examples that begin with one of these name it. A coloured \
            value comes from an earlier answer.
            \(items.joined())
            """
    }
}
