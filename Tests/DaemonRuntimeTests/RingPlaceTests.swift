import AdvisoryJournal
import Foundation
import GasModel
import HaltAdvisory
import ReadingRecord
import ReadingRing
import SensorIngest
import Support
import Testing

@testable import DaemonRuntime

/// Where a start finds the ring, looked at from within. That the state directory takes no ring is
/// had without any right to mount: its lock leads nowhere.
@Suite("Place of the ring")
struct RingPlaceTests {
    private let directory: TemporaryDirectory
    private let options: DaemonOptions
    private var home: String { directory.file("state") }
    private var away: String { directory.file("run") }

    init() throws {
        directory = try TemporaryDirectory()
        var options = DaemonOptions(
            site: Heading.site, brokerHost: "127.0.0.1", brokerPort: 1,
            stateDirectory: directory.file("state"))
        options.runtimeDirectory = directory.file("run")
        options.ringCapacity = 1 << 14
        self.options = options
        for name in ["state", "run"] {
            try FileManager.default.createDirectory(
                atPath: directory.file(name), withIntermediateDirectories: false)
        }
    }

    private func fail() throws {
        unsafe unlink(home + "/ring.lock")
        try FileManager.default.createSymbolicLink(
            atPath: home + "/ring.lock", withDestinationPath: "/none/ring.lock")
    }

    private func mend() { unsafe unlink(home + "/ring.lock") }

