#include <CLI/CLI.hpp>
#include <iostream>
#include <new>

#include "atelier/core/cancel.h"
#include "atelier/core/error.h"
#include "atelier/core/log.h"
#include "backend.h"
#include "commands/commands.h"
#include "help_formatter.h"
#include "options.h"
#include "usage_error.h"

namespace atelier::cli {
namespace {

using AddCommand = void (*)(CLI::App&, Program&);
constexpr AddCommand kCommands[] = {add_stylize, add_styles, add_taste,  add_evaluate,      add_info,
                                    add_doctor,  add_bench,  add_advise, add_torch_commands};

constexpr const char* kExamples =
    "  atelier styles list\n"
    "  atelier stylize photo.jpg --style hokusai-great-wave -o painting.jpg\n"
    "  atelier taste choose --user ana --photo photo.jpg\n"
    "  atelier stylize photos/ --style my-painting.jpg --strength 0.7 -o painted/";

int fail(const std::string& message, int status) {
  std::cerr << "atelier: " << message << std::endl;
  return status;
}

// What went to stdout is the result: when it did not arrive, the command failed.
int with_stdout_written(int status) {
  std::cout.flush();
  if (std::cout || status != 0) return status;
  throw Error(ErrorCode::Io, "output.write",
              "standard output does not take the result (full disk or closed pipe?)");
}

int perform(const Program& program) try {
  return with_stdout_written(program.action());
} catch (const Error& error) {
  return fail(error.what(), exit_status(error.code()));
} catch (const Interrupted& interrupted) {
  return fail("stopped by a signal; finished pictures are kept", 128 + interrupted.signal);
} catch (const std::bad_alloc&) {
  return fail("not enough memory: paint smaller (--size 2048), in tiles (--tile 512) or with fewer --jobs",
              exit_status(ErrorCode::Unavailable));
} catch (const std::exception& error) {
  return fail(
      "internal error, please report it with the output of 'atelier info': " + printable(error.what()),
      exit_status(ErrorCode::Internal));
}

int run(int argc, char** argv) {
  Program program;
  program.arguments.assign(argv, argv + argc);
  CLI::App app("Atelier paints photos in the style of a picture.", "atelier");
  app.formatter(std::make_shared<HelpFormatter>());
  app.require_subcommand(1);
  app.fallthrough();
  add_program_options(app, program);
  for (const AddCommand add : kCommands) add(app, program);
  app.footer(kExamples);  // after the commands, which would inherit it
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help_or_version) {
    return app.exit(help_or_version);
  } catch (const CLI::ParseError& error) {
    return fail(explain_usage_error(error, app, program), exit_status(ErrorCode::Usage));
  } catch (const Error& error) {
    return fail(error.what(), exit_status(error.code()));
  }
  start_log(program.quiet ? -1 : program.verbose);
  watch_for_signals();
  return perform(program);
}

}  // namespace
}  // namespace atelier::cli

int main(int argc, char** argv) {
  return atelier::cli::run(argc, argv);
}
