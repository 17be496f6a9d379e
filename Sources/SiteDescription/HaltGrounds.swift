package import GasModel

/// A file of grounds for a halt: those that hold under any law, or those of one.
package struct GroundFile: Sendable, Equatable {
    /// The name of the file.
    package var name: String
    /// Title, for a person.
    package var title: String
    /// The limit tables that it goes with; empty: whatever the law.
    package var tables: [String]
    /// The grounds, in the order of the file.
    package var grounds: [HaltGround]
    /// SHA-256 of the file, in hexadecimal.
    package var fingerprint: String
}

/// The grounds for a halt that are part of the program: the files in `Grounds`.
package enum HaltGrounds {
    /// Those that hold under any law.
    package static let standard = shipped(PackageResources.standard_yaml, "standard")

    /// Those of the laws that say more.
    package static let laws = [
        shipped(PackageResources.china_yaml, "china"),
        shipped(PackageResources.queensland_yaml, "queensland"),
    ]

    /// Every file.
    package static var all: [GroundFile] { [standard] + laws }

    /// The grounds that hold under `table`, in the order of the standard: where its law has one of
    /// its own, that one.
    package static func grounds(under table: LimitTable?) -> [HaltGround] {
        let own = laws.first { $0.tables.contains(table?.name ?? "") }?.grounds ?? []
        return standard.grounds.map { ground in own.first { $0.id == ground.id } ?? ground }
    }

    /// The grounds that a file describes.
    ///
    /// **Shape:** `bytes` are the whole file, UTF-8; `name` is what problems call it. **Errors:**
    /// every problem of the file, in its order.
    package static func read(_ bytes: [UInt8], name: String) throws(SiteProblems) -> GroundFile {
        try DataFile.read(bytes, name: name) { root, fingerprint, problems in
            GroundFileReader(problems).file(root, fingerprint: fingerprint)
        }
    }

    private static func shipped(_ bytes: [UInt8], _ name: String) -> GroundFile {
        DataFile.shipped(name) { () throws(SiteProblems) in try read(bytes, name: name) }
    }
}