    private func files(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    private func said(_ place: RingPlace) -> [String] {
        place.notices.compactMap { $0.why.said(in: .english) }
    }

    /// Opens the ring, writes `count` records and lets go of it; returns its identity and length.
    @discardableResult private func run(
        writing count: Int, _ check: (RingPlace) throws -> Void = { _ in }
    ) throws -> (creation: UInt64, published: UInt64) {
        let place = try RingPlace(options)
        try check(place)
        var writer = place.ring.writer()
        #expect(writer.freeSlots(atLeast: count) >= count)
        for second in 0..<count {
            writer.append(
                Reading(
                    sensor: Heading.face, kind: .measurement, sourceTime: .at(Double(second)),
                    arrivalTime: .at(Double(second)), value: 0.4))
        }
        writer.publish()
        return (place.ring.creation, place.ring.published)
    }

    @Test("goes along with all that is in it, goes on there, and comes back")
    func alongAndBack() throws {
        try run(writing: 3) { #expect($0.directory == home && $0.reason == nil) }
        try directory.write([1, 2, 3], to: "state/ring.trend.state")
        try fail()
        let first = try run(writing: 2) { place in
            #expect(place.directory == away && place.reason != nil)
            #expect(place.elsewhere?.isOver == false)
            #expect(said(place).count == 1 && said(place)[0].contains("cannot be kept in"))
            #expect(place.notices[0].severity == .fault)
        }
        #expect(first.published == 5)
        #expect(try directory.bytes("run/ring.trend.state") == [1, 2, 3])
        let second = try run(writing: 1)
        #expect(second == (first.creation, 6), "a further start goes on there")
        mend()
        let third = try run(writing: 1) { place in
            #expect(place.directory == home && place.reason == nil)
            #expect(place.elsewhere?.isOver == true)
            #expect(said(place) == ["the ring is in \(home) again; it was in \(away), in memory"])
        }
        #expect(third == (first.creation, 7))
        #expect(try files(away) == ["ring.lock"])
        try run(writing: 0) { #expect($0.notices.isEmpty && $0.elsewhere == nil) }
    }

    @Test("what cannot be read stays: a fresh one begins there, and takes its place later")
    func unread() throws {
        let before = try run(writing: 3)
        try fail()
        // As a directory it can be neither opened nor read.
        try FileManager.default.moveItem(atPath: home + "/ring", toPath: home + "/kept")
        try FileManager.default.createDirectory(
            atPath: home + "/ring", withIntermediateDirectories: false)
        let fresh = try run(writing: 2) { place in
            #expect(said(place).count == 2 && said(place)[0].contains("could not be taken along"))
            #expect(place.ring.published == 0)
        }
        #expect(fresh.creation != before.creation)
        mend()
        unsafe rmdir(home + "/ring")
        try FileManager.default.moveItem(atPath: home + "/kept", toPath: home + "/ring")
        try run(writing: 0) { place in
            #expect(place.ring.creation == fresh.creation && place.ring.published == 2)
            #expect(said(place)[0].contains("another ring went on in its place"))
        }
        #expect(try files(home).contains { $0.hasPrefix("ring.refused-") })
    }

    @Test("numbers of sensors grow along with it; one that numbers otherwise is not gone on with")
    func numbers() throws {
        try run(writing: 1)
        try fail()
        try run(writing: 1)
        let names = try directory.bytes("run/ring.sensors") + Array("NEW-T1\n".utf8)
        try directory.write(names, to: "run/ring.sensors")
        mend()
        try run(writing: 0) { #expect($0.registry.names.last == "NEW-T1") }
        #expect(try directory.bytes("state/ring.sensors") == names)
        try fail()
        try run(writing: 1)
        try directory.write(Array("OTHER-T1\n".utf8), to: "run/ring.sensors")
        mend()
        try run(writing: 0) { place in
            #expect(said(place)[0].contains("it numbers the sensors otherwise"))
            #expect(place.ring.published == 2, "the one that was left here")
        }
        #expect(try directory.bytes("state/ring.sensors") == names)
    }

    @Test("nowhere to go: refused as ever, and so is what is no fault of the disk")
    func refused() throws {
        try fail()
        var alone = options
        alone.runtimeDirectory = nil
        #expect(throws: RingError.self) { try RingPlace(alone) }
        alone.runtimeDirectory = directory.file("none")
        #expect(throws: (any Error).self) { try RingPlace(alone) }
        mend()
        do {
            let other = try RingClaim([home + "/ring"])
            #expect(throws: RingError.inUse(path: home + "/ring")) { try RingPlace(options) }
            withExtendedLifetime(other) {}
        }
        try directory.write(Array("A\nA\n".utf8), to: "state/ring.sensors")
        let error = #expect(throws: RegistryError.self) { try RingPlace(options) }
        #expect(error?.line == 2)
    }

    @Test("a lock that can only be read keeps others out, and names nobody")
    func readOnlyLock() throws {
        try run(writing: 1)
        guard LoopDisk.cover(home) else {
            return print("skipped: this machine lets us mount nothing read-only")
        }
        defer { LoopDisk.uncover(home) }
        let place = try RingPlace(options)
        #expect(place.directory == away)
        var other = options
        other.runtimeDirectory = directory.path
        #expect(throws: RingError.inUse(path: home + "/ring")) { try RingPlace(other) }
        #expect(try RingStorage.owner(path: home + "/ring") == .unknown)
        place.ring.release()
        withExtendedLifetime(place) {}
        #expect(try RingStorage.owner(path: home + "/ring") == .nobody)
    }
}

/// What the journal says of a ring that is not the one that it knew last.
@Suite("Ring and journal")
struct RestorationTests {
    private func line(ring: UInt64, position: UInt64, number: UInt64) throws -> JournalLine {
        var book = AdvisoryBook(site: Heading.site, sensors: Heading.sensors, ring: ring)
        let announcement = book.take(
            Finding(
                .cut, .began, of: .sensor(Heading.face), value: 1.6,
                eventTime: .at(Double(position)), arrivalTime: .at(Double(position)),
                position: position))
        let record = JournalRecord(
            number: number, previous: "", entry: try #require(announcement))
        return try JournalLine(record, signer: nil)
    }

    private func restoration(ring: UInt64, names: [String] = []) -> Restoration {
        Restoration(
            roster: SensorRoster(site: Heading.site, sensors: Heading.sensors), names: names,
            ring: ring)
    }

    @Test("a ring that lacks what was told is found out, at the very record")
    func behind() throws {
        var restored = restoration(ring: 7)
        #expect(!restored.knowsRecords(beyond: 0))
        restored.take(try line(ring: 7, position: 40, number: 1))
        #expect(!restored.knowsRecords(beyond: 41))
        #expect(restored.knowsRecords(beyond: 40))
        restored.follow(ring: 8)
        #expect(!restored.knowsRecords(beyond: 0))
        #expect(restored.linesOfRing == 1...1, "no state from before it counts")
    }

    @Test("records of a ring that began anew are judged, whatever was told of their positions")
    func judged() throws {
        var restored = restoration(ring: 7)
        restored.take(try line(ring: 7, position: 40, number: 1))
        let finding = Finding(
            .cut, .ended, of: .sensor(Heading.face), value: 0.4, eventTime: .at(50),
            arrivalTime: .at(50), position: 12)
        var known = restored.book
        #expect(known.take(finding) == nil)
        restored.follow(ring: 8)
        var anew = restored.book
        #expect(anew.take(finding)?.transition == .gone)
    }

    @Test("what was found in another ring voids states from before; what people did since does not")
    func elsewhere() throws {
        var restored = restoration(ring: 8)
        let first = try line(ring: 7, position: 40, number: 1)
        restored.take(first)
        #expect(restored.linesOfRing == 1...1)
        var record = first.record
        (record.number, record.entry.transition) = (2, .acknowledged)
        restored.take(try JournalLine(record, signer: nil))
        #expect(restored.linesOfRing == 1...2)
        restored.take(try line(ring: 8, position: 3, number: 3))
        #expect(restored.linesOfRing == 1...3)
        restored.take(try line(ring: 7, position: 99, number: 4))
        #expect(restored.linesOfRing == 4...4)
    }
}
