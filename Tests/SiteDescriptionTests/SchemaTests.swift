import Foundation
import SiteDescription
import Testing
import Yams

@Suite("JSON Schema of the site file")
struct SchemaTests {
    @Test("is shipped as the reader states it; `firedamp check --schema` writes it anew")
    func shipped() throws {
        let file = Sample.folder.appending(path: "site.schema.json")
        #expect(try String(contentsOf: file, encoding: .utf8) == SiteFile.schema())
    }

    @Test("every sample satisfies it", arguments: Sample.names)
    func samples(_ name: String) throws {
        let text = String(decoding: try Sample.bytes(name), as: UTF8.self)
        let root = try #require(try Yams.compose(yaml: text))
        #expect(try SchemaNode.ofReader().faults(of: root) == [])
    }

    @Test(
        "finds what breaks it",
        arguments: [
            ("role: T1", "rule: T1"), ("id: H101-T1", "id: H101/T1"),
            ("interval: 1s", "interval: 1h"),
            ("type: laser", "type: lazer"), ("lel: 5.0", "lel: five"), ("people:", "persons:"),
            ("    kind: heading\n", ""), ("[0, 100]", "all"),
            ("limit-table: own", "limit-table: none"), ("lel: 5.0", "lel: 50"),
            ("interval: 1s", "interval: .5s"), ("interval: 1s", "interval: 1.2.3s"),
            ("interval: 1s", "interval: 3601"), ("alarm: 0.8", "alarm: 0.0"),
            ("calibration-due: 2026-12-01", "calibration-due: 2026-13-01"),
            ("licensed-output: ", "licensed-output: 0.0"),
        ])
    func faults(_ old: String, _ new: String) throws {
        let shipped = Sample.full.replacing("limit-table: law", with: "limit-table: own")
            .replacing("policy: province", with: "policy: guizhou-2019")
        let schema = try SchemaNode.ofReader()
        #expect(schema.faults(of: try #require(try Yams.compose(yaml: shipped))) == [])
        let broken = shipped.replacing(old, with: new)
        #expect(!schema.faults(of: try #require(try Yams.compose(yaml: broken))).isEmpty)
    }
}
