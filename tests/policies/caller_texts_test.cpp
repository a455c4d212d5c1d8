// SPDX-License-Identifier: Apache-2.0
// Every text that a caller gives, at every policy and in every operation that has a place for it,
// replaced by texts of somebody who means harm: it is refused by its name, or readers that share
// nothing with the library find exactly this text in exactly its place and all else unchanged. And
// every limit of every text, in the unit in which it is counted.
#include <florin/testing/detail/parameters.hpp>

#include <boost/beast/core/detail/base64.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fuzz/subjects.hpp"
#include "testing/all_processors.hpp"

BOOST_AUTO_TEST_SUITE(policies_caller_texts)
namespace {

using florin::EncodedRequest;
using florin::Errc;
using florin::Error;
using florin::Field;
using florin::FieldSet;
using florin_fuzz::Scene;
using florin_fuzz::Subject;
using florin_test::RequestText;
using std::string;
using std::string_view;

/// A text that a caller gives.
struct Slot {
  string name;
  string_view& (*at)(Scene&, std::size_t number);
  std::size_t number = 0;
  string_view usual;
  string_view other;  ///< as good as the usual one
  std::optional<Field> field{};
  string blamed{};  ///< what an error says where it is no field
  Errc code = Errc::invalid_field;
};

constexpr string_view email = "ana@example.com";

/// What is not there for every request: see `scene_for`.
constexpr string_view cleared_key = "a metadata key to be removed";

/// Two credentials of a name that are as good as each other.
std::pair<string_view, string_view> usual_credentials(string_view name, std::size_t number) {
  if (name == "testmode") return {"true", "false"};
  if (name == "shared_secret") return {"bm90ZQ==", "Tk9URQ=="};  // base64
  static constexpr std::array<string_view, 4> usual{"note0", "note1", "note2", "note3"};
  static constexpr std::array<string_view, 4> other{"noteA", "noteB", "noteC", "noteD"};
  return {usual.at(number), other.at(number)};
}

/// Two metadata keys of a connector that are as good as each other.
std::pair<string_view, string_view> usual_keys(string_view connector) {
  if (connector == "cybersource") return {"data1", "data2"};
  if (connector == "nmi") return {"1", "2"};
  return {"note3", "note4"};
}

std::vector<Slot> slots_of(const Subject& subject) {
  std::vector<Slot> all;
  const auto field_at = [](Scene& scene, std::size_t number) -> string_view& {
    return scene.texts[number];
  };
  const auto field = [&](Field which, string_view usual, string_view other) {
    all.push_back(
        {string{to_string(which)}, field_at, static_cast<std::size_t>(which), usual, other, which});
  };
  field(Field::merchant_customer_id, "m-1001", "m-1002");
  field(Field::email, email, "bea@example.com");
  field(Field::name, "Ana Example", "Bea Example");
  field(Field::given_name, "Ana", "Bea");
  field(Field::family_name, "Example", "Instance");
  field(Field::phone, "+15555550100", "+15555550101");
  field(Field::description, "Premium", "Basic");
  field(Field::address_line1, "1 Example Street", "2 Example Street");
  field(Field::address_line2, "Flat 2", "Flat 3");
  field(Field::address_city, "Springfield", "Shelbyville");
  field(Field::address_state, "IL", "CA");
  field(Field::address_zip, "62701", "62702");
  field(Field::address_country, "US", "DE");
  const auto [key, other_key] = usual_keys(subject.connector);
  all.push_back({"a metadata key",
                 [](Scene& scene, std::size_t) -> string_view& { return scene.metadata[0].key; }, 0,
                 key, other_key, Field::metadata});
  all.push_back({"a metadata value",
                 [](Scene& scene, std::size_t) -> string_view& { return scene.metadata[0].value; },
                 0, "gold", "silver", Field::metadata});
  if (subject.changes)
    all.push_back(
        {string{cleared_key},
         [](Scene& scene, std::size_t) -> string_view& { return scene.metadata_cleared[0]; }, 0,
         "note5", "note6", Field::metadata});
  all.push_back({"connector_customer_id",
                 [](Scene& scene, std::size_t) -> string_view& { return scene.id; }, 0, "cus_1001",
                 "cus_1002", std::nullopt, "connector_customer_id"});
  if (subject.finds)
    all.push_back({"page", [](Scene& scene, std::size_t) -> string_view& { return scene.page; }, 0,
                   "7001", "7002", std::nullopt, "page"});
  all.push_back(
      {"idempotency_key", [](Scene& scene, std::size_t) -> string_view& { return scene.key; }, 0,
       "key0000001001", "key0000001002", std::nullopt, "", Errc::invalid_idempotency_key});
  all.push_back(
      {"access_token", [](Scene& scene, std::size_t) -> string_view& { return scene.token; }, 0,
       "token-1001", "token-1002", std::nullopt, "access token", Errc::invalid_credentials});
  all.push_back({"host", [](Scene& scene, std::size_t) -> string_view& { return scene.host; }, 0,
                 "one.example:8443", "two.example:8443", std::nullopt, "the host",
                 Errc::invalid_options});
  if (!subject.signature.empty())
    all.push_back({"salt", [](Scene& scene, std::size_t) -> string_view& { return scene.salt; }, 0,
                   "saltsalt1", "saltsalt2", std::nullopt, "the salt", Errc::invalid_options});
  if (subject.takes_payment_token)
    all.push_back({"payment_token",
                   [](Scene& scene, std::size_t) -> string_view& { return scene.payment_token; }, 0,
                   "payment-1001", "payment-1002", std::nullopt, "payment_token",
                   Errc::invalid_options});
  for (std::size_t i = 0; i < subject.credentials.size(); ++i) {
    const string name{subject.credentials[i]};
    const auto [usual, other] = usual_credentials(name, i);
    all.push_back({"the credential " + name,
                   [](Scene& scene, std::size_t number) -> string_view& {
                     return scene.credentials.at(number);
                   },
                   i, usual, other, std::nullopt, name, Errc::invalid_credentials});
  }
  return all;
}

/// A request that has all that it takes to give the text of a slot, and as much else as possible.
Scene scene_for(const Subject& subject, const Slot& wanted) {
  Scene scene;
  scene.metadata.push_back({});
  if (wanted.name == cleared_key) scene.metadata_cleared.push_back({});
  for (const Slot& slot : slots_of(subject))
    if (slot.name != cleared_key || wanted.name == cleared_key)
      slot.at(scene, slot.number) = slot.usual;
  if (subject.follows_links && wanted.name != "page") scene.page = {};
  if (!subject.host_credential.empty() && wanted.blamed == subject.host_credential) scene.host = {};
  const bool in_parts = wanted.field == Field::given_name || wanted.field == Field::family_name;
  for (const Field other : {Field::name, Field::given_name, Field::family_name})
    if ((other == Field::name) == in_parts) scene.texts[static_cast<std::size_t>(other)] = {};
  scene.has_current = subject.changes;
  if (scene.has_current) {
    scene.present = "present";
    scene.present_metadata.push_back({usual_keys(subject.connector).first, "bronze"});
  }
  return scene;
}

/// Whether an error blames what is at fault, and not something else.
bool blames(const Error& error, const Slot& slot) {
  if (slot.field) {
    if (error.code != Errc::invalid_field && error.code != Errc::missing_field) return false;
    for (const FieldSet alike :
         {florin::name_fields, FieldSet{Field::address_line1, Field::address_line2}})
      if (alike.contains(*slot.field) && error.field && alike.contains(*error.field)) return true;
    // What limits a map as a whole names the map, although the reference is a part of it.
    if (slot.field == Field::merchant_customer_id && error.field == Field::metadata)
      return error.reason.ends_with(" as JSON");
    return error.field == slot.field;
  }
  if (error.code == Errc::invalid_credentials && slot.code == Errc::invalid_credentials)
    return error.reason.find("the " + slot.blamed) != string_view::npos ||
           error.reason.find("the credential " + slot.blamed) != string_view::npos ||
           error.reason.find("the credential of " + slot.blamed) != string_view::npos ||
           error.reason == "the user name of Basic has a colon" || error.param == slot.blamed ||
           (slot.blamed == "shared_secret" && error.reason.starts_with("the secret that signs"));
  if (slot.code == Errc::invalid_field)
    return (error.code == Errc::invalid_field || error.code == Errc::missing_field) &&
           error.param == slot.blamed;
  return error.code == slot.code &&
         (error.reason.find(slot.blamed) != string_view::npos || error.param == slot.blamed);
}

constexpr string_view opened_mark = "opened: ";

/// What stands behind `Basic `, opened; any other value as it is.
string opened(const string& value) {
  constexpr string_view basic = "Basic ";
  if (!value.starts_with(basic)) return value;
  string plain(boost::beast::detail::base64::decoded_size(value.size() - basic.size()), '\0');
  const auto [written, read] = boost::beast::detail::base64::decode(
      plain.data(), value.data() + basic.size(), value.size() - basic.size());
  plain.resize(written);
  return string{opened_mark} + plain;
}

/// The first two parts of a JSON Web Token, opened; none: it is no such token.
std::vector<boost::json::object> opened_token(const string& value) {
  constexpr string_view bearer = "Bearer ";
  std::vector<boost::json::object> parts;
  const std::size_t first = value.find('.');
  const std::size_t second = value.find('.', first + 1);
  if (!value.starts_with(bearer) || second == string::npos) return parts;
  for (string part : {value.substr(bearer.size(), first - bearer.size()),
                      value.substr(first + 1, second - first - 1)}) {
    std::replace(part.begin(), part.end(), '-', '+');
    std::replace(part.begin(), part.end(), '_', '/');
    while (part.size() % 4 != 0) part += '=';
    parts.push_back(
        boost::json::parse(opened("Basic " + part).substr(opened_mark.size())).as_object());
  }
  return parts;
}

/// What each header has to say: what it says in the usual request, with one text in place of
/// another where it holds that.
string with(string value, string_view usual, string_view text) {
  const std::size_t at = value.find(usual);
  if (at != string::npos) value.replace(at, usual.size(), text);
  return value;
}

/// One slot of one operation.
class Attack {
 public:
  Attack(const Subject& subject, const Slot& slot)
      : subject_(subject), slot_(slot), scene_(scene_for(subject, slot)) {
    if (const auto refusal = encode(slot.usual, usual_)) {
      refused_ = refusal->what();
      return;
    }
    EncodedRequest other;
    carried_ = encode(slot.other, other).has_value() || other.bytes() != usual_.bytes();
  }

