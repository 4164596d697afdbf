#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace breakwater::alerts {

/// Who a message is from and to, and what it is called in lists. Text is UTF-8.
struct Envelope {
  std::string from;  ///< addr-spec
  std::string to;    ///< addr-spec
  std::string subject;
  std::string message_id;  ///< without its brackets: unique, and the same at every try, so that a copy shows as one
  std::chrono::sys_seconds date;
};

/// A MIME entity (RFC 2045) of plain text: lines of at most 78 bytes that mail programs flow (RFC 3676), in
/// quoted-printable where the text is not ASCII. Paragraphs end with '\n'. The text cannot leave its entity.
std::string text_entity(std::string_view text);

/// A file that goes with a message. Its name is ASCII without quotes.
struct Attachment {
  std::string name;
  std::string type;  ///< "application/pdf"
  std::string bytes;
};

/// A text_entity() and a file behind it (RFC 2046, 5.1). `boundary` stands in no line of the text.
std::string mixed_entity(std::string_view text, const Attachment& file, std::string_view boundary);

/// The body of an encrypted message: CMS in DER, as S/MIME 4.0 (RFC 8551) wants it.
std::string smime_entity(std::string_view der);

/// A message of RFC 5322: the header fields of the envelope in front of an entity. Control characters in the envelope
/// become spaces, so that nothing in it begins a field of its own.
std::string compose(const Envelope& envelope, std::string_view entity);

}  // namespace breakwater::alerts
