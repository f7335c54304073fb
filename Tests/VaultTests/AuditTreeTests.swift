import Testing

@testable import Vault

/// RFC 6962's own test vectors, as the reference implementation (google/certificate-transparency) publishes them.
private enum Vectors {
    static let entries = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    ].map { [UInt8](hex: $0) }
    static let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
}

/// A tree over leaves in memory, hashed as the definition of RFC 6962 §2.1 says, subtree by subtree.
private struct Leaves {
    let hashes: [TreeHash]

    init(_ count: Int) { hashes = (0..<count).map { .leaf(Array("\($0)".utf8)) } }

    init(_ entries: [[UInt8]]) { hashes = entries.map { .leaf($0) } }

    var tree: AuditTree {
        AuditTree(size: UInt64(hashes.count)) { height, index in
            let count = 1 << height
            return root(hashes[Int(index) * count..<(Int(index) + 1) * count])
        }
    }

    func root(_ count: Int) -> TreeHash { root(hashes[..<count]) }

    private func root(_ part: ArraySlice<TreeHash>) -> TreeHash {
        guard part.count > 1 else { return part.first ?? .empty }
        var middle = 1
        while middle * 2 < part.count { middle *= 2 }
        return .node(root(part.prefix(middle)), root(part.dropFirst(middle)))
    }
}

struct AuditTreeTests {
    @Test("an empty tree and one to eight leaves have the roots of RFC 6962's vectors")
    func roots() {
        #expect(TreeHash.empty.bytes.hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        let tree = Leaves(Vectors.entries).tree
        #expect(tree.root(of: 0) == .empty)
        #expect((1...8).map { tree.root(of: $0).bytes.hex } == Vectors.roots)
        var growing = GrowingTree()
        var grown: [String] = []
        for entry in Vectors.entries {
            growing.append(.leaf(entry))
            grown.append(growing.root.bytes.hex)
        }
        #expect(grown == Vectors.roots)
    }

    @Test(
        "inclusion proofs are those of RFC 6962's vectors",
        arguments: [
            (
                0, 8,
                [
                    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
                ]
            ),
            (
                5, 8,
                [
                    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                ]
            ),
            (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
            (
                1, 5,
                [
                    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                ]
            ),
        ])
    func inclusion(leaf: Int, size: Int, path: [String]) {
        let tree = Leaves(Array(Vectors.entries[..<size])).tree
        #expect(tree.inclusionProof(of: UInt64(leaf)).map(\.bytes.hex) == path)
    }

    @Test(
        "consistency proofs are those of RFC 6962's vectors",
        arguments: [
            (1, 1, []),
            (
                1, 8,
                [
                    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
                ]
            ),
            (
                6, 8,
                [
                    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                ]
            ),
            (
                2, 5,
                [
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                ]
            ),
        ])
    func consistency(first: Int, second: Int, path: [String]) {
        let tree = Leaves(Array(Vectors.entries[..<second])).tree
        #expect(tree.consistencyProof(from: UInt64(first)).map(\.bytes.hex) == path)
    }

    @Test("every leaf of every tree of up to 70 leaves is proved by its own path, and by no other leaf or size")
    func everyInclusion() {
        for size in 1...70 {
            let leaves = Leaves(size)
            let (tree, root) = (leaves.tree, leaves.root(size))
            for leaf in 0..<size {
                let path = tree.inclusionProof(of: UInt64(leaf))
                func holds(_ hash: TreeHash, _ leaf: Int, _ size: Int, _ path: [TreeHash]) -> Bool {
                    AuditTree.verifies(path, from: hash, at: UInt64(leaf), size: UInt64(size), root: root)
                }
                let hash = leaves.hashes[leaf]
                #expect(holds(hash, leaf, size, path))
                #expect(!holds(.leaf(Array("other".utf8)), leaf, size, path))
                #expect(!holds(hash, leaf, size, path + [.zero]))
                #expect(leaf == size - 1 || !holds(hash, leaf + 1, size, path))
                #expect(path.isEmpty || !holds(hash, leaf, size, path.dropLast()))
            }
        }
    }

    @Test("every tree of up to 40 leaves is proved to begin with each smaller one, and with no other root")
    func everyConsistency() {
        for second in 0...40 {
            let leaves = Leaves(second)
            for first in 0...second {
                let path = leaves.tree.consistencyProof(from: UInt64(first))
                func holds(_ firstRoot: TreeHash, _ secondRoot: TreeHash) -> Bool {
                    AuditTree.verifies(
                        path, from: UInt64(first), root: firstRoot, to: UInt64(second), root: secondRoot)
                }
                #expect(holds(leaves.root(first), leaves.root(second)))
                #expect(!holds(.zero, leaves.root(second)))
                #expect(first == 0 || !holds(leaves.root(first), .zero))
            }
        }
    }

    @Test("a tree that grows by whole subtrees has the root of its leaves")
    func grownBySubtrees() {
        let leaves = Leaves(23)
        var growing = GrowingTree()
        for (start, height) in [(0, 3), (8, 3), (16, 2), (20, 1), (22, 0)] {
            growing.append(
                AuditTree(size: 23, node: leaves.tree.node).node(height, UInt64(start >> height)), height: height)
        }
        #expect(growing.size == 23 && growing.root == leaves.root(23))
    }
}