  /// The usual request is refused: the policy does not offer this slot.
  [[nodiscard]] const string& refused() const noexcept { return refused_; }
  /// Whether the text is sent.
  [[nodiscard]] bool carried() const noexcept { return carried_; }
  [[nodiscard]] std::size_t count() const noexcept { return taken_ + declined_; }
  [[nodiscard]] std::size_t taken() const noexcept { return taken_; }

  std::optional<Error> encode(string_view text, EncodedRequest& out) {
    slot_.at(scene_, slot_.number) = text;
    return subject_.encode(scene_, out);
  }

  /// \return whether the text was taken.
  bool attempt(string_view text) {
    const auto refusal = encode(text, out_);
    if (refusal) {
      ++declined_;
      if (!blames(*refusal, slot_)) fault(text, "blames something else: " + refusal->what());
      return false;
    }
    ++taken_;
    if (!carried_) {
      if (out_.bytes() != usual_.bytes()) fault(text, "changes a request that has no place for it");
      return true;
    }
    // The body and the target are read by `encode_checked`.
    const RequestText usual = florin_test::request_text(usual_.bytes());
    const RequestText request = florin_test::request_text(out_.bytes());
    // A text of blanks is none.
    if (request.headers.size() != usual.headers.size()) {
      fault(text, "changes the headers");
      return true;
    }
    for (std::size_t i = 0; i < usual.headers.size(); ++i) {
      const auto& [name, value] = request.headers[i];
      const auto& [usual_name, usual_value] = usual.headers[i];
      if (name != usual_name) fault(text, "changes the headers");
      if (name == "Content-Length") continue;
      if (name == "Authorization" && !subject_.signature.empty()) {
        check_token(request, value, usual_value, text);
      } else if (name == subject_.signature) {
        if (value.size() != usual_value.size()) fault(text, "changes the signature's form");
      } else if (const string said = opened(value); said != opened(usual_value)) {
        if (slot_.field || said != with(opened(usual_value), slot_.usual, text))
          fault(text, "changes the header " + name);
      }
    }
    return true;
  }
  /// Tries texts, each within the usual one and by itself. What is taken together is not tried
  /// piece by piece.
  void attempt_all(const std::vector<string>& texts) {
    string together;
    for (const auto& text : texts) together += text;
    if (attempt(within(together))) return;
    for (const auto& text : texts) {
      attempt(within(text));
      attempt(text);
    }
  }
  [[nodiscard]] string within(string_view text) const {
    const std::size_t middle = std::min<std::size_t>(2, slot_.usual.size());
    return string{slot_.usual.substr(0, middle)}.append(text).append(slot_.usual.substr(middle));
  }

