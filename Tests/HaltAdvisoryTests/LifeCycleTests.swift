import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

@Suite("LifeCycle")
struct LifeCycleTests {
    @Test("the table in LIFECYCLE.md is the program's, line for line")
    func table() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources/HaltAdvisory/LIFECYCLE.md")
        let text = try String(contentsOf: path, encoding: .utf8)
        for (name, isLatched) in [("halts", true), ("others", false)] {
            let part = try #require(
                text.components(separatedBy: "<!-- \(name):begin -->").last?
                    .components(separatedBy: "<!-- \(name):end -->").first)
            let written = part.split(separator: "\n").dropFirst(2).map { row in
                row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
                    .joined(separator: " ")
            }
            var known: [String] = []
            for from in LifeCycle.Stage.allCases {
                for event in LifeCycle.Event.allCases {
                    guard let to = LifeCycle.next(from, event, isLatched: isLatched) else {
                        continue
                    }
                    known.append("\(from.rawValue) \(event.rawValue) \(to.rawValue)")
                }
            }
            #expect(Set(written) == Set(known))
            #expect(written.count == known.count)
        }
    }

    @Test("every course of six steps keeps the latch, and a restart after it knows the same")
    func exhaustive() {
        var failures: [String] = []
        var releases = 0
        func go(_ course: Course, _ path: [Course.Step]) {
            if let broken = course.broken() { failures.append("\(path): \(broken)") }
            if path.count == 6 {
                if course.restarted().open != course.book.open {
                    failures.append("\(path): a restart knows another book")
                }
                releases += course.told.count { $0.transition == .released }
                return
            }
            for step in Course.Step.ofHalts {
                var next = course
                next.take(step)
                go(next, path + [step])
            }
        }
        // Nothing can happen before it begins.
        var course = Course()
        course.take(.began)
        go(course, [.began])
        #expect(failures.isEmpty, "\(failures.first ?? "")")
        #expect(releases > 0, "the courses reach the end")
    }

    @Test("every course of five steps of what is no halt keeps its rules, restarted anywhere")
    func exhaustiveOthers() {
        var failures: [String] = []
        var (halts, shelved) = (0, 0)
        func go(_ course: Course, _ path: [Course.Step]) {
            if let broken = course.broken() { failures.append("\(path): \(broken)") }
            if path.count == 6 {
                if course.restarted().open != course.book.open {
                    failures.append("\(path): a restart knows another book")
                }
                halts += course.told.count { $0.transition == .worse }
                shelved += course.told.count { $0.transition == .shelved }
                return
            }
            for step in Course.Step.ofOthers {
                var next = course
                next.take(step)
                go(next, path + [step])
            }
        }
        var course = Course()
        course.rule = .silence
        course.take(.silent)
        go(course, [.silent])
        #expect(failures.isEmpty, "\(failures.first ?? "")")
        #expect(halts > 0 && shelved > 0, "the courses reach what they are about")
    }

    @Test("a daemon that is killed between any two steps of a halt goes on where it was")
    func restartedAnywhere() {
        let way: [Course.Step] = [
            .began, .acknowledge, .worsened, .acknowledge, .seen, .ended, .minutes, .release,
        ]
        for kill in 1..<way.count {
            var course = Course()
            for (index, step) in way.enumerated() {
                if index == kill {
                    let open = course.book.open
                    course.down(5)
                    #expect(course.book.open == open, "killed before \(step)")
                    course.pass(1)
                    // What nobody watched was not held.
                    if step == .release { course.take(.minutes) }
                }
                course.take(step)
                #expect(course.broken() == nil, "killed before \(way[kill])")
            }
            #expect(course.told.last?.transition == .released, "killed before \(way[kill])")
            #expect(course.book.open.isEmpty)
        }
    }

    @Test("long courses of two sensors keep it, restarted anywhere", arguments: 1...40)
    func long(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var course = Course()
        for step in 0..<400 {
            let next = Course.Step.ofHalts.randomElement(using: &random) ?? .second
            course.take(next, sensor: Int.random(in: 0...1, using: &random))
            if let broken = course.broken() {
                Issue.record("seed \(seed), step \(step): \(broken)")
                return
            }
            guard Int.random(in: 0..<20, using: &random) == 0 else { continue }
            let again = course.restarted()
            #expect(again.open == course.book.open, "seed \(seed), step \(step)")
            course.book = again
        }
        #expect(course.told.contains { $0.transition == .released })
    }
}
