/// A file of ours in YAML: from its bytes to what its reader makes of it.
enum DataFile {
    /// What `make` reads in the tree of the file, given its fingerprint; every problem of the file
    /// if there is one.
    static func read<Value>(
        _ bytes: [UInt8], name: String, _ make: (Item, String, ProblemList) -> Value?
    ) throws(SiteProblems) -> Value {
        let problems = ProblemList()
        var value: Value?
        if let text = SiteFile.text(of: bytes, problems),
            let root = YAMLDocument.read(text, problems)
        {
            value = make(root, SiteFile.fingerprint(of: bytes), problems)
        }
        guard let value, problems.isEmpty else {
            throw SiteProblems(name: name, list: problems.sorted())
        }
        return value
    }

    /// A file that is part of the program: when it is broken, so is the program.
    static func shipped<Value>(_ name: String, _ read: () throws(SiteProblems) -> Value) -> Value {
        do {
            return try read()
        } catch {
            preconditionFailure("the file \(name) that this program is built with: \(error)")
        }
    }
}
