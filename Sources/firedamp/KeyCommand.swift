import AdvisoryJournal
import ArgumentParser

/// `firedamp key`: the key that signs a journal.
struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Make a key that signs the journal, or show the public half of one.",
        discussion: """
            A journal that is signed can be verified by anybody who has the public key, and \
            changed by nobody who has not the secret one. Keep the public key, or its \
            fingerprint, where whoever may write on this machine has no say.

            Exit codes: 0 done; 66 the key cannot be read, or others may touch it; 73 the file \
            cannot be made, or is there already.
            """,
        subcommands: [New.self, Show.self])

    /// `firedamp key new FILE`.
    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "new",
            abstract: "Write a new secret key into FILE, for its owner only; print the public one.")

        @Argument(help: "The file; it must not be there yet.")
        var file: String

        func run() throws {
            let signer = JournalSigner()
            do throws(FileError) {
                try signer.save(path: file)
            } catch {
                complain("\(error)")
                throw Exit.cannotCreate
            }
            show(signer.key)
        }
    }

    /// `firedamp key show FILE`.
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Print the public half of the secret key in FILE.")

        @Argument(help: "The file with the secret key.")
        var file: String

        func run() throws { show(try readSigner(file).key) }
    }
}

private func show(_ key: JournalKey) {
    print("public key:  \(key.text)")
    print("fingerprint: \(key.fingerprint)")
}