  [[nodiscard]] string name() const {
    return string{subject_.connector} + ' ' + string{subject_.operation} + ": " + slot_.name;
  }

 private:
  /// A token says what the usual one does, with the text in its place, and what is signed with it.
  void check_token(const RequestText& request, const string& value, const string& usual_value,
                   string_view text) const {
    const auto parts = opened_token(value);
    const auto usual_parts = opened_token(usual_value);
    bool good = parts.size() == 2 && usual_parts.size() == 2 &&
                value.size() - value.rfind('.') == usual_value.size() - usual_value.rfind('.');
    for (std::size_t part = 0; good && part < 2; ++part) {
      good = parts[part].size() == usual_parts[part].size();
      for (const auto& member : usual_parts[part]) {
        const auto* said = parts[part].if_contains(member.key());
        if (said == nullptr || !said->is_string() || !member.value().is_string()) {
          good = good && said != nullptr && *said == member.value();
          continue;
        }
        const string_view name = member.key();
        string wanted{member.value().get_string()};
        if (name == "digest") {
          good = good && said->get_string().size() == wanted.size();
          continue;
        }
        if (name == "request-resource-path") {
          const std::size_t from = request.line.find(' ') + 1;
          wanted = request.line.substr(from, request.line.find_first_of("? ", from) - from);
        } else if (name == "request-host") {
          const string host = request.header("Host");
          wanted = host.substr(0, host.rfind(':'));
        } else if (!slot_.field) {
          wanted = with(wanted, slot_.usual, text);
        }
        good = good && said->get_string() == wanted;
      }
    }
    if (!good) fault(text, "changes what the token says");
  }
  void fault(string_view text, const string& what) const {
    string shown;
    for (const char c : text.substr(0, 40)) {
      constexpr string_view hex = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(c);
      if (c >= ' ' && c < '\x7f') {
        shown += c;
      } else {
        shown.append("\\x").append(1, hex[byte >> 4U]).append(1, hex[byte & 15U]);
      }
    }
    BOOST_ERROR(name() << " as \"" << shown << "\" " << what);
  }

