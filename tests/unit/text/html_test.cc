#include "kaiku/text/html.h"

#include <string>

#include <gtest/gtest.h>

#include "kaiku/text/utf8.h"

namespace kaiku::text {
namespace {

std::string text_of(std::string_view html, size_t limit = 1 << 20) {
  std::string out;
  append_html_text(html, limit, out);
  return out;
}

TEST(Html, KeepsWhatAReaderSees) {
  EXPECT_EQ(text_of("plain"), "plain");
  EXPECT_EQ(text_of("<p>one <b>two</b></p>\n<p>three</p>"), "one two\n\nthree");
  EXPECT_EQ(text_of("a<br>b<br/>c<BR />d"), "a\nb\nc\nd");
  EXPECT_EQ(text_of("<ul><li>a</li><li>b</li></ul>"), "a\nb");
  EXPECT_EQ(text_of("  a \n\t b  "), "a b");
  EXPECT_EQ(text_of("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>"), "a b\nc");
  EXPECT_EQ(text_of(""), "");
  EXPECT_EQ(text_of("<p></p>"), "");
}

TEST(Html, DecodesEntities) {
  EXPECT_EQ(text_of("R&amp;D &lt;3 &quot;x&quot; &#39;y&#39; &apos;"), "R&D <3 \"x\" 'y' '");
  EXPECT_EQ(text_of("&auml;&Auml;&euro;&hellip;&thetasym;"), "äÄ€…ϑ");
  EXPECT_EQ(text_of("&#228;&#xE4;&#XE4;&#x1F600;"), "äää😀");
  EXPECT_EQ(text_of("it&#146;s &#128;5"), "it’s €5");  // numbers of Windows-1252
  EXPECT_EQ(text_of("&amp;lt;"), "&lt;");              // decoded once, not twice
  EXPECT_EQ(text_of("a&#32;&#10;b"), "a b");
}

TEST(Html, LeavesWhatIsNoEntity) {
  EXPECT_EQ(text_of("AT&T a && b & &; &nosuch; &amp"), "AT&T a && b & &; &nosuch; &amp");
  EXPECT_EQ(text_of("&#; &#x; &#12a; &#xZZ; &#123456789;"), "&#; &#x; &#12a; &#xZZ; &#123456789;");
}

TEST(Html, ForbiddenNumbersBecomeTheReplacementCharacter) {
  EXPECT_EQ(text_of("&#0;|&#xD800;|&#x110000;|&#8;"), "\uFFFD|\uFFFD|\uFFFD|\uFFFD");
}

TEST(Html, DropsScriptsStylesCommentsAndDeclarations) {
  EXPECT_EQ(text_of("a<script>if (x < 1 && y) { '</p>' }</script>b"), "ab");
  EXPECT_EQ(text_of("a<STYLE type='text/css'>p{}</Style >b"), "ab");
  EXPECT_EQ(text_of("a<!-- <b>x</b> -->b<!doctype html>c<?xml ?>d"), "abcd");
  EXPECT_EQ(text_of("a<script>never closed </p> text"), "a");
  EXPECT_EQ(text_of("a<!-- never closed"), "a");
}

TEST(Html, DropsTheInvisiblePartsOfMastodonLinks) {
  EXPECT_EQ(
      text_of(
          "<p>see <a href=\"https://example.org/a/long/path\"><span class=\"invisible\">https://"
          "</span><span class=\"ellipsis\">example.org/a/lo</span><span class=\"invisible\">ng/"
          "path</span></a> ok</p>"),
      "see example.org/a/lo ok");
  EXPECT_EQ(text_of("<span class='x invisible y'>a<span>b</span>c</span>d"), "d");
  EXPECT_EQ(text_of("<span class=\"invisibles\">a</span><b class='not-invisible'>b</b>"), "ab");
  EXPECT_EQ(text_of("<img class=\"invisible\">seen"), "seen");
}

TEST(Html, ALessThanSignThatOpensNoTagIsText) {
  EXPECT_EQ(text_of("I <3 you, 1 < 2, a<"), "I <3 you, 1 < 2, a<");
  EXPECT_EQ(text_of("<a title=\"a > b\">x</a>"), "x");
  EXPECT_EQ(text_of("don't <b>can't</b>"), "don't can't");
}

TEST(Html, CutsAtTheLimitBetweenCharacters) {
  for (size_t limit = 0; limit < 40; ++limit) {
    std::string out = "before";
    const bool cut = append_html_text("<p>äöå &euro; 😀</p><p>end</p>", limit, out);
    ASSERT_TRUE(out.starts_with("before"));
    EXPECT_LE(out.size() - 6, limit);
    EXPECT_TRUE(is_utf8(out));
    EXPECT_EQ(cut, out != "beforeäöå € 😀\n\nend") << limit;
  }
}

TEST(Html, HostileInputTakesOnePass) {
  for (const std::string_view unit : {"<",
                                      "<a",
                                      "<!--",
                                      "<script>",
                                      "</",
                                      "&",
                                      "&#",
                                      "<span class=\"invisible\">",
                                      "<p x=\"",
                                      "<?"}) {
    std::string html;
    while (html.size() < (1U << 20)) {
      html += unit;
    }
    const std::string out = text_of(html);
    EXPECT_LE(out.size(), html.size()) << unit;
  }
}

TEST(Html, TruncatedAtEveryByteItStaysText) {
  const std::string html =
      "<p class=\"invisible\">x</p><p>ä &amp; &#x1F600; <!-- c --><script>s</script><a "
      "href='q'>z</a>";
  for (size_t size = 0; size <= html.size(); ++size) {
    std::string out;
    append_html_text(std::string_view(html).substr(0, size), 1'000, out);
    EXPECT_TRUE(is_utf8(out) || !is_utf8(std::string_view(html).substr(0, size))) << size;
  }
}

}  // namespace
}  // namespace kaiku::text
