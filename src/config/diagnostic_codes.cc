#include <algorithm>

#include "kaiku/config/diagnostic.h"

namespace kaiku::config {

const std::vector<CodeHelp>& diagnostic_codes() {
  static const std::vector<CodeHelp> codes{
      {"KA001",
       "not valid YAML",
       "The file cannot be read as YAML. Most often a bracket or a quote is not closed, or a value "
       "that holds \": \" or begins with @, ` or % "
       "needs quotes, or a # that begins a comment was meant as text."},
      {"KA002",
       "a tab in the indentation",
       "YAML takes blanks only. Most editors can be told to write blanks for the tab key."},
      {"KA003",
       "the text cannot be read",
       "The file is not UTF-8, holds a NUL byte, or is beyond a bound: 4 MiB, 64 levels, 200,000 "
       "values."},
      {"KA004",
       "not one document",
       "A pipeline file holds exactly one YAML document: no second one after ---, and not "
       "nothing."},
      {"KA005",
       "YAML that is not used here",
       "Tags (!!str), merge keys (<<) and aliases that contain themselves are refused: they hide "
       "what a file says. Anchors and aliases are fine."},
      {"KA006",
       "typographic quotes",
       "Only \" and ' quote. Others are part of the value; they often come from a word processor."},
      {"KA010",
       "a key is given twice",
       "YAML readers disagree which of the two holds. Remove one."},
      {"KA011",
       "the wrong kind of value",
       "The setting wants another kind of value. Whole numbers are written without a leading 0 "
       "(010 is 8 to some readers), truth is true or false (not yes or on), "
       "text that looks like another kind goes into quotes."},
      {"KA012",
       "something is missing",
       "The key is needed; there is no default that could be right."},
      {"KA013", "out of range", "The message names the range."},
      {"KA014",
       "unknown key",
       "The key is not known here. It may be misspelt or stand in the wrong section; nothing is "
       "ignored silently."},
      {"KA015", "not one of the choices", "The message names the choices."},
      {"KA016",
       "a time or a size",
       "Times and sizes carry their unit: 500ms, 30s, 10m, 12h, 7d; 64MiB, 1GiB. A bare number "
       "would leave the reader guessing."},
      {"KA017",
       "not a usable name",
       "Names of pipelines, sources and windows become part of topic names, so only what Kafka "
       "takes is allowed."},
      {"KA020",
       "a variable is not set",
       "Set it, or give a default: ${NAME:-default}. ${NAME:?message} tells the reader what to "
       "do."},
      {"KA021",
       "a variable is written wrong",
       "Write ${NAME}, ${NAME:-default}, ${NAME:?message} or ${file:path}; $$ is a dollar sign."},
      {"KA022",
       "a file cannot be read",
       "Paths are relative to the folder of the pipeline file. The system's reason is in the "
       "message."},
      {"KA023",
       "an override cannot be applied",
       "--set KEY=VALUE changes one value: --set time.lateness=1m, --set brands.0.id=kirkas."},
      {"KA031",
       "no such librdkafka property",
       "The name goes to librdkafka as it stands; the version in the message does not know it."},
      {"KA032",
       "librdkafka refuses the value",
       "The property exists, but its value is not one it takes."},
      {"KA033",
       "a property that kaiku sets",
       "Exactly-once depends on it, so it is not the user's. The message says why."},
      {"KA034",
       "the log is not complete",
       "kind: kafka needs log.common with bootstrap.servers; servers without kind: kafka are a "
       "slip."},
      {"KA040",
       "a mapping is wrong",
       "pipelines/README.md has the forms a field may take. event_id, type and channel are needed "
       "in every mapping."},
      {"KA041",
       "no such mapping",
       "A mapping is a shipped one by name, a path that ends in .yaml, or the fields themselves."},
      {"KA042",
       "no such canonical field",
       "Fields have fixed names; pipelines/README.md lists them."},
      {"KA050",
       "the brand catalogue is wrong",
       "Ids are unique and do not begin with _. An alias has at least one letter or digit. A "
       "source's brand has to be one of the catalogue."},
      {"KA051",
       "the channels or markets are wrong",
       "A name in records belongs to one channel only, and * to one channel. A market compares "
       "brands of the catalogue, which are in no other at that time; two lists of one market "
       "differ "
       "in valid_from."},
      {"KA052",
       "a window is wrong",
       "A size is whole minutes, an advance divides it, a time zone goes with whole days, and "
       "retention is at least final_after."},
      {"KA053",
       "topics collide",
       "Every topic has one purpose. With several windows the topic of the aggregates holds "
       "{window}."},
      {"KA054",
       "money cannot be converted",
       "The currency is a code of ISO 4217; rates are CSV with the header "
       "currency,date,rate."},
      {"KA055",
       "times that cannot go together",
       "A late copy has to be known for a copy still: dedup.horizon covers time.lateness and "
       "time.out_of_orderness."},
      {"KA056",
       "workers without work",
       "A shard is worked on by one worker, so more workers than shards have nothing to do."},
      {"KA057",
       "a setting without effect",
       "keyed_by and partitioner describe the producer of a direct source; outputs.items describes "
       "what items.publish publishes."},
      {"KA058",
       "conversations that cannot be followed",
       "Hours are `mon-fri 09:00-17:00`, a holiday is a date, a target names a channel of the "
       "pipeline."},
      {"KA059",
       "a price list that cannot be used",
       "Prices are CSV with the header price,brand,channel,valid_from,amount; brands and channels "
       "are ids of the catalogues, or * for any."},
      {"KA060",
       "a test is wrong",
       "A test has a name, input (records under the name of their source, with the time, partition "
       "and key they have in its topic if that matters) and expect (records of an output and what "
       "they contain)."},
      {"KA061",
       "journeys that cannot be followed",
       "Keys are of the kinds customer, click, coupon and campaign; what is nobody's key is a text "
       "of its own."},
      {"KA062",
       "signals that cannot be looked for",
       "A host is kirkas.fi, without https:// and path. A confidential phrase is its NAME and the "
       "HASH that kaiku phrase makes of its words."},
      {"KA063",
       "a source that cannot be watched",
       "expect_every goes with routed sources: the partitions of a direct one have no progress of "
       "their own."},
      {"KA064",
       "confidential phrases without a key",
       "Their hashes are worth something only with a key that nobody can compute: name a key_file, "
       "and make them again with it."},
      {"KA065",
       "campaigns or business figures that cannot be counted",
       "A campaign has a brand of the catalogue, ids of its own, steps with different names, and a "
       "period with both ends or none. business.figures are cancellations, leads, opportunities, "
       "subscriptions, visits and promotions."},
      {"KA066",
       "topics or feedback that cannot be found",
       "Topics have aliases as brands have; labels of products and aspects do not begin with _."},
      {"KA067",
       "a comparison that cannot be made",
       "A comparison names a brand of the catalogue, a day, and what is counted; visits and leads "
       "have to be counted by business.figures."},
      {"KA068",
       "figures that would tell of few people",
       "With privacy.min_cell there is one window, and it does not hop: from windows that overlap, "
       "and from what is counted beside brands, figures of few people could be computed. Name the "
       "one window, such as `windows: {day: {size: 1d}}`, and leave out `markets`, `campaigns`, "
       "`comparisons`, `topics`, `feedback` and `signals`."},
      {"KA069",
       "restricted channels without effect",
       "A restricted channel is one of `channels`. With privacy.min_cell every channel is "
       "restricted; where all are, the stream of items and its topic stay empty."},
      {"KA070",
       "the key follows from the name",
       "Ids are placed on shards by a keyed hash. Without key_file the key can be computed by "
       "anybody who knows the pipeline's name, and ids can be aimed at one shard. "
       "Fine for trying out; set key_file where strangers write the input. A store cannot change "
       "its key."},
      {"KA071",
       "an alias of several brands",
       "An item that holds it counts for all of them. That is rarely meant: use longer aliases or "
       "exclude phrases."},
      {"KA073",
       "a target or calendar that holds for nothing",
       "brand is the id of a brand of the catalogue; valid_from is a date, 2026-12-06, or a time, "
       "2026-12-06T08:00:00Z. What holds when a conversation is opened decides for it."},
      {"KA098", "kaiku failed", "A bug of kaiku, not of the file."},
      {"KA099", "more of them", "The first 50 are shown."},
  };
  return codes;
}

const CodeHelp* find_code(std::string_view code) {
  const auto& codes = diagnostic_codes();
  const auto at = std::find_if(
      codes.begin(), codes.end(), [code](const CodeHelp& each) { return each.code == code; });
  return at == codes.end() ? nullptr : &*at;
}

}  // namespace kaiku::config
