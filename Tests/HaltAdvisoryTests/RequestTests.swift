import GasModel
import HaltAdvisory
import Support
import Testing

/// Orders that are sent more than once.
@Suite("Orders sent again")
struct RequestTests {
    private let dispatcher = Course.people[0]

    private func order(_ request: String, _ text: String = "all out") -> OperatorOrder {
        OperatorOrder(.acknowledge, of: "T1.cut", text: text, request: request)
    }

    @Test("the same request is carried out once, also after a restart, and answered the same")
    func again() throws {
        var course = Course()
        course.take(.began)
        #expect(course.order(order("a"), by: dispatcher) == nil)
        let count = course.told.count
        for _ in 0..<2 {
            #expect(course.order(order("a"), by: dispatcher) == nil)
            #expect(course.told.count == count)
            #expect(try course.book.told(of: order("a"), by: dispatcher) == course.told.last)
            course.down(5)
        }
        // Without an identifier each is an order of its own.
        #expect(
            course.order(
                OperatorOrder(.acknowledge, of: "T1.cut", text: "all out"), by: dispatcher) == nil)
        #expect(course.told.count == count + 1)
    }

    @Test("a request of another order, or of another person, is refused")
    func other() {
        var course = Course()
        course.take(.began)
        #expect(course.order(order("a"), by: dispatcher) == nil)
        let count = course.told.count
        #expect(course.order(order("a", "another"), by: dispatcher) != nil)
        #expect(course.order(order("a"), by: Course.people[2]) != nil)
        var elsewhere = order("a")
        elsewhere.advisory = "T2.cut"
        #expect(course.order(elsewhere, by: dispatcher) != nil)
        #expect(course.told.count == count)
    }

    @Test("a remark is recognised too; what is refused is not remembered")
    func remarks() {
        var course = Course()
        let note = OperatorOrder(.note, text: "quiet shift", request: "n")
        #expect(course.order(note, by: dispatcher) == nil)
        #expect(course.order(note, by: dispatcher) == nil)
        #expect(course.told.count == 1)
        #expect(course.order(order("later"), by: dispatcher) != nil)
        course.take(.began)
        #expect(course.order(order("later"), by: dispatcher) == nil)
    }

    @Test("the memory is bounded: the oldest of a thousand is forgotten first")
    func bounded() throws {
        var course = Course()
        for number in 0...1000 {
            let note = OperatorOrder(.note, text: "x", request: "\(number)")
            #expect(course.order(note, by: dispatcher) == nil)
        }
        let first = OperatorOrder(.note, text: "x", request: "0")
        let last = OperatorOrder(.note, text: "x", request: "1000")
        #expect(try course.book.told(of: first, by: dispatcher) == nil)
        #expect(try course.book.told(of: last, by: dispatcher) != nil)
    }
}
