// Debian's libmosquitto, unchanged. The second header holds the MQTT 5 constants.
#include <mosquitto.h>
#include <mqtt_protocol.h>
