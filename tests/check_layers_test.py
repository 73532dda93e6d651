#!/usr/bin/env python3
"""Checks that check_layers.py catches each kind of violation, and nothing else."""

import pathlib
import tempfile
import unittest

from check_layers import check

TABLE = """
[layers]
util:
core: util
cli: util core

[headers]
toml++/*: cli
torch/*: src/core/tensor.hpp

[calls]
fork: core
"""
CMAKE = "snpse_add_layer(util)\nsnpse_add_layer(core TORCH USES util LINKS dl)\n"


class CheckLayers(unittest.TestCase):
    def violations(self, files, table=TABLE, cmake=CMAKE):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for path, text in {**files, "src/layers.txt": table, "CMakeLists.txt": cmake}.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text)
            return list(check(root))

    def test_lower_layers_may_be_included(self):
        files = {
            "src/core/a.hpp": '#include <vector>\n#include "util/b.hpp"\n',
            "src/core/tensor.hpp": "#include <torch/types.h>\n",
            "src/core/a.cpp": '#include "snpse/simulator.h"\nint id = fork();\n',
            "src/cli/main.cpp": '#include <toml++/toml.h>\n// fork()\nauto s = "fork()"; int n = road.fork();\n',
        }
        self.assertEqual(self.violations(files), [])

    def test_higher_layer_is_caught(self):
        files = {"src/util/a.hpp": '#include "core/b.hpp"\n'}
        self.assertEqual(
            self.violations(files), ["src/util/a.hpp: util may not include core/b.hpp"]
        )

    def test_fenced_header_is_caught(self):
        files = {"src/core/a.cpp": "# include <toml++/toml.h>\n#include <torch/torch.h>\n"}
        self.assertEqual(
            self.violations(files),
            [
                "src/core/a.cpp: only cli may include toml++/toml.h",
                "src/core/a.cpp: only src/core/tensor.hpp may include torch/torch.h",
            ],
        )

    def test_fenced_call_is_caught(self):
        self.assertEqual(
            self.violations({"src/util/a.cpp": "int id = ::fork();\n"}),
            ["src/util/a.cpp: only core may call fork()"],
        )

    def test_unknown_layer_is_caught(self):
        self.assertEqual(
            self.violations({"src/extra/a.cpp": ""}),
            ["src/extra/a.cpp: the layer extra is not in src/layers.txt"],
        )

    def test_cycle_is_caught(self):
        self.assertEqual(
            self.violations({}, table=TABLE.replace("util:\n", "util: core\n")),
            ["src/layers.txt: util names core, which is not above it"],
        )

    def test_forbidden_link_is_caught(self):
        self.assertEqual(
            self.violations({}, cmake="snpse_add_layer(util USES core)\n"),
            ["CMakeLists.txt: layer util is linked to core, which it may not include"],
        )


if __name__ == "__main__":
    unittest.main()
