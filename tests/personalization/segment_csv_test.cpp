#include "atelier/personalization/segment_csv.h"

#include <gtest/gtest.h>

#include "atelier/core/error.h"

namespace atelier::personalization {
namespace {

const std::vector<std::string> kStyles = {"monet-lilies", "hokusai-wave", "a, \"b\""};

SegmentTable parse(std::string_view text) {
  return parse_segment_csv(text, "log.csv", kStyles);
}

struct Fault {
  std::string text, id, message;
};

void expect_fault(const Fault& fault) {
  try {
    parse(fault.text);
    ADD_FAILURE() << "accepted: " << fault.text;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::BadData);
    EXPECT_EQ(error.id(), "segments." + fault.id) << fault.text << "\n" << error.what();
    EXPECT_NE(std::string(error.what()).find(fault.message), std::string::npos)
        << error.what() << "\nlacks: " << fault.message;
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
  }
}

TEST(SegmentCsv, ReadsRatingsInAnyOrderOfColumns) {
  const auto table = parse("Style,extra,RATING,user\nmonet-lilies,x,4.5,ana\nhokusai-wave,,1,ben\n");
  EXPECT_EQ(table.kind, SegmentData::Ratings);
  EXPECT_FALSE(table.declared);
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(table.rows[0].user, "ana");
  EXPECT_EQ(table.rows[0].style, "monet-lilies");
  EXPECT_EQ(table.rows[0].rating, 4.5);
  EXPECT_EQ(table.rows[1].user, "ben");
}

TEST(SegmentCsv, ReadsWhatSpreadsheetsWrite) {
  const auto table = parse(
      "\xEF\xBB\xBFuser,style,rating\r\n\"Ana, \"\"the\"\" first\" , \"a, \"\"b\"\"\",5\r\n\r\n  \xC3\x89va "
      ",monet-lilies , 3 ");
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(table.rows[0].user, "Ana, \"the\" first");
  EXPECT_EQ(table.rows[0].style, "a, \"b\"");
  EXPECT_EQ(table.rows[1].user, "\xC3\x89va");
  EXPECT_EQ(table.rows[1].rating, 3);
}

TEST(SegmentCsv, ReadsClicksWithAndWithoutImpressions) {
  const auto single = parse("user,style,click\na,monet-lilies,1\na,hokusai-wave,0\n");
  EXPECT_EQ(single.kind, SegmentData::Clicks);
  EXPECT_EQ(single.rows[0].clicks, 1);
  EXPECT_EQ(single.rows[0].impressions, 1);
  const auto many = parse("user,segment,style,impressions,clicks\na,young,monet-lilies,200,3\n");
  EXPECT_TRUE(many.declared);
  EXPECT_EQ(many.rows[0].segment, "young");
  EXPECT_EQ(many.rows[0].clicks, 3);
  EXPECT_EQ(many.rows[0].impressions, 200);
}

TEST(SegmentCsv, RefusesBadTablesNamingTheLine) {
  const std::string head = "user,style,rating\n";
  const std::string ok = "ana,monet-lilies,3\n";
  const std::vector<Fault> faults = {
      {"", "empty", "log.csv:1"},
      {"\n\n", "empty", "empty"},
      {head, "empty", "nothing below"},
      {"user,rating\nana,3\n", "columns", "style"},
      {"style,rating\nx,3\n", "columns", "no column user"},
      {"user,style\nana,monet-lilies\n", "columns", "rating or clicks"},
      {"user;style;rating\nana;monet-lilies;3\n", "columns", "commas"},
      {"user,style,rating,Rating\nana,monet-lilies,3,3\n", "columns", "twice"},
      {"user,style,rating,clicks\nana,monet-lilies,3,1\n", "columns", "both"},
      {"user,style,rating,impressions\nana,monet-lilies,3,1\n", "columns", "impressions"},
      {head + ok + "\"ana,monet-lilies,3\n", "quotes", "log.csv:3"},
      {head + ok + "\"ana\"x,monet-lilies,3\n", "quotes", "log.csv:3"},
      {head + ok + "a\"na,monet-lilies,3\n", "quotes", "log.csv:3"},
      {head + ok + ok + "ana,monet-lilies\n", "fields", "log.csv:4: 2 fields where the first line has 3"},
      {head + ok + "ana,monet-lilies,3,4\n", "fields", "log.csv:3"},
      {head + ok + std::string(1025, 'x') + ",monet-lilies,3\n", "fields", "log.csv:3"},
      {head + ok + std::string("a\0b", 3) + ",monet-lilies,3\n", "fields", "control"},
      {head + "\"a\nb\",monet-lilies,3\n", "fields", "line break"},
      {head + ok + "\xFF\xC0,monet-lilies,3\n", "encoding", "log.csv:3"},
      {head + ok + "\xED\xA0\x80,monet-lilies,3\n", "encoding", "UTF-8"},
      {std::string("\xFF\xFEu\0s\0", 6), "encoding", "UTF-16"},
      {head + ok + ",monet-lilies,3\n", "value", "user is empty"},
      {head + ok + "ana,monet-lilies,\n", "value", "log.csv:3"},
      {head + ok + "ana,monet-lilies,nan\n", "value", "nan"},
      {head + ok + "ana,monet-lilies,inf\n", "value", "inf"},
      {head + ok + "ana,monet-lilies,1e999\n", "value", "1e999"},
      {head + ok + "ana,monet-lilies,6\n", "value", "\"6\""},
      {head + ok + "ana,monet-lilies,0\n", "value", "log.csv:3"},
      {head + ok + "ana,monet-lilies,\"4,5\"\n", "value", "4,5"},
      {head + ok + "ana,monet-lilies,4x\n", "value", "4x"},
      {head + ok + "ana,monet-lilis,4\n", "style", "did you mean monet-lilies"},
      {head + ok + "ana,,4\n", "style", "log.csv:3"},
      {"user,style,click\nana,monet-lilies,2\n", "value", "log.csv:2"},
      {"user,style,click\nana,monet-lilies,0.5\n", "value", "whole number"},
      {"user,style,click,impressions\nana,monet-lilies,5,4\n", "value", "clicks"},
      {"user,style,click,impressions\nana,monet-lilies,0,0\n", "value", "impressions"},
      {"user,style,click,impressions\nana,monet-lilies,0,99999999999999999999\n", "value", "impressions"},
      {"user,style,rating,segment\nana,monet-lilies,3,a\nana,hokusai-wave,3,b\n", "segment", "log.csv:3"},
      {"user,style,rating,segment\nana,monet-lilies,3,\n", "segment", "empty"},
  };
  for (const auto& fault : faults) expect_fault(fault);
}

TEST(SegmentCsv, ErrorsCannotForgeALine) {
  expect_fault({"user,style,rating\nana,\x1B[31mred,3\n", "fields", "log.csv:2"});
}

TEST(SegmentCsv, SurvivesEveryTruncation) {
  const std::string whole =
      "\xEF\xBB\xBFuser,style,clicks,impressions,segment\r\n\"a \"\"x\"\"\",\"a, "
      "\"\"b\"\"\",1,3,\xC3\xA9t\xC3\xA9\r\n";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    try {
      parse(std::string_view(whole).substr(0, length));
    } catch (const Error& error) {
      EXPECT_TRUE(error.id().starts_with("segments.")) << error.id();
    }
  }
}

}  // namespace
}  // namespace atelier::personalization
