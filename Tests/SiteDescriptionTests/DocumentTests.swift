import Foundation
import GasModel
import SiteDescription
import Testing

@Suite("Operator document")
struct DocumentTests {
    private let text: String

    init() throws {
        let file = Sample.folder.appending(path: "README.md")
        text = try String(contentsOf: file, encoding: .utf8)
    }

    /// The keys of the table of keys: the first cell of each row that is code.
    private var described: [String] {
        text.components(separatedBy: "\n").compactMap { line in
            guard line.hasPrefix("| `"), let end = line.range(of: "` |") else { return nil }
            return String(line[line.index(line.startIndex, offsetBy: 3)..<end.lowerBound])
        }
    }

    @Test("describes every key and every word that the reader knows, and no other")
    func keys() throws {
        let keys = try SchemaNode.ofReader().paths()
        #expect(keys.count > 50)
        let words =
            PlaceKind.allCases.map(\.rawValue) + Quantity.allCases.map(\.rawValue)
            + SensorType.allCases.map(\.rawValue) + Duty.allCases.map(\.rawValue)
            + Power.allCases.map(\.rawValue)
            + OutletSettings.Kind.allCases.map(\.rawValue)
        #expect(described.sorted() == (keys + words).sorted())
    }

    @Test("names every unit of every quantity in the quantity's row")
    func units() throws {
        for quantity in Quantity.allCases {
            let row = try #require(
                text.components(separatedBy: "\n").first {
                    $0.hasPrefix("| `\(quantity.rawValue)` |")
                })
            for unit in quantity.definition.units { #expect(row.contains("`\(unit.name)`")) }
        }
    }

    @Test("names every shipped table and policy")
    func names() {
        for name in LimitTables.all.map(\.name) + ProvincePolicies.all.map(\.name) {
            #expect(text.contains("`\(name)`"))
        }
    }
}