  const Subject& subject_;
  const Slot& slot_;
  Scene scene_;
  EncodedRequest usual_;
  EncodedRequest out_;
  string refused_;
  bool carried_ = false;
  std::size_t taken_ = 0;
  std::size_t declined_ = 0;
};

std::vector<string> bytes(unsigned from, unsigned to) {
  std::vector<string> all;
  for (unsigned byte = from; byte <= to; ++byte) all.emplace_back(1, static_cast<char>(byte));
  return all;
}

/// Texts that a body may well hold, and a header, a path or a name hardly ever.
std::vector<std::vector<string>> doubtful() {
  std::vector<string> controls = bytes(0x01, 0x1f);
  controls.emplace_back("\x7f");
  controls.emplace_back("\r\nX-Forged: 1\r\n");
  controls.emplace_back("\r\n\r\nPOST / HTTP/1.1\r\n");
  return {controls,
          {"&", "=", "[", "]", "%", "\"", "'", "\\", "/", "?", "#", "+", ";", ":",
           ",", "{", "}", "<", ">", "|",  "^", "`",  "$", "!", "*", "(", ")", "~"},
          {"&email=x@example.org",
           "=&a=",
           "[x]",
           "][",
           "%00",
           "%0d%0aX: 1",
           "%2e%2e%2f",
           "%",
           "..",
           "../",
           "/../",
           "./",
           "?a=b",
           "#f",
           "\",\"email\":\"x",
           "\\\",\"a\":\"",
           "\\u0000",
           "\\",
           "\"}",
           "{{id}}",
           "' OR '1'='1",
           "merchant_customer_id",
           "metadata[a]",
           "a.b[0]"},
          {"\xC3\xA9", "\xC2\x85", "\xE2\x80\xA8", "\xE6\xBC\xA2", "\xEF\xBB\xBF", "\xEF\xBF\xBF",
           "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF"}};
}

/// What is no text anywhere.
std::vector<string> malformed() {
  std::vector<string> all = bytes(0x80, 0xff);
  all.emplace_back(1, '\0');
  for (const string_view text :
       {"\xC0\x80", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\xAF", "\xE0\x9F\xBF", "\xF0\x80\x80\xAF",
        "\xF0\x8F\xBF\xBF", "\xED\xA0\x80", "\xED\xBF\xBF", "\xED\xA0\xBD\xED\xB8\x80",
        "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xE2\x82", "\xF0\x9F\x98", "\xC3\x28",
        "\xE2\x28\xA1", "\xC3\xA9\x80", "\x80\xC3\xA9"})
    all.emplace_back(text);
  return all;
}

/// The limit of a slot, in each unit.
class Measure {
 public:
  static constexpr std::size_t most = 25'000;
  static constexpr std::size_t widths = 4;

