import Foundation
import GasModel
import SensorIngest
import Support
import Testing

@Suite("SensorRegistry")
struct SensorRegistryTests {
    private func site(_ names: [String]) -> Site {
        var site = Heading.site
        site.sensors = names.map { Heading.sensor($0, .face, alarm: 1, cut: 1.5, repower: 1) }
        return site
    }

    @Test("an index means the same sensor for ever, whatever the site file does")
    func stable() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("ring.sensors")
        _ = try SensorRegistry(path: path, site: site(["A", "B"]))
        let second = try SensorRegistry(path: path, site: site(["C", "B"]))
        #expect(second.names == ["A", "B", "C"])
        #expect(second.sensors(of: site(["C", "B"])).map { $0?.id } == [nil, "B", "C"])
        #expect(try SensorRegistry(path: path, site: site(["A"])).names == ["A", "B", "C"])
    }

    @Test("extended while it is in use, it is on the disk, and no index moves")
    func extend() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("ring.sensors")
        var registry = try SensorRegistry(path: path, site: site(["A", "B"]))
        try registry.extend(by: site(["C", "A", "D"]))
        #expect(registry.names == ["A", "B", "C", "D"])
        #expect(try directory.bytes("ring.sensors") == Array("A\nB\nC\nD\n".utf8))
        try registry.extend(by: site(["B"]))
        #expect(registry.names == ["A", "B", "C", "D"])
    }

    @Test("a disk that takes no more leaves registry and file as they are")
    func fullDisk() throws {
        guard let disk = SmallDisk(bytes: 1 << 20) else {
            print("skipped: a tmpfs cannot be mounted here")
            return
        }
        let path = disk.path + "/ring.sensors"
        var registry = try SensorRegistry(path: path, site: site(["A"]))
        disk.fill()
        let names = (0..<2000).map { "N\($0)" }
        #expect(throws: RegistryError.self) { try registry.extend(by: site(names)) }
        #expect(registry.names == ["A"])
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "A\n")
        disk.free()
        try registry.extend(by: site(names))
        #expect(registry.names.count == 2001)
    }

    @Test(
        "a damaged registry is refused with its line: indexes would mean other sensors",
        arguments: [("A\n\nB\n", 2), ("A\nB\nA\n", 3), ("A\nB", 2)])
    func damaged(_ text: String, _ line: Int) throws {
        let directory = try TemporaryDirectory()
        try directory.write(Array(text.utf8), to: "ring.sensors")
        let error = #expect(throws: RegistryError.self) {
            try SensorRegistry(path: directory.file("ring.sensors"), site: site(["A"]))
        }
        #expect(error?.line == line)
        #expect(try directory.bytes("ring.sensors") == Array(text.utf8))
    }
}
