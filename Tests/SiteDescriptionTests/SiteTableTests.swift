import GasModel
import SiteDescription
import Testing

@Suite("Site table")
struct SiteTableTests {
    @Test("shows what each sensor is judged by, in aligned columns, by place")
    func table() throws {
        let text = """
            mine: {code: demo, name: Demonstration mine}
            limit-table: own
            places:
              - {id: H101, name: 101 掘进工作面, kind: heading}
              - {id: MR, name: Main return, kind: main-return}
            sensors:
              - id: MR-1
                place: MR
                role: main-return
                unit: "%CH4"
                limits: {alarm: 0.75, cut: none, repower: 0.75}
                interval: 2min
              - id: H101-T1
                place: H101
                role: T1
                unit: "%CH4"
                limits: {alarm: 1.0, cut: 1.5, repower: 1.0}
                interval: 500ms
                range: [0, 4]
            """
        let site = try SiteFile.read(text, name: "f")
        #expect(
            SiteTable.render(site) == """
                mine demo (Demonstration mine): 2 places, 2 sensors
                fingerprint \(site.fingerprint)

                PLACE  SENSOR   ROLE         ALARM >=  CUT >=  RE-POWER <  UNIT  EVERY     RANGE  \
                NAME OF PLACE
                H101   H101-T1  T1                1.0     1.5         1.0  %CH4  0.5 s    0 to 4  \
                101 掘进工作面
                MR     MR-1     main-return      0.75    none        0.75  %CH4  120 s  0 to 100  \
                Main return

                """)
    }
}
