import MQTTSession
import Testing

@Suite("Broker address")
struct BrokerAddressTests {
    @Test(
        "reads host and port, and writes what it can read again",
        arguments: [
            ("mqtt://localhost", "localhost", 1883), ("mqtt://10.0.0.7:2883", "10.0.0.7", 2883),
            ("mqtt://broker.mine/", "broker.mine", 1883), ("mqtt://[::1]:1884", "::1", 1884),
            ("mqtt://h:1", "h", 1), ("mqtt://h:65535", "h", 65_535),
        ] as [(String, String, Int32)])
    func reads(text: String, host: String, port: Int32) throws {
        let address = try #require(BrokerAddress(text))
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(BrokerAddress(address.description) == address)
    }

    @Test(
        "refuses what it would have to guess or drop",
        arguments: [
            "", "localhost", "localhost:1883", "mqtts://h", "tcp://h", "mqtt://", "mqtt://:1883",
            "mqtt://h:0", "mqtt://h:65536", "mqtt://h:x", "mqtt://u@h", "mqtt://u:p@h",
            "mqtt://h/path", "mqtt://h?q=1", "mqtt://h#f", "mqtt://h h",
        ])
    func refuses(text: String) {
        #expect(BrokerAddress(text) == nil)
    }
}
