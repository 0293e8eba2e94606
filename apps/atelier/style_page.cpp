#include "style_page.h"

#include <algorithm>

#include "atelier/report/html_page.h"
#include "atelier/style/style_search.h"
#include "style_words.h"

namespace atelier::cli {
namespace {

using report::escape_html;

constexpr int kPagePicture = 336;

constexpr std::string_view kPageStyle = R"(<style>
body{max-width:96rem}
#find{display:flex;gap:1rem;align-items:center;position:sticky;top:0;z-index:1;background:var(--paper);padding:.7rem 0;border-bottom:1px solid var(--line)}
#find input{flex:1 1 16rem;max-width:36rem;font:inherit;color:inherit;background:var(--shade);border:1px solid var(--line);border-radius:8px;padding:.5rem .8rem}
#find output{color:var(--soft);white-space:nowrap}
#periods{display:flex;flex-wrap:wrap;gap:.4rem;margin:.8rem 0}
#periods button{font:inherit;font-size:.85rem;color:var(--soft);background:none;border:1px solid var(--line);border-radius:99px;padding:.1rem .7rem;cursor:pointer}
#periods button:hover,#periods button[aria-pressed=true]{color:var(--paper);background:var(--ink);border-color:var(--ink)}
#cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:1.1rem;margin-top:1rem}
.card{background:var(--shade);border:1px solid var(--line);border-radius:10px;overflow:hidden;display:flex;flex-direction:column}
.card[hidden]{display:none}
.card img{width:100%;aspect-ratio:4/3;object-fit:cover;display:block}
.card div{padding:.6rem .8rem .8rem}
.card h2{font-size:1rem;margin:0;padding:0;border:0;overflow-wrap:anywhere}
.card p{margin:.15rem 0;font-size:.87rem;line-height:1.4}
.card .soft{color:var(--soft)}
.card .look{margin-top:.4rem}
.card .look span{display:inline-block;border:1px solid var(--line);border-radius:99px;padding:0 .55rem;margin:.1rem .25rem .1rem 0;font-size:.8rem}
</style>
)";

// Every word must be somewhere in a card's text; a period's button is a word, too.
constexpr std::string_view kFind = R"(
const field=document.querySelector('#find input'),count=document.querySelector('#find output');
const cards=[...document.querySelectorAll('.card')],buttons=[...document.querySelectorAll('#periods button')];
const plain=text=>text.toLowerCase().replace(/[-_]/g,' ');
const texts=cards.map(card=>plain(card.dataset.words));
function find(){
 const words=plain(field.value).split(/[\s,]+/).filter(Boolean);
 const chosen=buttons.filter(b=>b.getAttribute('aria-pressed')==='true').map(b=>b.dataset.period);
 let shown=0;
 cards.forEach((card,i)=>{
  card.hidden=!(words.every(w=>texts[i].includes(w))&&(!chosen.length||chosen.includes(card.dataset.period)));
  if(!card.hidden)shown++;
 });
 count.textContent=shown+' of '+cards.length;
}
field.addEventListener('input',find);
buttons.forEach(b=>b.addEventListener('click',()=>{b.setAttribute('aria-pressed',b.getAttribute('aria-pressed')!=='true');find();}));
find();
)";

std::string joined(const std::vector<std::string>& parts, const char* between) {
  std::string text;
  for (const std::string& part : parts) {
    if (!part.empty()) text += (text.empty() ? "" : between) + part;
  }
  return text;
}

std::string line(const char* kind, const std::string& text) {
  return text.empty() ? "" : std::string("<p class=\"") + kind + "\">" + escape_html(text) + "</p>";
}

std::string card_markup(const StyleCard& card) {
  const style::NamedStyle& s = *card.style;
  const std::string licence = style::short_licence(s.licence);
  const std::string search = joined({s.name, s.title, s.artist, s.year, style::century_of(s.year), s.period,
                                     s.source, s.licence, join_words(card.words), card.is_own ? "own" : ""},
                                    " ");
  std::string look;
  for (const std::string& word : card.words) look += "<span>" + escape_html(word) + "</span>";
  return "<article class=\"card\" data-period=\"" + escape_html(s.period) + "\" data-words=\"" +
         escape_html(search) + "\"><img loading=\"lazy\" alt=\"" +
         escape_html("A painting in the style " + s.name) + "\" src=\"" +
         report::picture_data_uri(card.painting, kPagePicture, 82) + "\"><div><h2>" + escape_html(s.name) +
         "</h2>" + line("", joined({s.title, card.is_own ? "your own" : ""}, ", ")) +
         line("soft", joined({s.artist, s.year, s.period}, " · ")) + line("soft", licence) +
         (look.empty() ? "" : "<p class=\"look\">" + look + "</p>") + "</div></article>\n";
}

}  // namespace

std::string style_page(const std::string& title, const Image& scene, std::span<const StyleCard> cards) {
  std::vector<std::string> periods;
  for (const StyleCard& card : cards) {
    if (!card.style->period.empty()) periods.push_back(card.style->period);
  }
  std::sort(periods.begin(), periods.end());
  periods.erase(std::unique(periods.begin(), periods.end()), periods.end());

  report::HtmlPage page(title);
  page.markup(kPageStyle);
  page.figure(report::picture_data_uri(scene, kPagePicture, 85), "The photo that every style below paints.");
  std::string buttons;
  for (const std::string& period : periods) {
    buttons += "<button type=\"button\" aria-pressed=\"false\" data-period=\"" + escape_html(period) + "\">" +
               escape_html(period) + "</button>";
  }
  page.markup(
      "<div id=\"find\"><input type=\"search\" aria-label=\"Find styles\" "
      "placeholder=\"Find: hokusai, muted, 19th century ...\"><output></output></div>\n");
  page.markup("<div id=\"periods\">" + buttons + "</div>\n<div id=\"cards\">\n");
  for (const StyleCard& card : cards) page.markup(card_markup(card));
  page.markup("</div>\n");
  page.script(kFind);
  return page.str();
}

}  // namespace atelier::cli
