import Contracts
print(EmbeddedFile.all.map { ($0.path, $0.text) })
