package import GasModel

/// The limit tables that are part of the program.
package enum LimitTables {
    /// Every table, by name.
    package static var all: [LimitTable] { [] }

    /// The table with that name.
    package static func table(_ name: String) -> LimitTable? { all.first { $0.name == name } }
}

/// The policies of provinces that are part of the program.
package enum ProvincePolicies {
    /// Every policy, by name.
    package static var all: [ProvincePolicy] { [] }

    /// The policy with that name.
    package static func policy(_ name: String) -> ProvincePolicy? {
        all.first { $0.name == name }
    }
}
