#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <iostream>

#include "atelier/core/error.h"
#include "atelier/personalization/population_release.h"
#include "commands/taste_commands.h"
#include "json_output.h"
#include "private_file.h"
#include "progress.h"
#include "shared_prior.h"
#include "table.h"
#include "taste_gallery.h"
#include "taste_review.h"
#include "taste_session.h"

namespace atelier::cli {
namespace {

using nlohmann::json;
using personalization::AccountActivity;
using personalization::Contribution;
using personalization::ContributionScheme;
using personalization::PopulationPrior;
using personalization::ScreenReport;
using storage::PreferenceStore;

struct PopulationCommand {
  TasteOptions taste;
  std::string file;
  personalization::ReleaseOptions release;
};

/// Everybody who agreed to pooled learning, read one after the other: what the screen looks at, and what goes
/// into a sum when there is a scheme for it.
struct Crowd {
  std::vector<AccountActivity> accounts;
  std::vector<Contribution> contributions;

  Crowd(const Program& program, PreferenceStore& store, const TasteGallery* gallery,
        const ContributionScheme* scheme) {
    const std::vector<std::string> users = store.users_who_share();
    Progress progress(program.quiet ? "none" : program.progress, 1);
    // What is summed is where people lean; that some have a favourite the next prior takes from the standard
    // one.
    PopulationPrior leaning;
    if (scheme != nullptr) leaning = scheme->start();
    leaning.ideal = {};
    for (const std::string& user : users) {
      stop_if_interrupted();
      const std::vector<storage::Answer> answers = store.answers(user);
      accounts.push_back(AccountActivity::of(user, answers));
      if (scheme != nullptr) {
        const auto model =
            personalization::PreferenceModel::fit(leaning, gallery->features(), answers, seconds_now());
        contributions.push_back(scheme->contribute(user, store.settings(user), model));
      }
      progress.step("reading tastes", static_cast<int>(accounts.size()), static_cast<int>(users.size()));
    }
  }
};

ScreenReport screen(PreferenceStore& store, const Crowd& crowd) {
  ScreenReport report = personalization::screen_accounts(crowd.accounts, seconds_now());
  keep_reviews(store, report, crowd.accounts);
  return report;
}

std::string bound_text(const personalization::PoisoningBound& bound) {
  return fmt::format(
      "the mean by at most {:.2f} and the covariance by at most {:.2f} standard deviations of the "
      "starting prior",
      bound.mean, bound.covariance);
}

int release(const Program& program, const PopulationCommand& command) {
  const TasteGallery gallery(program.open_bundle());
  const auto store = open_taste_store(command.taste.store);
  PrivateFile file(command.file);  // before anything is spent
  const ContributionScheme scheme(gallery.standard_prior());
  const Crowd crowd(program, *store, &gallery, &scheme);

  personalization::ReleaseOptions options = command.release;
  options.time = seconds_now();
  PopulationPrior prior;
  // The ledger's line is in the database when this returns, and nothing of the prior has left the program
  // before.
  store->together([&] {
    prior = personalization::release_population_prior(scheme, crowd.contributions,
                                                      personalization::ledger_of(*store), options);
  });
  file.stream() << prior.to_text();
  file.keep();

  const ScreenReport report = screen(*store, crowd);
  const std::vector<storage::Release> ledger = store->releases();
  const double spent = personalization::spent_epsilon(ledger), delta = ledger.back().delta;
  const auto bound = scheme.poisoning_bound(prior.people, static_cast<std::int64_t>(report.users.size()));
  if (program.json) {
    print_json({{"schema", 1},
                {"file", command.file},
                {"people", prior.people},
                {"epsilon", options.epsilon},
                {"delta", delta},
                {"spent_epsilon", spent},
                {"lifetime_epsilon", options.lifetime_epsilon},
                {"under_review", report.users.size()},
                {"poisoning_bound", {{"mean", bound.mean}, {"covariance", bound.covariance}}}});
    return 0;
  }
  std::cout << fmt::format(
      "{}: what {} people like in general, with epsilon {:g} and delta {:.2g}\n"
      "all releases of this store together: epsilon {:.2f} of {:g}\n"
      "'atelier taste population use {}' lets everybody here start from it\n",
      printable(command.file), prior.people, options.epsilon, delta, spent, options.lifetime_epsilon,
      printable(command.file));
  if (!report.users.empty()) {
    std::cout << fmt::format(
        "{} accounts are under review ('atelier taste population review'); they can have moved {}\n",
        report.users.size(), bound_text(bound));
  }
  return 0;
}

int use(const Program& program, const PopulationCommand& command) {
  const TasteGallery gallery(program.open_bundle());
  const PopulationPrior prior = read_prior_file(command.file);
  if (prior.features_id != gallery.features().id() || prior.dim() != gallery.features().size()) {
    throw Error(ErrorCode::BadData, "taste.prior",
                printable(command.file) + ": was released for the taste features '" +
                    printable(prior.features_id) + "', the model has '" + gallery.features().id() +
                    "'; choose that model with --model");
  }
  install_shared_prior(prior);
  if (program.json) {
    print_json({{"schema", 1}, {"origin", prior.origin}, {"people", prior.people}});
  } else {
    std::cout << fmt::format("everybody here starts from what {} people like ({})\n", prior.people,
                             printable(prior.origin));
  }
  return 0;
}

int forget(const Program& program, const PopulationCommand&) {
  const bool removed = remove_shared_prior();
  if (program.json) {
    print_json({{"schema", 1}, {"removed", removed}});
  } else {
    std::cout << (removed ? "everybody here starts from the standard prior again\n"
                          : "there was none: everybody here starts from the standard prior\n");
  }
  return 0;
}

int show(const Program& program, const PopulationCommand& command) {
  const TasteGallery gallery(program.open_bundle());
  const auto store = open_taste_store(command.taste.store);
  const std::vector<storage::Release> ledger = store->releases();
  const std::size_t sharing = store->users_who_share().size();
  const double spent = personalization::spent_epsilon(ledger);
  const PopulationPrior& prior = gallery.prior();
  if (program.json) {
    json lines = json::array();
    for (const storage::Release& line : ledger) {
      lines.push_back({{"id", line.id},
                       {"time", line.time},
                       {"epsilon", line.epsilon},
                       {"delta", line.delta},
                       {"people", line.users},
                       {"purpose", line.purpose}});
    }
    print_json({{"schema", 1},
                {"prior", {{"origin", prior.origin}, {"people", prior.people}}},
                {"sharing", sharing},
                {"needed", personalization::kFewestPeople},
                {"spent_epsilon", spent},
                {"lifetime_epsilon", command.release.lifetime_epsilon},
                {"releases", std::move(lines)}});
    return 0;
  }
  std::cout << fmt::format("everybody here starts from the {} prior\n", printable(prior.origin));
  std::cout << fmt::format("{} people agreed to pooled learning; a release needs {}\n", sharing,
                           personalization::kFewestPeople);
  std::cout << fmt::format("all releases of this store together: epsilon {:.2f} of {:g}\n", spent,
                           command.release.lifetime_epsilon);
  if (ledger.empty()) return 0;
  std::vector<std::vector<std::string>> rows = {{"RELEASE", "EPSILON", "DELTA", "PEOPLE", "PURPOSE"}};
  for (const storage::Release& line : ledger) {
    rows.push_back({std::to_string(line.id), fmt::format("{:g}", line.epsilon),
                    fmt::format("{:.2g}", line.delta), std::to_string(line.users), printable(line.purpose)});
  }
  std::cout << format_table(rows);
  return 0;
}

int review(const Program& program, const PopulationCommand& command) {
  const auto store = open_taste_store(command.taste.store);
  const Crowd crowd(program, *store, nullptr, nullptr);
  const ScreenReport report = screen(*store, crowd);
  if (program.json) {
    json groups = json::array();
    for (const personalization::SuspiciousGroup& group : report.groups) {
      groups.push_back({{"style", group.style},
                        {"verdict", group.verdict},
                        {"from", group.from},
                        {"to", group.to},
                        {"agreement", group.agreement},
                        {"others", group.others},
                        {"users", group.users}});
    }
    print_json({{"schema", 1},
                {"accounts", report.accounts},
                {"under_review", report.users},
                {"groups", std::move(groups)}});
    return 0;
  }
  std::cout << fmt::format("{} accounts take part in pooled learning, {} of them are under review\n",
                           report.accounts, report.users.size());
  for (const personalization::SuspiciousGroup& group : report.groups) {
    std::cout << fmt::format(
        "{} new accounts came within {:.0f} hours and are {} {}: {:.0f} % of those who came then say so, "
        "{:.0f} % of "
        "others\n",
        group.users.size(), std::max(1.0, static_cast<double>(group.to - group.from) / 3600),
        group.verdict > 0 ? "for" : "against", printable(group.style), 100 * group.agreement,
        100 * group.others);
    for (const std::string& user : group.users) std::cout << "  " << printable(user) << "\n";
  }
  return 0;
}

using Act = int (*)(const Program&, const PopulationCommand&);

CLI::App* add(CLI::App& population, Program& program, const std::shared_ptr<PopulationCommand>& options,
              const char* name, const char* description, const char* example, Act act,
              bool has_store = true) {
  CLI::App* command = population.add_subcommand(name, description);
  command->footer(example);
  if (has_store) options->taste.add_store_to(*command);
  command->callback([&program, options, act] {
    program.action = [&program, options, act] { return act(program, *options); };
  });
  return command;
}

}  // namespace

void add_taste_population(CLI::App& taste, Program& program) {
  CLI::App* population =
      taste.add_subcommand("population", "What people in general like, learned from those who agreed");
  population->require_subcommand(1);
  const auto options = std::make_shared<PopulationCommand>();
  CLI::App* out =
      add(*population, program, options, "release",
          "Learn a population prior from everybody who agreed, with noise that hides each of them",
          "  atelier taste population release --epsilon 1 --out prior.json", release);
  out->add_option("--out", options->file, "File to write; it may be given to others")
      ->type_name("FILE")
      ->required();
  out->add_option("--epsilon", options->release.epsilon,
                  "How much this release may tell about one person; all releases together stay below 4")
      ->type_name("E")
      ->capture_default_str();
  add(*population, program, options, "use", "Let everybody on this computer start from a released prior",
      "  atelier taste population use prior.json", use, false)
      ->add_option("FILE", options->file, "What 'taste population release' wrote")
      ->required();
  add(*population, program, options, "forget", "Go back to the standard prior, which knows nobody",
      "  atelier taste population forget", forget, false);
  add(*population, program, options, "show", "The prior in use, and what releases have told so far",
      "  atelier taste population show", show);
  add(*population, program, options, "review", "New accounts that came together and agree as people do not",
      "  atelier taste population review", review);
  population->footer(
      "  atelier taste population show\n"
      "  atelier taste population release --epsilon 1 --out prior.json\n"
      "  atelier taste population use prior.json");
}

}  // namespace atelier::cli
