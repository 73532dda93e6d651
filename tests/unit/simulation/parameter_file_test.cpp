#include "simulation/parameter_file.hpp"

#include <gtest/gtest.h>

namespace snpse {
namespace {

const std::vector<std::string> kNames{"x1", "x2"};
const std::vector<double> kTheta{7.488318331306800e-01, -2.188638686202466e-01};

ParameterSet example_set() {
  return {kNames, kTheta, 12345, 7, 1};
}

// The layout, to the column, is that of the files that Dakota 6.21 writes.

TEST(ParameterFileTest, StandardFormatOfDakota) {
  EXPECT_EQ(dakota_parameters(example_set()),
            "                                          3 variables\n"
            "                      7.488318331306800e-01 x1\n"
            "                     -2.188638686202466e-01 x2\n"
            "                                      12345 seed\n"
            "                                          1 functions\n"
            "                                          1 ASV_1:response_fn_1\n"
            "                                          2 derivative_variables\n"
            "                                          1 DVV_1:x1\n"
            "                                          2 DVV_2:x2\n"
            "                                          0 analysis_components\n"
            "                                          7 eval_id\n"
            "                                          0 metadata\n");
}

TEST(ParameterFileTest, ApreproFormatOfDakota) {
  EXPECT_EQ(aprepro_parameters(example_set()),
            "                    { DAKOTA_VARS     =                      3 }\n"
            "                    { x1              =  7.488318331306800e-01 }\n"
            "                    { x2              = -2.188638686202466e-01 }\n"
            "                    { seed            =                  12345 }\n"
            "                    { DAKOTA_FNS      =                      1 }\n"
            "                    { ASV_1:response_fn_1 =                      1 }\n"
            "                    { DAKOTA_DER_VARS =                      2 }\n"
            "                    { DVV_1:x1        =                      1 }\n"
            "                    { DVV_2:x2        =                      2 }\n"
            "                    { DAKOTA_AN_COMPS =                      0 }\n"
            "                    { DAKOTA_EVAL_ID  =                      7 }\n"
            "                    { DAKOTA_METADATA =                      0 }\n");
}

TEST(ParameterFileTest, JsonFormatOfDakota) {
  EXPECT_EQ(json_parameters({kNames, kTheta, 3, 0, 2}),
            R"({
    "variables": [
        {
            "label": "x1",
            "value": 0.74883183313068
        },
        {
            "label": "x2",
            "value": -0.2188638686202466
        },
        {
            "label": "seed",
            "value": 3
        }
    ],
    "responses": [
        {
            "label": "response_fn_1",
            "active_set": 1
        },
        {
            "label": "response_fn_2",
            "active_set": 1
        }
    ],
    "derivative_variables": [
        1,
        2
    ],
    "analysis_components": [],
    "eval_id": "0",
    "metadata": []
}
)");
}

TEST(ParameterFileTest, NumbersReadBackExactly) {
  const double third = 0.1 + 0.2;  // needs 17 digits
  const std::vector<double> theta{third};
  const std::vector<std::string> names{"a"};
  const auto text = dakota_parameters({names, theta, 1, 0, 1});
  EXPECT_EQ(std::stod(text.substr(text.find('\n') + 1)), third);
}

}  // namespace
}  // namespace snpse
