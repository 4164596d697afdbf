#include "proxy/alerts/mail.h"

#include <algorithm>

#include <date/date.h>
#include <openssl/evp.h>

namespace breakwater::alerts {
namespace {

constexpr std::string_view kEnd = "\r\n";
/// RFC 3676, 4.2: a flowed line should have at most 78 characters; some stay for stuffing and quoting.
constexpr std::size_t kFlowed = 72;
/// RFC 2045, 6.7 (5) and 6.8: encoded lines have at most 76 characters.
constexpr std::size_t kEncoded = 76;
/// RFC 2047, 2: an encoded word has at most 75 characters, of which "=?UTF-8?B?" and "?=" take 12.
constexpr std::size_t kWordBytes = 45;

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7f); });
}

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

std::string base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const auto* in = reinterpret_cast<const unsigned char*>(bytes.data());
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), in, static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

/// A field's value in ASCII: as it is, or as encoded words (RFC 2047), cut between characters.
std::string unstructured(std::string_view value) {
  std::string clean(value);
  std::replace_if(
      clean.begin(), clean.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  if (is_ascii(clean)) return clean;
  std::string out;
  for (std::string_view rest = clean; !rest.empty();) {
    auto size = std::min(kWordBytes, rest.size());
    while (size > 1 && size < rest.size() && continues_character(rest[size]))
      --size;
    if (!out.empty()) out.append(kEnd).append(" ");
    out.append("=?UTF-8?B?").append(base64(rest.substr(0, size))).append("?=");
    rest.remove_prefix(size);
  }
  return out;
}

/// RFC 3676, 4.4: what a reader would take for a quotation, or a mail program for an end, stands behind a space.
void add_line(std::string& out, std::string_view line) {
  if (line.starts_with(' ') || line.starts_with('>') || line.starts_with("From ")) out += ' ';
  out.append(line).append("\n");
}

/// A paragraph as lines: all but the last end with a space, which says that the next one belongs to them.
void flow(std::string& out, std::string_view paragraph) {
  while (paragraph.size() > kFlowed) {
    const auto space = paragraph.rfind(' ', kFlowed - 1);
    if (space == std::string_view::npos || space == 0) break;
    add_line(out, paragraph.substr(0, space + 1));
    paragraph.remove_prefix(space + 1);
  }
  while (paragraph.ends_with(' '))
    paragraph.remove_suffix(1);
  add_line(out, paragraph);
}

std::string flowed(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    flow(out, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

/// RFC 2045, 6.7. A space at the end of a line is encoded, since some relays strip it.
std::string quoted_printable(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  std::size_t column = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') {
      out += kEnd;
      column = 0;
      continue;
    }
    const bool ends_line = i + 1 == text.size() || text[i + 1] == '\n';
    const bool plain = c > 0x20 && c < 0x7f && c != '=';
    const std::size_t width = plain || (c == ' ' && !ends_line) ? 1 : 3;
    if (column + width >= kEncoded) {
      out.append("=").append(kEnd);
      column = 0;
    }
    column += width;
    if (width == 1) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '=';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

std::string with_line_ends(std::string_view text) {
  std::string out;
  for (const char c : text)
    c == '\n' ? void(out += kEnd) : void(out += c);
  return out;
}

/// Bytes in base64, as a file of that name.
std::string file_entity(std::string_view type, std::string_view name, std::string_view bytes) {
  std::string out = "Content-Type: ";
  out.append(type).append(";\r\n name=\"").append(name).append("\"\r\nContent-Transfer-Encoding: base64\r\n");
  out.append("Content-Disposition: attachment; filename=\"").append(name).append("\"\r\n\r\n");
  const auto encoded = base64(bytes);
  for (std::size_t at = 0; at < encoded.size(); at += kEncoded)
    out.append(encoded, at, kEncoded).append(kEnd);
  return out;
}

void field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(unstructured(value)).append(kEnd);
}

}  // namespace

std::string text_entity(std::string_view text) {
  std::string clean(text);
  std::replace_if(
      clean.begin(), clean.end(), [](unsigned char c) { return (c < 0x20 && c != '\n') || c == 0x7f; }, ' ');
  const auto lines = flowed(clean);
  const bool ascii =
      is_ascii(lines) &&  // RFC 5322, 2.1.1: no line of more than 998 characters, such as one word of a thousand
      std::all_of(lines.begin(), lines.end(), [width = std::size_t{0}](char c) mutable {
        width = c == '\n' ? 0 : width + 1;
        return width <= 998;
      });
  std::string out = "Content-Type: text/plain; charset=UTF-8; format=flowed\r\nContent-Transfer-Encoding: ";
  out.append(ascii ? "7bit" : "quoted-printable").append(kEnd).append(kEnd);
  return out.append(ascii ? with_line_ends(lines) : quoted_printable(lines));
}

std::string mixed_entity(std::string_view text, const Attachment& file, std::string_view boundary) {
  std::string out = "Content-Type: multipart/mixed; boundary=\"";
  out.append(boundary).append("\"\r\n\r\n--").append(boundary).append(kEnd);
  out.append(text_entity(text)).append("\r\n--").append(boundary).append(kEnd);
  out.append(file_entity(file.type, file.name, file.bytes));
  return out.append("\r\n--").append(boundary).append("--\r\n");
}

std::string smime_entity(std::string_view der) {
  return file_entity("application/pkcs7-mime; smime-type=enveloped-data", "smime.p7m", der);
}

std::string compose(const Envelope& envelope, std::string_view entity) {
  std::string out;
  field(out, "Date", date::format("%a, %d %b %Y %H:%M:%S +0000", envelope.date));  // RFC 5322, 3.3
  field(out, "From", "Breakwater <" + envelope.from + ">");
  field(out, "To", "<" + envelope.to + ">");
  field(out, "Subject", envelope.subject);
  field(out, "Message-ID", "<" + envelope.message_id + ">");
  field(out, "Auto-Submitted", "auto-generated");  // RFC 3834: no answers of absent people
  field(out, "MIME-Version", "1.0");
  return out.append(entity);
}

}  // namespace breakwater::alerts