  Measure(const Slot& slot, Attack& attack) : slot_(slot), attack_(attack) {
    for (std::size_t width = 1; width <= widths; ++width) measure(width);
  }

  /// So many characters of 1 to 4 bytes are taken, and not one more; no value: none of these
  /// characters is; `most`: there is no limit.
  [[nodiscard]] const std::optional<std::size_t>& operator[](std::size_t width) const {
    return found_.at(width - 1);
  }
  /// The longest text that was taken.
  [[nodiscard]] string longest(std::size_t width) const {
    return sized(*found_.at(width - 1), width);
  }
  [[nodiscard]] std::size_t tried() const noexcept { return tried_; }

 private:
  /// A text of `size` characters, each of `width` bytes as far as its form allows.
  [[nodiscard]] string sized(std::size_t size, std::size_t width) const {
    constexpr std::array<string_view, widths> characters{"a", "\xC3\xA9", "\xE6\xBC\xA2",
                                                         "\xF0\x9F\x98\x80"};
    const bool is_email = slot_.field == Field::email;
    constexpr string_view domain = "@b.example";
    string_view character = characters.at(width - 1);
    if (slot_.field == Field::phone && width == 1) character = "5";
    string text;
    const std::size_t rest = is_email && size > domain.size() ? domain.size() : 0;
    for (std::size_t i = rest; i < size; ++i) text += character;
    return rest == 0 ? text : text.append(domain);
  }
  bool takes(std::size_t size, std::size_t width) {
    ++tried_;
    EncodedRequest out;
    const auto refusal = attack_.encode(sized(size, width), out);
    if (refusal && !blames(*refusal, slot_))
      BOOST_ERROR(attack_.name() << " of " << size << " characters of " << width
                                 << " bytes: " << refusal->what());
    return !refusal.has_value();
  }
  void measure(std::size_t width) {
    std::size_t good = 0;
    for (std::size_t size = 1; size <= 16 && good == 0; ++size)
      if (takes(size, width)) good = size;
    if (good == 0) return;
    std::size_t bad = most + 1;
    // Nearly always it is the same number of characters.
    const std::size_t guess = width == 1 ? most : *found_.front();
    if (guess > good && takes(guess, width)) good = guess;
    if (good == guess && guess < most && !takes(guess + 1, width)) bad = guess + 1;
    if (good == most) bad = most + 1;
    while (bad - good > 1) {
      const std::size_t middle = good + (bad - good) / 2;
      (takes(middle, width) ? good : bad) = middle;
    }
    found_.at(width - 1) = good;
  }

  const Slot& slot_;
  Attack& attack_;
  std::array<std::optional<std::size_t>, widths> found_{};
  std::size_t tried_ = 0;
};

/// What the description of a processor says of the parameter of a create in which `text` stands; 0:
/// no limit. It is written from the processor's documents and knows no policy.
std::size_t described_limit(const florin::testing::Processor& processor, string_view path,
                            string_view body, string_view text, bool of_key) {
  namespace detail = florin::testing::detail;
  for (const auto& action : processor.actions) {
    if (action.operation != florin::testing::Operation::create || action.path != path) continue;
    auto parameters = action.body == florin::testing::Body::json ? detail::decode_json(body)
                                                                 : detail::decode_form(body);
    BOOST_TEST_REQUIRE(parameters.has_value());
    for (const auto& map : action.maps) BOOST_TEST(detail::name_entries(map, *parameters));
    std::size_t limit = 0;
    for (const auto& parameter : *parameters) {
      for (const auto& map : action.maps)
        if (const auto key = detail::map_key(detail::notation_of(action.body, map), map.prefix,
                                             parameter.name)) {
          if (of_key && *key == text) limit = map.max_key;
          if (!of_key && parameter.value == text) limit = map.max_value;
        }
      if (of_key || parameter.value != text) continue;
      for (const auto& field : action.fields)
        if (field.name == parameter.name && field.max_length != 0) limit = field.max_length;
    }
    return limit;
  }
  return 0;
}

struct Throwing {
  Throwing() {
    florin_fuzz::on_broken_property = [](const char* property) {
      throw std::logic_error{property};
    };
  }
  ~Throwing() { florin_fuzz::on_broken_property = florin_fuzz::end_process; }
};

}  // namespace

