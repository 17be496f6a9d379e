package import GasModel

/// The limit tables that are part of the program: the files in `Tables`.
package enum LimitTables {
    /// Every table, by name.
    package static let all: [LimitTable] = [
        shipped(PackageResources.au_nsw_2022_yaml, "au-nsw-2022"),
        shipped(PackageResources.au_qld_2017_yaml, "au-qld-2017"),
        shipped(PackageResources.cn_2016_yaml, "cn-2016"),
        shipped(PackageResources.cn_2025_yaml, "cn-2025"),
        shipped(PackageResources.pl_2016_yaml, "pl-2016"),
        shipped(PackageResources.us_30cfr75_yaml, "us-30cfr75"),
    ]

    /// The table with that name.
    package static func table(_ name: String) -> LimitTable? { all.first { $0.name == name } }

    /// The table that a file describes.
    ///
    /// **Shape:** `bytes` are the whole file, UTF-8; `name` is what problems call it. **Errors:**
    /// every problem of the file, in its order.
    package static func read(_ bytes: [UInt8], name: String) throws(SiteProblems) -> LimitTable {
        try DataFile.read(bytes, name: name) { root, fingerprint, problems in
            LimitTableReader(problems).table(root, fingerprint: fingerprint)
        }
    }

    private static func shipped(_ bytes: [UInt8], _ name: String) -> LimitTable {
        DataFile.shipped(name) { () throws(SiteProblems) in try read(bytes, name: name) }
    }
}
