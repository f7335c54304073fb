import Bureau

extension KeyRing {
    /// The longest file that is read: 64 KiB, which is room for some 800 wrapping keys.
    package static let maximumFileBytes = 1 << 16

    /// Reads the ring of this base from its file.
    ///
    /// Refuses a file that is not regular (a symbolic link too), that another user owns, whose mode is looser than
    /// 0600, that is of another base, or that is malformed.
    package static func load(from path: String, base: Base) throws(KeyRingError) -> KeyRing {
        let file = try KeyRingFile(reading: path)
        return try file.withContent { (text) throws(KeyRingError) in
            try KeyRing(text: text, base: base)
        }
    }

    /// Makes a ring of new random keys and writes it with mode 0600; its folder must be there.
    ///
    /// Once it returns, the file outlives a crash of the machine. A crash before leaves no file at `path`, and perhaps
    /// one with a name that begins with `path` and a dot, which may be removed. Throws `alreadyExists` instead of
    /// overwriting.
    package static func create(at path: String, base: Base) throws(KeyRingError) -> KeyRing {
        let ring = try KeyRing(randomFor: base)
        try ring.withText { (text) throws(KeyRingError) in
            try KeyRingFile.write(text, to: path)
        }
        return ring
    }

    /// Reads the ring at `path`, or makes it when there is none.
    ///
    /// Daemons that start at once on the same path end up with the same keys: one makes the file, the others read it.
    package static func loadOrCreate(at path: String, base: Base) throws(KeyRingError) -> KeyRing {
        do {
            return try loadDurable(from: path, base: base)
        } catch KeyRingError.notFound {
            // Made below.
        }
        do {
            return try create(at: path, base: base)
        } catch KeyRingError.alreadyExists {
            return try loadDurable(from: path, base: base)
        }
    }

    /// Reads a ring that another daemon may have made just now and not yet flushed the folder of: what is sealed with
    /// it must not outlive it.
    private static func loadDurable(from path: String, base: Base) throws(KeyRingError) -> KeyRing {
        let ring = try load(from: path, base: base)
        try KeyRingFile.flushFolder(of: path)
        return ring
    }

    private init(randomFor base: Base) throws(KeyRingError) {
        do throws(VaultError) {
            let token = try SecretKey(writtenBy: RandomBytes.draw)
            let wrapping = try SecretKey(writtenBy: RandomBytes.draw)
            self.base = base
            tokenSecret = token
            wrappingSecrets = [1: wrapping]
            newestWrappingKey = 1
        } catch {
            throw .randomness
        }
    }
}
