package import GasModel

/// The policies of provinces that are part of the program: the files in `Policies`.
package enum ProvincePolicies {
    /// Every policy, by name.
    package static let all: [ProvincePolicy] = [
        shipped(PackageResources.guizhou_2019_yaml, "guizhou-2019")
    ]

    /// The policy with that name.
    package static func policy(_ name: String) -> ProvincePolicy? {
        all.first { $0.name == name }
    }

    /// The policy that a file describes.
    ///
    /// **Shape:** `bytes` are the whole file, UTF-8; `name` is what problems call it. **Errors:**
    /// every problem of the file, in its order.
    package static func read(
        _ bytes: [UInt8], name: String
    ) throws(SiteProblems) -> ProvincePolicy {
        try DataFile.read(bytes, name: name) { root, fingerprint, problems in
            ProvincePolicyReader(problems).policy(root, fingerprint: fingerprint)
        }
    }

    private static func shipped(_ bytes: [UInt8], _ name: String) -> ProvincePolicy {
        DataFile.shipped(name) { () throws(SiteProblems) in try read(bytes, name: name) }
    }
}
