#include "generate/vocabulary.h"

#include <array>

namespace kaiku::generate {
namespace {

using Phrases = std::span<const std::string_view>;

constexpr std::string_view kPraiseFi[] = {
    "Ihan paras %, kiitos teille!",
    "% yllätti taas iloisesti, suosittelen kaikille.",
    "Kokeilin vihdoin % ja olen myyty.",
    "Iso kiitos % nopeasta toimituksesta!",
    "Kuka muu on sitä mieltä, että % on vuoden hankinta?",
    "Viikonlopun pelasti %, kerrankin kaikki toimi.",
};
constexpr std::string_view kComplaintFi[] = {
    "% oli pettymys, paketti on myöhässä jo kolmatta päivää.",
    "Miksi % ei vastaa asiakaspalvelussa?",
    "Taas kerran % ja sama ongelma. Ei enää ikinä.",
    "En suosittele: % veloitti kahdesti ja hyvitystä odotellaan.",
    "% nosti hintoja ja laatu laski, hieno yhdistelmä.",
    "Kolmas soitto ja % lupaa aina \"selvittää asiaa\".",
};
constexpr std::string_view kNeutralFi[] = {
    "% avasi uuden myymälän keskustaan.",
    "Kaupassa oli tarjolla % ja jotain muuta.",
    "Näin mainoksen: % ja uusi pakkaus.",
    "% kertoi tuloksestaan tänään.",
    "Töissä puhuttiin, että % vaihtaa toimittajaa.",
};
constexpr std::string_view kQuestionFi[] = {
    "Tietääkö joku, missä % on vielä varastossa?",
    "Onko % tulossa myös Tampereelle?",
    "Miten % eroaa viime vuoden mallista?",
    "Hei %, milloin tilaukset lähtevät?",
};
constexpr std::string_view kBugFi[] = {
    "% sovellus kaatuu, kun avaan tallennetun tilauksen.",
    "Päivityksen jälkeen % ei enää kirjaudu sisään.",
    "% näyttää väärän summan ostoskorissa, onko tiedossa?",
    "Kartta jää tyhjäksi, kun % avataan ilman verkkoa.",
};
constexpr std::string_view kPraiseSv[] = {
    "Helt underbart, % levererade redan nästa dag!",
    "% är bäst, punkt slut.",
    "Så nöjd med %, rekommenderas varmt.",
    "Tack % för snabb hjälp i dag!",
    "Äntligen fick jag prova % och jag är såld.",
};
constexpr std::string_view kComplaintSv[] = {
    "Besviken på %, paketet är fortfarande borta.",
    "Varför svarar % aldrig i kundtjänsten?",
    "% tog betalt två gånger, vad gör jag nu?",
    "Aldrig mer %, samma fel varje gång.",
    "Tredje veckan utan svar från %.",
};
constexpr std::string_view kNeutralSv[] = {
    "% öppnar en ny butik i Åbo.",
    "Såg reklam för % på bussen.",
    "% presenterade sin rapport i morse.",
    "Det pratades om % på jobbet i dag.",
};
constexpr std::string_view kQuestionSv[] = {
    "Var hittar man % just nu?",
    "Kommer % också till Vasa?",
    "Hej %, när skickas beställningarna?",
    "Hur skiljer sig % från förra modellen?",
};
constexpr std::string_view kBugSv[] = {
    "% appen kraschar när jag öppnar en sparad order.",
    "Efter uppdateringen kan % inte logga in.",
    "% visar fel summa i varukorgen, känt problem?",
    "Kartan är tom när % startas utan nät.",
};
constexpr std::string_view kPraiseEn[] = {
    "Honestly, % is the best thing I bought this year.",
    "% just made my week, thank you!",
    "Shout-out to % for the quick reply.",
    "Switched to % a month ago and never looked back.",
    "Finally tried %. Sold.",
    "Not sponsored, but % keeps surprising me.",
};
constexpr std::string_view kComplaintEn[] = {
    "Three weeks and % still has not shipped my order.",
    "Why does % never answer the phone?",
    "% charged me twice and support says \"we are looking into it\".",
    "Very disappointed with %, never again.",
    "Used to love %, but the quality is gone.",
    "Dear %, your newsletter has no way out.",
};
constexpr std::string_view kNeutralEn[] = {
    "% opens a second shop downtown.",
    "Saw the new % poster on the tram today.",
    "% published its results this morning.",
    "Reading about % and its supply chain.",
    "The panel on % starts at three.",
};
constexpr std::string_view kQuestionEn[] = {
    "Does anyone know where % is still in stock?",
    "Is % coming to Denmark too?",
    "Hi %, when do orders ship?",
    "How is % different from last year's model?",
};
constexpr std::string_view kBugEn[] = {
    "The % app crashes when I open a saved story.",
    "Since the update % does not let me log in.",
    "% shows a wrong total in the basket, is this known?",
    "Steps: start % offline, open the map, see nothing.",
    "% drains the battery in two hours on my phone.",
};

constexpr std::string_view kComparisonsFi[] = {
    "Toisaalta % hoiti saman paremmin.", "Vertailussa oli myös %.", "Kumpi voittaa, tämä vai %?"};
constexpr std::string_view kComparisonsSv[] = {
    "Å andra sidan gjorde % det bättre.", "Jämförde också med %.", "Vem vinner, den här eller %?"};
constexpr std::string_view kComparisonsEn[] = {
    "Then again, % did the same job for less.", "Compared it with % as well.", "This or %?"};

constexpr std::string_view kSmallTalkFi[] = {
    "Hyvää huomenta kaikille!",
    "Onpa kaunis ja kirkas yö, revontuliakin näkyy.",
    "Kirkastaa tummat sävyt, kokeilkaa vaikka.",
    "Bussi myöhässä taas.",
    "Kova tuuli kaatoi puun pihalle.",
    "Kahvia, kiitos.",
    "Miten joku voi pitää tästä biisistä?",
    "Merimies palasi kotiin.",
};
constexpr std::string_view kSmallTalkSv[] = {
    "God morgon alla!",
    "Kaffe, tack.",
    "Tåget är sent igen.",
    "Vilken match i går kväll!",
    "Någon som har tips på en bra frisör?",
};
constexpr std::string_view kSmallTalkEn[] = {
    "Good morning everyone!",
    "The bus is late again.",
    "What a match last night!",
    "I need more coffee than this mug can hold.",
    "Does anyone else hear that noise?",
    "Working from home with a cat on the keyboard.",
};

constexpr std::string_view kAfterthoughtsFi[] = {
    "Kuva ensi viikolla, jos muistan.",
    "Mitä mieltä te muut olette, onko tämä vain minun kokemukseni?",
    "Ostin oman lähikaupasta ja maksoin täyden hinnan, joten tämä ei ole maksettu mainos.",
    "Laitoin aiheesta pidemmän tekstin blogiin, linkki löytyy profiilista.",
    "Päivitän tänne, kun asia etenee.",
    "Naapurilla sama juttu, tuskin on sattumaa.",
};
constexpr std::string_view kAfterthoughtsSv[] = {
    "Bild kommer nästa vecka, om jag minns.",
    "Vad tycker ni andra, är det bara jag?",
    "Betalade fullt pris själv, så det här är ingen reklam.",
    "Skrev en längre text på bloggen, länken finns i profilen.",
    "Uppdaterar här när något händer.",
};
constexpr std::string_view kAfterthoughtsEn[] = {
    "Pictures next week, if I remember.",
    "What do you all think, is it just me?",
    "Paid full price for mine, so this is not an advertisement.",
    "Wrote a longer piece about it on my blog, the link is in my profile.",
    "Will update this thread once I hear more.",
    "My neighbour says the same, so it is hardly a coincidence.",
};

constexpr std::string_view kAnswersFi[] = {
    "Hei! Pahoittelut viiveestä, selvitän asian heti. Voisitko lähettää tilausnumerosi?",
    "Kiitos palautteesta, välitin sen eteenpäin. Hyvitys näkyy tilillä kolmen päivän sisällä.",
    "Vika on nyt korjattu, päivitä sovellus ja kokeile uudelleen.",
    "Moikka, toimitus on lähtenyt ja seurantakoodi tulee sähköpostiin.",
};
constexpr std::string_view kAnswersSv[] = {
    "Hej! Beklagar väntan, jag kollar genast. Kan du skicka ditt ordernummer?",
    "Tack för din återkoppling, pengarna syns på kontot inom tre dagar.",
    "Felet är åtgärdat, uppdatera appen och försök igen.",
};
constexpr std::string_view kAnswersEn[] = {
    "Hi there, sorry for the wait. Could you send us your order number?",
    "Thank you for letting us know, the refund is on its way and takes three days.",
    "This is fixed in the latest version, please update and try again.",
    "Hello! Your parcel left this morning, the tracking code is in your inbox.",
};
constexpr std::string_view kThanksFi[] = {"Kiitos, nyt toimii!", "Ok, odotellaan.", "Ei auttanut."};
constexpr std::string_view kThanksSv[] = {
    "Tack, nu funkar det!", "Okej, jag väntar.", "Hjälpte inte."};
constexpr std::string_view kThanksEn[] = {
    "Thanks, it works now!", "Okay, I will wait.", "That did not help."};

constexpr std::string_view kHashtags[] = {"#arvostelu",
                                          "#asiakaspalvelu",
                                          "#kundservice",
                                          "#review",
                                          "#fail",
                                          "#love",
                                          "#tampere",
                                          "#helsinki",
                                          "#sponsored",
                                          "#verkkokauppa",
                                          "#tipsa",
                                          "#bug"};
constexpr std::string_view kFillers[] = {
    "about", "again",  "aina", "alla",   "andra",  "bara",  "could", "does",  "eller", "että",
    "fick",  "finns",  "from", "från",   "good",   "have",  "ihan",  "ilman", "inte",  "into",
    "joku",  "joten",  "just", "kaikki", "kerran", "know",  "kuka",  "made",  "miksi", "minun",
    "missä", "mitä",   "more", "myös",   "need",   "never", "näin",  "någon", "något", "också",
    "olen",  "olette", "once", "onko",   "please", "same",  "samma", "sitä",  "some",  "still",
    "than",  "that",   "then", "there",  "thing",  "think", "this",  "tulee", "tämä",  "vain",
    "very",  "vielä",  "what", "when",   "where",  "will",  "with",  "your"};
constexpr std::string_view kEmoji[] = {
    "😀", "😂", "❤️", "🔥", "👍", "👎", "😡", "😭", "🎉", "🙏", "🤔", "👩‍🚀", "🇫🇮", "☕"};
constexpr std::string_view kFirstNames[] = {
    "anna",  "mikko", "sofia", "juhani", "elin",  "oskar", "helmi",  "eino",
    "aino",  "ville", "karin", "lars",   "emma",  "noah",  "olivia", "liam",
    "maya",  "jonas", "sanna", "petri",  "kaisa", "timo",  "ida",    "axel",
    "chris", "pat",   "robin", "kim",    "alex",  "sam",   "tuomas", "veera"};
constexpr std::string_view kCampaigns[] = {
    "spring", "midsummer", "back-to-school", "black-friday", "loyalty", "launch"};

struct NamedBrand {
  std::string_view id;
  std::string_view name;
  std::array<std::string_view, 4> aliases;
  std::string_view exclude;
};

constexpr NamedBrand kNamedBrands[] = {
    {"kirkas",
     "Kirkas Sparkling",
     {"kirkas", "kirkas sparkling", "@kirkasdrinks", "#kirkashetki"},
     "kirkas yö"},
    {"tuuli",
     "Tuuli Energia",
     {"tuuli", "tuuli energia", "@tuulienergia", "#tuulisähkö"},
     "kova tuuli"},
    {"lahde", "Lahde Vesi", {"lahde", "lähde vesi", "@lahdevesi", "#lahdetta"}, ""},
    {"meri",
     "Meri Cruises",
     {"meri", "meri cruises", "@mericruises", "#merellinen"},
     "sininen meri"},
    {"havu", "Havu Outdoor", {"havu", "havu outdoor", "@havuoutdoor", "#havupolku"}, ""},
    {"sointu", "Sointu Audio", {"sointu", "sointu audio", "@sointuaudio", "#soinnussa"}, ""},
    {"kajo", "Kajo Lamps", {"kajo", "kajo lamps", "@kajolamps", "#kajossa"}, ""},
    {"pyry", "Pyry Sports", {"pyry", "pyry sports", "@pyrysports", "#pyryssä"}, ""},
    {"vaahtera",
     "Vaahtera Foods",
     {"vaahtera", "vaahtera foods", "@vaahterafoods", "#vaahterasta"},
     ""},
    {"rinne", "Rinne Bikes", {"rinne", "rinne bikes", "@rinnebikes", "#rinteessä"}, ""},
    {"scoopwise",
     "Scoopwise Reader",
     {"scoopwise", "scoopwise reader", "@scoopwise", "#scoopwise"},
     ""},
    {"utula", "Utula Bank", {"utula", "utula bank", "@utulabank", "#utulassa"}, ""},
};

// "zovaqu", "zovare": a name per number, none of them a word.
std::string syllable_name(uint32_t number) {
  static constexpr std::string_view kSyllables[] = {"va",
                                                    "re",
                                                    "qu",
                                                    "no",
                                                    "ky",
                                                    "li",
                                                    "do",
                                                    "ze",
                                                    "mu",
                                                    "xa",
                                                    "pi",
                                                    "so",
                                                    "wy",
                                                    "ge",
                                                    "ro",
                                                    "ta"};
  std::string name = "z";
  name += "aeiouy"[number % 6];
  number /= 6;
  for (int i = 0; i < 3; ++i) {
    name += kSyllables[number % 16];
    number /= 16;
  }
  return name;
}

Brand brand_from(const NamedBrand& named) {
  Brand brand{std::string(named.id), std::string(named.name), {}, {}};
  brand.aliases.assign(named.aliases.begin(), named.aliases.end());
  if (!named.exclude.empty()) {
    brand.exclude.emplace_back(named.exclude);
  }
  return brand;
}

}  // namespace

const std::vector<std::string_view>& channel_names() {
  static const std::vector<std::string_view> kNames = {"x",
                                                       "facebook",
                                                       "instagram",
                                                       "reddit",
                                                       "forum",
                                                       "mastodon",
                                                       "youtube",
                                                       "github",
                                                       "google_play",
                                                       "news",
                                                       "email",
                                                       "chat",
                                                       "web"};
  return kNames;
}

std::string_view code_of(Language language) {
  static constexpr std::string_view kCodes[] = {"fi", "sv", "en"};
  return kCodes[static_cast<size_t>(language)];
}

Phrases phrases(Language language, Mood mood) {
  static constexpr Phrases kAll[kLanguages][kMoods] = {
      {kPraiseFi, kComplaintFi, kNeutralFi, kQuestionFi, kBugFi},
      {kPraiseSv, kComplaintSv, kNeutralSv, kQuestionSv, kBugSv},
      {kPraiseEn, kComplaintEn, kNeutralEn, kQuestionEn, kBugEn}};
  return kAll[static_cast<size_t>(language)][static_cast<size_t>(mood)];
}

Phrases comparisons(Language language) {
  static constexpr Phrases kAll[] = {kComparisonsFi, kComparisonsSv, kComparisonsEn};
  return kAll[static_cast<size_t>(language)];
}

Phrases small_talk(Language language) {
  static constexpr Phrases kAll[] = {kSmallTalkFi, kSmallTalkSv, kSmallTalkEn};
  return kAll[static_cast<size_t>(language)];
}

Phrases afterthoughts(Language language) {
  static constexpr Phrases kAll[] = {kAfterthoughtsFi, kAfterthoughtsSv, kAfterthoughtsEn};
  return kAll[static_cast<size_t>(language)];
}

Phrases answers(Language language) {
  static constexpr Phrases kAll[] = {kAnswersFi, kAnswersSv, kAnswersEn};
  return kAll[static_cast<size_t>(language)];
}

Phrases thanks(Language language) {
  static constexpr Phrases kAll[] = {kThanksFi, kThanksSv, kThanksEn};
  return kAll[static_cast<size_t>(language)];
}

Phrases hashtags() {
  return kHashtags;
}

Phrases filler_words() {
  return kFillers;
}

Phrases emoji() {
  return kEmoji;
}

Phrases first_names() {
  return kFirstNames;
}

Phrases campaigns() {
  return kCampaigns;
}

std::vector<Brand> make_brands(uint32_t count) {
  std::vector<Brand> brands;
  for (uint32_t i = 0; i < count; ++i) {
    if (i < std::size(kNamedBrands)) {
      brands.push_back(brand_from(kNamedBrands[i]));
      continue;
    }
    const std::string name = syllable_name(i - static_cast<uint32_t>(std::size(kNamedBrands)));
    Brand brand{name, name, {name, "@" + name + "hq", "#" + name + "fans"}, {}};
    brand.name[0] = 'Z';
    brands.push_back(std::move(brand));
  }
  return brands;
}

}  // namespace kaiku::generate
