// HTML to the plain text a reader would see: tags dropped, entities decoded, blocks and <br> as
// line breaks.
//
// Threads: any.
// Owns:    nothing; appends to a string of the caller.
// Cost:    one pass, about 2 ns a byte; linear whatever the input.
// Fails:   never: anything is some HTML. What opens and does not close (a tag, a comment, a
//          script) hides the rest, as in a browser.
// Source:  WHATWG HTML, 13.2.5 (tokenization, reduced); the named characters of HTML 4.01.
//          Contents of script, style and template are dropped, and so are elements that a site
//          marks as not to be seen (class "invisible", as Mastodon does with ends of long links).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kaiku::text {

// Appends at most `limit` bytes to `out`; true if the text had to be cut. `html` is UTF-8, and so
// is the result.
bool append_html_text(std::string_view html, size_t limit, std::string& out);

}  // namespace kaiku::text
