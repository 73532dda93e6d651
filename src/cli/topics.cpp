#include "cli/topics.hpp"

#include <algorithm>

#include "util/error.hpp"

namespace snpse {
namespace {

struct Topic {
  const char* name;
  const char* text;
};

constexpr Topic kTopics[] = {
    {"methods", R"(Which method when (method.name of a campaign file):

  tsnpse   One observation. The default choice. Later rounds simulate inside the
           region of the posterior so far; a check finds a region that was cut
           too tight, and another round widens it.
  npse     Many observations, or one to be named later: one network serves all.
           Needs more simulations than tsnpse where the posterior is narrow.
           snpse sample --observation draws at another x.
  nlse     As npse, but learns the likelihood's score. For several independent
           observations of the same parameters (observation.rows).
  snpse_a, snpse_b, snpse_c
           The paper's other sequential methods, to compare with. Their
           posterior holds at the campaign's own observation alone.

How many simulations (method.simulations): begin with 100 for each parameter,
but 2000 at least; then look at 'snpse diagnose'. Raise them by 'snpse extend'
until its checks pass.

x with hundreds of values, a time series or a table of rows: model.summary
learns statistics of x. Undefined values in x: the section [invalid].
Simulations that take hours: any method; give mpirun a rank for each core.

'snpse explain KEY' explains a key of the campaign file.
)"},
    {"exit-codes", R"(0   done
64  the command line is wrong
65  data are wrong, or the posterior does not pass its checks
66  an input is missing
70  a mistake of the program: report the message
73  an output cannot be created
74  writing failed: no space, or standard output is closed
75  stopped on request, all work is saved: run the same command again
78  the campaign file is wrong
)"},
};

}  // namespace

std::vector<std::string> topic_names() {
  std::vector<std::string> names;
  for (const auto& topic : kTopics) names.emplace_back(topic.name);
  return names;
}

std::string topic_text(const std::string& name) {
  const auto* found =
      std::ranges::find(kTopics, name, [](const Topic& topic) { return std::string(topic.name); });
  ensure(found != std::end(kTopics), "a topic");
  return found->text;
}

}  // namespace snpse