BOOST_AUTO_TEST_CASE(arrive_as_they_are_or_are_refused_by_name) {
  const Throwing throwing;
  const auto groups = doubtful();
  const auto no_texts = malformed();
  std::size_t count = 0;
  std::size_t taken = 0;
  std::size_t places = 0;
  const auto all = florin_fuzz::subjects();
  for (const Subject& subject : all)
    for (const Slot& slot : slots_of(subject)) {
      try {
        Attack attack{subject, slot};
        // Not every policy has something to be removed.
        BOOST_TEST((attack.refused().empty() || slot.name == cleared_key),
                   attack.name() << ": " << attack.refused());
        if (!attack.refused().empty()) continue;
        if (!attack.carried()) {
          for (const string text : {"\r\n", "&", "\xFF"}) attack.attempt(attack.within(text));
        } else {
          ++places;
          for (const auto& group : groups) attack.attempt_all(group);
          for (const auto& text : no_texts)
            if (attack.attempt(attack.within(text)))
              BOOST_ERROR(attack.name() << " takes what is no text");
        }
        count += attack.count();
        taken += attack.taken();
      } catch (const std::exception& broken) {
        BOOST_ERROR(subject.connector << ' ' << subject.operation << ": " << slot.name << ": "
                                      << broken.what());
      }
    }
  BOOST_TEST_MESSAGE(all.size() << " operations, " << places << " texts of callers, " << count
                                << " requests: " << taken << " encoded, " << count - taken
                                << " refused");
  BOOST_TEST(places > 31u * 20u);
  BOOST_TEST(taken > places);
}

BOOST_AUTO_TEST_CASE(are_taken_up_to_their_limits_in_the_unit_that_the_processor_counts) {
  const Throwing throwing;
  std::size_t limits = 0;
  std::size_t described_limits = 0;
  std::size_t tried = 0;
  for (const Subject& subject : florin_fuzz::subjects())
    for (const Slot& slot : slots_of(subject)) {
      Attack attack{subject, slot};
      if (!attack.refused().empty() || !attack.carried()) continue;
      const Measure measure{slot, attack};
      tried += measure.tried();
      BOOST_TEST_CONTEXT(attack.name()) {
        if (!measure[1]) continue;  // a country
        const std::size_t limit = *measure[1];
        if (limit < Measure::most) ++limits;
        // All processors count characters, where they say what they count, but for Mollie.
        const bool in_bytes =
            subject.connector == "mollie" && limit < Measure::most &&
            (slot.field == Field::metadata || slot.field == Field::merchant_customer_id);
        for (std::size_t width = 2; width <= Measure::widths; ++width)
          if (measure[width]) BOOST_TEST(*measure[width] == (in_bytes ? limit / width : limit));
        if (!slot.field) {
          // Florin's own limits, in bytes.
          if (slot.name == "connector_customer_id") BOOST_TEST(limit == 255u);
          if (slot.name == "page") BOOST_TEST(limit == 2048u);
          continue;
        }
        if (subject.finds) BOOST_TEST(limit <= florin::detail::max_filter);
        const std::size_t declared = subject.max_length[static_cast<std::size_t>(*slot.field)];
        if (declared != florin::wire::unlimited) BOOST_TEST(limit == declared);
        if (!subject.makes) continue;
        const auto processor = florin_test::processor_named(subject.connector);
        BOOST_TEST(processor.has_value());
        if (!processor) continue;
        EncodedRequest out;
        const string text = measure.longest(1);
        BOOST_TEST_REQUIRE(!attack.encode(text, out).has_value());
        const std::size_t described = described_limit(*processor, subject.path, out.body(), text,
                                                      slot.name == "a metadata key");
        if (described != 0) BOOST_TEST(limit == described);
        if (described != 0) ++described_limits;
      }
    }
  BOOST_TEST_MESSAGE(limits << " limits, " << described_limits
                            << " of which the descriptions have, " << tried << " requests");
  BOOST_TEST(limits > 100u);
  BOOST_TEST(described_limits > 50u);
}

BOOST_AUTO_TEST_SUITE_END()
