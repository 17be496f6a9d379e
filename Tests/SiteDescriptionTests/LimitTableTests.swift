import Foundation
import GasModel
import SiteDescription
import Testing

/// A small table, which tests change, and what is said about it.
enum SampleTable {
    static let text = """
        name: xx-1
        jurisdiction: Nowhere
        edition: first
        title: A table
        steps:
          - {at: 2.0, duty: report}
        rows:
          - id: face
            role: T1
            title: Face
            places: [heading, longwall]
            gas-class: [low, high]
            alarm: 1.0
            cut: 1.5
            repower: 1.0
            operator: ">="
            scope: everything
            duty: stop
            basis: {instrument: Act, edition: "1", article: s 1, verified: secondary}
            domain: ["Face *"]
          - id: main
            role: main-return
            title: Main return
            places: [main-return]
            alarm: 0.75
            cut: none
            repower: none
            operator: ">"
            scope: nothing
            duty: find the cause
            basis: {instrument: Act, edition: "1", article: s 2, verified: no}
            domain: [Main]
        requirements:
          - id: need-face
            role: T1
            title: Methane at the face
            places: [heading]
            gas-class: [low]
            basis: {instrument: Act, edition: "1", article: s 3, verified: yes}
          - id: need-fan
            quantity: fan-running
            title: Whether the fan runs
            places: [heading]
            only-in-series: yes
            basis: {instrument: Act, edition: "1", article: s 4, verified: no}
        """

    static func read(_ text: String = text) throws -> LimitTable {
        try LimitTables.read(Array(text.utf8), name: "f")
    }

    static func problems(_ text: String) -> [String] {
        do {
            _ = try LimitTables.read(Array(text.utf8), name: "f")
            return []
        } catch {
            return error.list.map { String($0.text(inFile: "f").dropFirst(2)) }
        }
    }
}

@Suite("Limit table")
struct LimitTableTests {
    @Test("reads every key of a row and of a requirement")
    func whole() throws {
        let table = try SampleTable.read()
        func basis(_ article: String, _ verified: Verification) -> LegalBasis {
            LegalBasis(instrument: "Act", edition: "1", article: article, verified: verified)
        }
        let face = LimitRow(
            id: "face", role: SensorRole(rawValue: "T1"), title: "Face",
            places: [.heading, .longwall], gasClasses: [.low, .high], alarm: Limit(1),
            cut: Limit(1.5), repower: 1, steps: [LimitStep(at: Limit(2), duty: "report")],
            scope: "everything", duty: "stop", basis: basis("s 1", .secondary), domain: ["Face *"])
        let main = LimitRow(
            id: "main", role: SensorRole(rawValue: "main-return"), title: "Main return",
            places: [.mainReturn], gasClasses: [], alarm: Limit(0.75, beyond: true), cut: nil,
            repower: nil, steps: [], scope: "nothing", duty: "find the cause",
            basis: basis("s 2", .no), domain: ["Main"])
        #expect(table.rows == [face, main])
        #expect(
            table.requirements == [
                SensorRequirement(
                    id: "need-face", quantity: .methane, role: SensorRole(rawValue: "T1"),
                    places: [.heading], gasClasses: [.low], onlyInSeries: false,
                    title: "Methane at the face", basis: basis("s 3", .yes)),
                SensorRequirement(
                    id: "need-fan", quantity: .fanRunning, role: nil, places: [.heading],
                    gasClasses: [], onlyInSeries: true, title: "Whether the fan runs",
                    basis: basis("s 4", .no)),
            ])
        // sha256sum of the same text.
        #expect(
            table.fingerprint
                == "edbebdef0dacc6af865cd6ca3eca78f1173ae81b684ebc09bc0929bb5db316eb")
    }

    @Test("a row's own steps take the place of the table's, which hold beyond its cut only")
    func steps() throws {
        let own = SampleTable.text.replacing(
            "    scope: everything",
            with: "    steps: [{at: 1.75, duty: go}]\n    scope: everything")
        #expect(try SampleTable.read(own).rows[0].steps.map(\.at) == [Limit(1.75)])
        let high = SampleTable.text.replacing("cut: 1.5", with: "cut: 2.0")
        #expect(try SampleTable.read(high).rows[0].steps == [])
    }

    @Test("the files of the repository are the tables of the program, each under its own name")
    func shipped() throws {
        let files = try ShippedFiles.named("Tables")
        #expect(LimitTables.all.map(\.name) == files.keys.sorted())
        for table in LimitTables.all {
            let bytes = try #require(files[table.name])
            #expect(try LimitTables.read(bytes, name: table.name) == table)
            #expect(LimitTables.table(table.name) == table)
        }
        #expect(LimitTables.table("cn-1900") == nil)
    }

    @Test("gas class and place decide which row of China holds")
    func rows() throws {
        for table in [LimitTables.table("cn-2016"), LimitTables.table("cn-2025")] {
            let table = try #require(table)
            func id(_ role: String, _ kind: PlaceKind, _ gasClass: GasClass?) -> String? {
                table.row(role: SensorRole(rawValue: role), in: kind, of: gasClass)?.id
            }
            #expect(id("T1", .longwall, .low) == "longwall-t1")
            #expect(id("T1", .longwall, .high) == "longwall-t1")
            #expect(id("T1", .longwall, .outburst) == "longwall-t1-outburst")
            #expect(id("T1", .longwall, nil) == nil)
            #expect(id("T1", .heading, nil) == "heading-t1")
            #expect(id("T3", .longwall, .outburst) == "longwall-t3")
            #expect(id("T3", .longwall, .low) == nil)
            #expect(id("T1", .bunker, .low) == nil)
        }
    }

    @Test("what later text abolished belongs to the edition before only")
    func abolished() throws {
        let (old, new) = (LimitTables.table("cn-2016"), LimitTables.table("cn-2025"))
        let gone = try #require(old).rows.filter { row in
            new?.rows.contains { $0.id == row.id } == false
        }
        #expect(gone.map(\.id) == ["longwall-t3-high", "gas-roadway"])
        #expect(gone.allSatisfy { $0.basis.edition == "2007" })
        #expect(try #require(new).rows.allSatisfy { $0.basis.verified == .no })
    }
}

/// The data files as they stand in the repository.
enum ShippedFiles {
    static func named(_ folder: String) throws -> [String: [UInt8]] {
        let root = Sample.folder.deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/SiteDescription/\(folder)")
        let files = try FileManager.default.contentsOfDirectory(
            at: root, includingPropertiesForKeys: nil)
        return Dictionary(
            uniqueKeysWithValues: try files.filter { $0.pathExtension == "yaml" }.map {
                ($0.deletingPathExtension().lastPathComponent, Array(try Data(contentsOf: $0)))
            })
    }
}
