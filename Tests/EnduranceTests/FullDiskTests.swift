import BrokerSupport
import Foundation
import HaltAdvisory
import Support
import Testing

/// The disk of the state directory fills up while the daemon guards: said on every way that is left
/// within five seconds, advisories go out all the same, a start finds them, and nothing is lost
/// once there is room.
@Suite("Full disk")
final class FullDiskTests {
    private let directory: TemporaryDirectory
    private let disk: SmallDisk?
    private static let sensors = (0..<6).map { "S\($0)" }
    /// Their halts take more than the pages that files have already.
    private static let others = (0..<30).map { "A\($0)" }

    init() throws {
        directory = try TemporaryDirectory()
        disk = SmallDisk(bytes: 64 << 20, at: directory.file("state"))
        if disk == nil { print("skipped: this machine lets us mount no small disk") }
    }

    @Test("told, kill -9 and a start on it, judging goes on, and all is made up for with room")
    func full() throws {
        guard let disk else { return }
        let way = try EveryWay(sensors: Self.sensors + Self.others, in: directory)
        try way.daemon.start()
        way.publish("S0", 1.6)
        try eventually("a halt while there is room") { try way.hasTold(["S0"]) }
        disk.fill()
        let start = nowMilliseconds()
        // The journal gives up its reserve, and the alert log lives on it too.
        for other in Self.others { way.publish(other, 1.6) }
        way.publish("S1", 1.7)
        try eventually("the halt, and that there is no room, on every way") {
            try way.hasTold(["S1"]) && way.hasSaid("the journal lives on its reserve")
        }
        let said = try way.posted().first { $0.entry.why.contains("on its reserve") }
        let delay = try #require(said).decided - start
        print("on its reserve: said \(delay) ms after the disk was full")
        #expect(delay <= 5000)
        #expect(try way.posted().allSatisfy { $0.number > 0 }, "all of it from the reserve")
        try exhaustReserve(disk)
        for sensor in Self.sensors[2..<5] { way.publish(sensor, 1.8) }
        try eventually("halts without the journal") {
            try way.hasTold(Array(Self.sensors[2..<5]), alsoLog: false)
                && way.hasSaid("the journal cannot be written")
        }
        way.daemon.kill9()
        try way.daemon.start()
        let status = try way.firedamp("status", "--format", "json").output
        for sensor in Self.sensors[..<5] + Self.others {
            #expect(status.contains("\(sensor).cut"), "\(sensor) is halted after the kill")
        }
        way.publish("S5", 1.8)
        try eventually("a halt after a start on the full disk") {
            try way.hasTold(["S5"], alsoLog: false)
        }
        let without = try way.withoutJournal()
        // The first of them may have had room in the journal's last page.
        #expect(Set(without.compactMap(\.entry.sensor)).isSuperset(of: Self.sensors[3..<6]))
        disk.free()
        try eventually("that it can be written again is told") {
            try way.hasSaid("the journal can be written again")
        }
        try eventually("all of it is in the journal, under the same names, and in the log") {
            try way.hasNumbered(without) && way.hasTold(Array(Self.sensors[..<6]))
        }
        #expect(way.daemon.terminate().code == 0)
        try way.compareWithJournal(told: without)
    }

    /// Takes what the journal had in reserve.
    private func exhaustReserve(_ disk: SmallDisk) throws {
        let path = disk.path + "/journal/reserve"
        unsafe unlink(path)
        // In the place of the reserve, so that it is not laid in again.
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false)
        disk.fill()
    }
}
