// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/field.hpp>
#include <florin/wire/source.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace florin::wire {

namespace detail {

struct CountryCodes {
  std::string_view alpha2;
  std::string_view alpha3;
};

/// ISO 3166-1, and Kosovo with its user-assigned codes, in the order of alpha-2: each country's two
/// codes, one behind the other, in one text, which has no addresses to be relocated.
inline constexpr std::string_view countries =
    "ADANDAEAREAFAFGAGATGAIAIAALALBAMARMAOAGOAQATAARARGASASMATAUTAUAUSAWABWAXALA"
    "AZAZEBABIHBBBRBBDBGDBEBELBFBFABGBGRBHBHRBIBDIBJBENBLBLMBMBMUBNBRNBOBOLBQBES"
    "BRBRABSBHSBTBTNBVBVTBWBWABYBLRBZBLZCACANCCCCKCDCODCFCAFCGCOGCHCHECICIVCKCOK"
    "CLCHLCMCMRCNCHNCOCOLCRCRICUCUBCVCPVCWCUWCXCXRCYCYPCZCZEDEDEUDJDJIDKDNKDMDMA"
    "DODOMDZDZAECECUEEESTEGEGYEHESHERERIESESPETETHFIFINFJFJIFKFLKFMFSMFOFROFRFRA"
    "GAGABGBGBRGDGRDGEGEOGFGUFGGGGYGHGHAGIGIBGLGRLGMGMBGNGINGPGLPGQGNQGRGRCGSSGS"
    "GTGTMGUGUMGWGNBGYGUYHKHKGHMHMDHNHNDHRHRVHTHTIHUHUNIDIDNIEIRLILISRIMIMNININD"
    "IOIOTIQIRQIRIRNISISLITITAJEJEYJMJAMJOJORJPJPNKEKENKGKGZKHKHMKIKIRKMCOMKNKNA"
    "KPPRKKRKORKWKWTKYCYMKZKAZLALAOLBLBNLCLCALILIELKLKALRLBRLSLSOLTLTULULUXLVLVA"
    "LYLBYMAMARMCMCOMDMDAMEMNEMFMAFMGMDGMHMHLMKMKDMLMLIMMMMRMNMNGMOMACMPMNPMQMTQ"
    "MRMRTMSMSRMTMLTMUMUSMVMDVMWMWIMXMEXMYMYSMZMOZNANAMNCNCLNENERNFNFKNGNGANINIC"
    "NLNLDNONORNPNPLNRNRUNUNIUNZNZLOMOMNPAPANPEPERPFPYFPGPNGPHPHLPKPAKPLPOLPMSPM"
    "PNPCNPRPRIPSPSEPTPRTPWPLWPYPRYQAQATREREUROROURSSRBRURUSRWRWASASAUSBSLBSCSYC"
    "SDSDNSESWESGSGPSHSHNSISVNSJSJMSKSVKSLSLESMSMRSNSENSOSOMSRSURSSSSDSTSTPSVSLV"
    "SXSXMSYSYRSZSWZTCTCATDTCDTFATFTGTGOTHTHATJTJKTKTKLTLTLSTMTKMTNTUNTOTONTRTUR"
    "TTTTOTVTUVTWTWNTZTZAUAUKRUGUGAUMUMIUSUSAUYURYUZUZBVAVATVCVCTVEVENVGVGBVIVIR"
    "VNVNMVUVUTWFWLFWSWSMXKXKXYEYEMYTMYTZAZAFZMZMBZWZWE";
inline constexpr std::size_t country_size = 5;

constexpr CountryCodes country_at(std::size_t place) noexcept {
  const std::string_view codes = countries.substr(place * country_size, country_size);
  return {codes.substr(0, 2), codes.substr(2)};
}

/// For every pair of letters the place in `countries`, from 1 on; 0: no country.
inline constexpr auto country_places = [] {
  std::array<std::uint8_t, 26 * 26> places{};
  for (std::size_t i = 0; i * country_size < countries.size(); ++i) {
    const std::string_view code = country_at(i).alpha2;
    places[static_cast<std::size_t>((code[0] - 'A') * 26 + code[1] - 'A')] =
        static_cast<std::uint8_t>(i + 1);
  }
  return places;
}();

/// The codes of a country by its alpha-2 code in either letter case; empty for an unknown one.
constexpr CountryCodes country_of(std::string_view alpha2) noexcept {
  if (alpha2.size() != 2) return {};
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
  const char first = upper(alpha2[0]);
  const char second = upper(alpha2[1]);
  if (first < 'A' || first > 'Z' || second < 'A' || second > 'Z') return {};
  const auto place = country_places[static_cast<std::size_t>((first - 'A') * 26 + second - 'A')];
  return place == 0 ? CountryCodes{} : country_at(place - 1U);
}

}  // namespace detail

/// The ISO 3166-1 alpha-2 code in upper case of one in either letter case; empty for an unknown
/// one.
constexpr std::string_view alpha2_of(std::string_view alpha2) noexcept {
  return detail::country_of(alpha2).alpha2;
}

/// The alpha-3 code of an ISO 3166-1 alpha-2 code in either letter case; empty for an unknown one.
constexpr std::string_view alpha3_of(std::string_view alpha2) noexcept {
  return detail::country_of(alpha2).alpha3;
}

/// The alpha-2 code of an ISO 3166-1 alpha-3 code in upper case; empty for an unknown one.
constexpr std::string_view alpha2_of_alpha3(std::string_view alpha3) noexcept {
  if (alpha3.size() != 3) return {};
  for (std::size_t i = 0; i * detail::country_size < detail::countries.size(); ++i)
    if (detail::country_at(i).alpha3 == alpha3) return detail::country_at(i).alpha2;
  return {};
}

/// A country that goes out as three letters (`USA`), where the schema has two.
template <class Tag>
struct Alpha3 {
  static constexpr Field id = Tag::id;
  static constexpr FieldSet carried = Tag::carried;
  template <class Ctx>
  static constexpr Value read(const Ctx& context) noexcept {
    const std::string_view given = Tag::get(context.request);
    const std::string_view code = alpha3_of(given);
    return {.first = code.empty() ? given : code};  // of a record: what the processor has
  }
};

}  // namespace florin::wire
