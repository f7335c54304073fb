import Synchronization
import Testing

@testable import StoreDynamoDB

@Suite("Extracted elements of an array")
struct ExtractTests {
    @Test(
        "keep their order, and so do the others",
        arguments: [
            (0, [2, 4, 6], [1, 3, 5, 7]), (3, [4, 6], [1, 2, 3, 5, 7]), (7, [], [1, 2, 3, 4, 5, 6, 7]),
        ] as [(Int, [Int], [Int])])
    func order(start: Int, extracted: [Int], left: [Int]) {
        var numbers = Array(1...7)
        #expect(numbers.extract(from: start) { $0.isMultiple(of: 2) } == extracted)
        #expect(numbers == left)
    }

    @Test("are tested once each, so that none is lost when a test changes its result")
    func once() {
        var tests: [Int: Int] = [:]
        var numbers = Array(1...7)
        let extracted = numbers.extract { number in
            tests[number, default: 0] += 1
            return tests[number] == 1 && number == 3 || tests[number] == 2
        }
        #expect(extracted == [3])
        #expect(numbers == [1, 2, 4, 5, 6, 7])
        #expect(tests.values.allSatisfy { $0 == 1 })
    }
}

@Suite("A submission on the driver's thread")
struct SubmissionTests {
    @Test("is completed once, with the first outcome of each request in the order of the requests")
    func order() {
        let completions = Mutex<[[Bool]]>([])
        let requests = (0..<3).map { _ in APIRequest(operation: .getItem, body: []) }
        let submission = Submission(requests: requests) { outcomes in
            completions.withLock { completions in
                completions.append(outcomes.map { if case .answered = $0 { true } else { false } })
            }
        }
        let open = OpenSubmission(submission)
        open.settle(2, .answered([]))
        open.settle(2, .conditionFailed([]))
        open.settle(0, .conditionFailed([]))
        #expect(completions.withLock { $0 }.isEmpty)
        open.settle(1, .answered([]))
        open.settle(1, .answered([]))
        #expect(completions.withLock { $0 } == [[false, true, true]])
    }
}
