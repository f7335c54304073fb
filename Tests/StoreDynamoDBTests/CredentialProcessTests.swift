import Foundation
import Platform
import Testing

@testable import StoreDynamoDB

@Suite("A program that prints credentials")
struct CredentialProcessTests {
    @Test(
        "leaves nothing behind, whether it ends, prints on or lives on with its output closed",
        arguments: [
            (#"sleep 60 >/dev/null & echo $! >"$0"; echo x"#, nil),
            (#"sleep 60 & echo $! >"$0"; wait"#, "did not end within 2 seconds"),
            (#"sleep 60 >/dev/null & echo $! >"$0"; echo x; exec >/dev/null; wait"#, "did not end within 2 seconds"),
        ])
    func nothingLeft(script: String, reason: String?) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "program-\(UUID())").path()
        defer { try? FileManager.default.removeItem(atPath: file) }
        let result = Result { () throws(CredentialProcessError) in
            try CredentialProcess(
                words: ["/bin/sh", "-c", script, file], timeout: .seconds(reason == nil ? 60 : 2)
            ).output()
        }
        switch result {
        case .success(let output): #expect(reason == nil && output == Array("x\n".utf8))
        case .failure(let error): #expect(error.reason == reason)
        }
        #expect(try Self.isGone(try String(contentsOfFile: file, encoding: .utf8)))
    }

    @Test("is ended when this process ends")
    func exit() throws {
        let groups = ProcessGroups()
        let isOver = Monitor(false)
        // Once and again, because the program may not run yet.
        let isStarted = OSThread.start {
            while isOver.wait(until: .now + .milliseconds(10), { $0 ? true : nil }) == nil { groups.endAll() }
        }
        #expect(isStarted)
        defer { isOver.update { $0 = true } }
        let error = #expect(throws: CredentialProcessError.self) {
            try CredentialProcess(words: ["/bin/sleep", "60"], timeout: .seconds(30), groups: groups).output()
        }
        #expect(error?.reason == "was ended by signal 9")
    }

    /// Whether a process has ended, though nobody may have waited for it.
    private static func isGone(_ number: String) throws -> Bool {
        let path = "/proc/\(number.filter(\.isNumber))/stat"
        for _ in 0..<3000 {
            let text = try? String(contentsOfFile: path, encoding: .utf8)
            if text?.contains(") Z ") ?? true { return true }
            usleep(10_000)
        }
        return false
    }
}
