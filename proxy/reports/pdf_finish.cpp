#include "proxy/reports/pdf_finish.h"

#include <exception>

#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFWriter.hh>

namespace breakwater::reports {
namespace {

/// In the order of reading, which is that of their making. Ours are a few levels deep.
void finish_elements(QPDFObjectHandle element, std::span<const std::string>& figures) {
  auto type = element.getKey("/S");
  if (type.isNameAndEquals("/Figure") && !figures.empty()) {
    element.replaceKey("/Alt", QPDFObjectHandle::newUnicodeString(figures.front()));
    figures = figures.subspan(1);
  }
  if (type.isNameAndEquals("/TH")) element.replaceKey("/A", QPDFObjectHandle::parse("<< /O /Table /Scope /Column >>"));
  auto children = element.getKey("/K");
  if (!children.isArray()) return;
  for (int i = 0; i < children.getArrayNItems(); ++i)
    if (auto child = children.getArrayItem(i); child.isDictionary()) finish_elements(child, figures);
}

}  // namespace

Result<std::string, PdfError> finish_pdf(const std::string& pdf, std::span<const std::string> figures) {
  try {
    QPDF document;
    document.processMemoryFile("report", pdf.data(), pdf.size());
    auto root = document.getRoot();
    root.replaceKey("/MarkInfo", QPDFObjectHandle::parse("<< /Marked true >>"));
    root.replaceKey("/Lang", QPDFObjectHandle::newString("en-GB"));
    root.replaceKey("/ViewerPreferences", QPDFObjectHandle::parse("<< /DisplayDocTitle true >>"));
    finish_elements(root.getKey("/StructTreeRoot"), figures);
    QPDFWriter writer(document);
    writer.setOutputMemory();
    writer.setDeterministicID(true);
    writer.setObjectStreamMode(qpdf_o_generate);
    writer.write();
    const auto written = writer.getBufferSharedPointer();
    return std::string(reinterpret_cast<const char*>(written->getBuffer()), written->getSize());
  } catch (const std::exception& error) {
    return PdfError{1, error.what()};
  }
}

}  // namespace breakwater::reports
