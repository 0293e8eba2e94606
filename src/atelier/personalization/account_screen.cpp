#include "atelier/personalization/account_screen.h"

#include <algorithm>
#include <set>
#include <utility>

namespace atelier::personalization {
namespace {

using storage::AnswerKind;

constexpr double kHour = 3600, kDay = 24 * kHour;

void say(AccountActivity& account, const storage::Subject& subject, int verdict) {
  if (!subject.style.empty()) account.verdicts[subject.style] = verdict;
}

int verdict_of(const storage::Answer& answer) {
  switch (answer.kind) {
    case AnswerKind::Rating:
      return answer.value >= 5 ? 1 : answer.value <= 1 ? -1 : 0;
    case AnswerKind::Like:
    case AnswerKind::Save:
      return 1;
    case AnswerKind::Dislike:
      return -1;
    default:
      return 0;
  }
}

/// How many people judged something and how many of them said the same.
struct Share {
  std::size_t judged = 0, agree = 0;
  double value() const { return judged == 0 ? 0 : static_cast<double>(agree) / static_cast<double>(judged); }
};

/// All that was said, arranged for the questions below.
class Crowd {
 public:
  Crowd(std::span<const AccountActivity> accounts, std::int64_t now, const ScreenOptions& options)
      : options_(options), window_(static_cast<std::int64_t>(options.burst_hours * kHour)) {
    const auto newest_old = now - static_cast<std::int64_t>(options.new_days * kDay);
    std::int64_t oldest = newest_old;
    std::size_t old = 0;
    for (const AccountActivity& account : accounts) {
      if (account.verdicts.empty()) continue;
      const bool is_new = account.first > newest_old;
      if (is_new) {
        arrivals_.push_back(account.first);
      } else {
        ++old;
        oldest = std::min(oldest, account.first);
      }
      for (const auto& [style, verdict] : account.verdicts) {
        Opinions& about = styles_[style];
        (is_new ? about.fresh : about.old).push_back({account.first, verdict, &account.user});
        for (const int side : {1, -1}) {
          Share& all = all_[side > 0];
          ++all.judged;
          all.agree += verdict == side;
        }
      }
    }
    std::ranges::sort(arrivals_);
    const double stretches = static_cast<double>(newest_old - oldest) / static_cast<double>(window_);
    usual_ = static_cast<double>(old) / std::max(1.0, stretches);
    for (auto& [style, about] : styles_) {
      std::ranges::sort(about.fresh, [](const Opinion& a, const Opinion& b) {
        return std::pair(a.time, *a.user) < std::pair(b.time, *b.user);
      });
    }
  }

  std::vector<SuspiciousGroup> groups() const {
    std::vector<SuspiciousGroup> found;
    for (const auto& [style, about] : styles_) {
      for (const int side : {1, -1}) {
        SuspiciousGroup group = group_of(style, about, side);
        if (!group.users.empty()) found.push_back(std::move(group));
      }
    }
    std::ranges::stable_sort(found, std::ranges::greater(),
                             [](const SuspiciousGroup& group) { return group.users.size(); });
    return found;
  }

 private:
  struct Opinion {
    std::int64_t time;
    int verdict;
    const std::string* user;
  };
  struct Opinions {
    std::vector<Opinion> fresh, old;
  };

  double others(const Opinions& about, int side) const {
    const auto share_of = [&](const std::vector<Opinion>& opinions) {
      const auto agree = std::ranges::count(opinions, side, &Opinion::verdict);
      return Share{opinions.size(), static_cast<std::size_t>(agree)};
    };
    const Share old = share_of(about.old);
    if (old.judged >= options_.comparison) return old.value();
    const Share here = share_of(about.fresh), &all = all_[side > 0];
    return Share{all.judged - here.judged - old.judged, all.agree - here.agree - old.agree}.value();
  }

  SuspiciousGroup group_of(const std::string& style, const Opinions& about, int side) const {
    SuspiciousGroup group{.style = style, .verdict = side, .others = others(about, side)};
    std::set<std::string> users;
    Share share;
    const auto& fresh = about.fresh;
    for (std::size_t first = 0; first < fresh.size(); ++first) {
      const std::int64_t from = fresh[first].time, to = from + window_;
      const auto end = std::ranges::upper_bound(fresh, to, {}, &Opinion::time);
      const std::span burst(fresh.begin() + static_cast<std::ptrdiff_t>(first), end);
      const auto agree = static_cast<std::size_t>(std::ranges::count(burst, side, &Opinion::verdict));
      const Share here{burst.size(), agree};
      if (agree < options_.fewest || here.value() < options_.agreement ||
          here.value() < group.others + options_.above_others || !is_burst(from, to)) {
        continue;
      }
      if (here.value() > share.value()) share = here;
      for (const Opinion& opinion : burst) {
        if (opinion.verdict != side) continue;
        if (users.empty()) group.from = opinion.time;
        group.to = std::max(group.to, opinion.time);
        users.insert(*opinion.user);
      }
    }
    group.users.assign(users.begin(), users.end());
    group.agreement = share.value();
    return group;
  }

  bool is_burst(std::int64_t from, std::int64_t to) const {
    const auto count = std::ranges::upper_bound(arrivals_, to) - std::ranges::lower_bound(arrivals_, from);
    return static_cast<double>(count) >= options_.burst_factor * usual_;
  }

  const ScreenOptions& options_;
  const std::int64_t window_;
  std::map<std::string, Opinions> styles_;
  std::vector<std::int64_t> arrivals_;  // of new accounts, rising
  Share all_[2];                        // everything anybody said: against, for
  double usual_ = 0;                    // arrivals in a stretch as long as the window, among older accounts
};

}  // namespace

AccountActivity AccountActivity::of(const std::string& user, std::span<const storage::Answer> answers) {
  AccountActivity account{.user = user};
  std::vector<const storage::Answer*> in_order;
  for (const storage::Answer& answer : answers) in_order.push_back(&answer);
  std::ranges::sort(in_order, {}, &storage::Answer::id);
  for (const storage::Answer* answer : in_order) {
    account.first = account.first == 0 ? answer->time : std::min(account.first, answer->time);
    if (answer->kind == AnswerKind::Choice && answer->subjects.size() == 2) {
      const int first = answer->value > 0.5 ? 1 : answer->value < 0.5 ? -1 : 0;
      say(account, answer->subjects[0], first);
      say(account, answer->subjects[1], -first);
    } else if (answer->subjects.size() == 1 && answer->kind != AnswerKind::Skip) {
      say(account, answer->subjects[0], verdict_of(*answer));
    }
  }
  return account;
}

bool ScreenReport::flags(const std::string& user) const {
  return std::ranges::binary_search(users, user);
}

ScreenReport screen_accounts(std::span<const AccountActivity> accounts, std::int64_t now,
                             const ScreenOptions& options) {
  ScreenReport report{.accounts = accounts.size(), .groups = Crowd(accounts, now, options).groups()};
  std::set<std::string> users;
  for (const SuspiciousGroup& group : report.groups) users.insert(group.users.begin(), group.users.end());
  report.users.assign(users.begin(), users.end());
  return report;
}

}  // namespace atelier::personalization
