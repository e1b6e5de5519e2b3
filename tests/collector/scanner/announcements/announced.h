// Datagrams as devices send them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace censo::scanner {

inline std::string two(unsigned number) {
  return {static_cast<char>(number >> 8), static_cast<char>(number)};
}

// Labels, each as it is.
inline std::string dns_name(const std::vector<std::string>& labels) {
  std::string octets;
  for (const auto& label : labels) octets += static_cast<char>(label.size()) + label;
  return octets + '\0';
}

inline std::string dns_record(const std::string& name, unsigned type, const std::string& data) {
  return name + two(type) + two(0x8001) + std::string("\0\0\0\x78", 4) +
         two(static_cast<unsigned>(data.size())) + data;
}

inline std::string dns_answer(const std::vector<std::string>& records) {
  std::string octets =
      two(0) + two(0x8400) + two(0) + two(static_cast<unsigned>(records.size())) + two(0) + two(0);
  for (const auto& record : records) octets += record;
  return octets;
}

inline std::string txt(const std::vector<std::string>& pairs) {
  std::string octets;
  for (const auto& pair : pairs) octets += static_cast<char>(pair.size()) + pair;
  return octets;
}

// A laser printer with a dot and a space in its name.
inline std::string mdns_printer() {
  const auto service = dns_name({"_ipp", "_tcp", "local"});
  const auto instance = dns_name({"Office 2.OG", "_ipp", "_tcp", "local"});
  const auto host = dns_name({"NPI0A1B2C", "local"});
  return dns_answer(
      {dns_record(service, 12, instance), dns_record(instance, 33, two(0) + two(0) + two(631) + host),
       dns_record(instance, 16, txt({"txtvers=1", "ty=HP LaserJet 400 M401dn", "usb_MFG=Hewlett-Packard"})),
       dns_record(dns_name({"_services", "_dns-sd", "_udp", "local"}), 12,
                  dns_name({"_http", "_tcp", "local"})),
       dns_record(host, 1, std::string("\x0a\0\0\x05", 4))});
}

inline std::string ssdp_answer(const std::string& location) {
  return "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nEXT:\r\nLOCATION: " + location +
         "\r\nSERVER: Synology/DSM/192.168.0.9\r\nST: urn:schemas-upnp-org:device:Basic:1\r\n"
         "USN: uuid:73796E6F-6473-6D00-0000-001132aabbcc::urn:schemas-upnp-org:device:Basic:1\r\n\r\n";
}

inline const std::string upnp_description = R"(<?xml version="1.0"?>
<root xmlns="urn:schemas-upnp-org:device-1-0"><specVersion><major>1</major></specVersion><device>
<deviceType>urn:schemas-upnp-org:device:Basic:1</deviceType><friendlyName>files (DS918+)</friendlyName>
<manufacturer>Synology</manufacturer><modelName>DS918+</modelName><modelNumber>DS918+ 6.2</modelNumber>
<serialNumber>1780PDN000000</serialNumber></device></root>)";

inline const std::string wsd_camera = R"(<?xml version="1.0" encoding="UTF-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope" xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing"
 xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><SOAP-ENV:Header>
<wsa:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</wsa:Action></SOAP-ENV:Header><SOAP-ENV:Body><d:ProbeMatches>
<d:ProbeMatch><d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types><d:Scopes>onvif://www.onvif.org/type/video_encoder
 onvif://www.onvif.org/name/AXIS%20M3045-V onvif://www.onvif.org/hardware/M3045-V onvif://www.onvif.org/location/</d:Scopes>
<d:XAddrs>http://192.168.0.90/onvif/device_service</d:XAddrs></d:ProbeMatch></d:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>)";

inline std::string netbios_row(std::string name, unsigned char suffix, unsigned flags) {
  name.resize(15, ' ');
  return name + static_cast<char>(suffix) + two(flags);
}

inline std::string netbios_answer(const std::vector<std::string>& rows, const std::string& mac) {
  std::string data(1, static_cast<char>(rows.size()));
  for (const auto& row : rows) data += row;
  data += mac + std::string(40, '\0');
  return std::string("\x43\x4e\x84\0\0\0\0\x01\0\0\0\0\x20", 13) + "CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
         std::string("\0\0\x21\0\x01\0\0\0\0", 9) + two(static_cast<unsigned>(data.size())) + data;
}

}  // namespace censo::scanner
