import Testing

@testable import StoreDynamoDB

@Suite("Requests that are taken out of their order")
struct RequestQueueTests {
    @Test(
        "are given in it, and the others stay in it",
        arguments: [
            (0, [2, 4, 6], [1, 3, 5, 7]), (3, [4, 6], [1, 2, 3, 5, 7]), (7, [], [1, 2, 3, 4, 5, 6, 7]),
        ] as [(Int, [Int], [Int])])
    func order(start: Int, extracted: [Int], left: [Int]) {
        var numbers = Array(1...7)
        #expect(numbers.extract(from: start) { $0.isMultiple(of: 2) } == extracted)
        #expect(numbers == left)
    }

    @Test("are looked at once, so that none is lost whose answer changes meanwhile")
    func once() {
        var looks: [Int: Int] = [:]
        var numbers = Array(1...7)
        let extracted = numbers.extract { number in
            looks[number, default: 0] += 1
            return looks[number] == 1 && number == 3 || looks[number] == 2
        }
        #expect(extracted == [3])
        #expect(numbers == [1, 2, 4, 5, 6, 7])
        #expect(looks.values.allSatisfy { $0 == 1 })
    }
}
