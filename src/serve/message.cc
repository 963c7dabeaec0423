#include "message.h"

#include "kaiku/base/json_writer.h"

namespace kaiku::serve {

Response error_response(int status, std::string_view code, std::string_view message) {
  Response response;
  response.status = status;
  base::JsonWriter json(response.body);
  json.begin_object().key("error").begin_object();
  json.field("code", code).field("message", message);
  json.end_object().end_object();
  response.body += '\n';
  return response;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "Error";
  }
}

}  // namespace kaiku::serve
