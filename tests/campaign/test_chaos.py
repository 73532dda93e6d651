"""A simulator that crashes, hangs, answers NaN and garbage and leaves children behind, in a campaign that is killed
again and again: the simulations are those of an undisturbed run.

SNPSE_CHAOS=50 takes the number of kills, SNPSE_CHAOS_SEED their seed."""
import os
import pathlib
import random
import shutil
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from snpse_process import TINY_CAMPAIGN, Job, ProgramTest

KILLS = int(os.environ.get("SNPSE_CHAOS", "10"))
SEED = int(os.environ.get("SNPSE_CHAOS_SEED", "1"))

# Of a hundred seeds ten crash, five hang, five answer NaN, two garbage, and five leave a child that holds the output.
BEHAVIOUR = """
behave() {
  kind=$(($1 % 100))
  if [ $kind -lt 10 ]; then kill -SEGV $$; fi
  while [ $kind -lt 15 ]; do sleep 1; done
  if [ $kind -lt 20 ]; then echo "${4}nan 1 1"; return; fi
  if [ $kind -lt 22 ]; then echo "?! garbage"; return; fi
  if [ $kind -lt 27 ]; then sleep 5 & fi
  echo "$4$2 $3 $(($1 % 1000))e-3"
}
"""
PROGRAM = BEHAVIOUR + 'behave "$1" "$2" "$3" ""\n'
WORKER = BEHAVIOUR + '''
echo "ready snpse 1"
while read -r verb id seed a b; do behave "$seed" "$a" "$b" "ok $id "; done
'''
UNIFORM = '[[parameter]]\nname = "{}"\nprior = {{ type = "uniform", low = -1.0, high = 1.0 }}\n'


class ChaosTest(ProgramTest):
    def campaign(self, kind):
        simulator = {"run": 'run = ["sh", "simulator.sh", "{seed}", "{a}", "{b}"]\nworkdir = "never"',
                     "command": 'command = ["sh", "simulator.sh"]'}[kind]
        self.write("simulator.sh", PROGRAM if kind == "run" else WORKER)
        own = f"{simulator}\ntime_limit = 2\nretries = 0\nfailure_budget = 1.0\n" + UNIFORM.format("a") + UNIFORM.format("b")
        text = TINY_CAMPAIGN.replace('task = "two_moons"\n', own).replace("[0.0, 0.0]", "[0.0, 0.0, 0.5]")
        return self.write(f"{kind}.toml", text.replace('"tsnpse"\nrounds = 2\nsimulations = 100',
                                                       '"npse"\nsimulations = 200'))

    def simulations(self, out):
        """The bytes of ids, theta, x and status."""
        file = out / "rounds/001/simulations.h5"
        return file.read_bytes() if file.exists() else None

    def kill(self, campaign, out, source):
        """Kills a run at a random moment; whether it was still simulating."""
        with Job("run", campaign, "--out", out, ranks=source.randint(1, 4)) as job:
            end = time.monotonic() + source.uniform(0, 6)
            while time.monotonic() < end and not self.simulations(out):
                time.sleep(0.01)
            job.kill()
        return not self.simulations(out)

    def test_the_simulations_are_those_of_an_undisturbed_run(self):
        source = random.Random(SEED)
        for kind in ("run", "command"):
            campaign = self.campaign(kind)
            out = self.folder / kind
            self.assert_succeeds("run", campaign, "--out", out, ranks=2)
            undisturbed = self.simulations(out)
            kills = 0
            while kills < KILLS // 2:
                shutil.rmtree(out)
                while kills < KILLS // 2 and self.kill(campaign, out, source):
                    kills += 1
                self.assert_succeeds("run", campaign, "--out", out, ranks=source.randint(1, 4))
                self.assertEqual(self.simulations(out), undisturbed, f"{kind} after {kills} kills")
            said = self.assert_succeeds("status", out, "--failures").stdout
            for cause in ("signal 11", "timeout: no ", "?!", "nan"):
                self.assertIn(cause, said)


if __name__ == "__main__":
    unittest.main()
