import Bureau
import Glibc
import Testing

@testable import Vault

@Suite("Memory of secrets")
struct SecretMemoryTests {
    @Test("each secret has a slot of its own, which is wiped before the next one has it")
    func slots() {
        let memory = SecretMemory()
        let slots = (0..<2000).map { _ in memory.take() }
        #expect(Set(slots).count == 2000)
        for slot in slots { memset(slot, 0xAA, SecretMemory.slotBytes) }
        for slot in slots { memory.give(back: slot) }
        for _ in 0..<2000 {
            let slot = UnsafeRawBufferPointer(start: memory.take(), count: SecretMemory.slotBytes)
            #expect(slot.allSatisfy { $0 == 0 })
        }
    }

    @Test("data keys are in memory that is in no core, and locked where the limit allows")
    func mapping() throws {
        let key = try fixedDataKey(.a, token(1), generation: 1)
        let address = key.withBytes { UInt(bitPattern: $0.baseAddress) }
        let map = try #require(fopen("/proc/self/smaps", "r"))
        defer { fclose(map) }
        var line = [CChar](repeating: 0, count: 4096)
        var isInside = false
        var flags: String?
        while fgets(&line, Int32(line.count), map) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let ends = text.split(separator: " ").first?.split(separator: "-").compactMap { UInt($0, radix: 16) } ?? []
            if ends.count == 2 { isInside = ends[0] <= address && address < ends[1] }
            if isInside, text.hasPrefix("VmFlags:") { flags = text }
        }
        let words = try #require(flags).split(separator: " ")
        #expect(words.contains("dd"), "MADV_DONTDUMP")
        #expect(words.contains("lo"), "mlock")
    }
}
