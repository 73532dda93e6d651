#!/bin/bash
# Submits the job scripts of jobs/ to a real Slurm, stops the first run on the way, and expects it to be requeued and
# to finish:  tests/slurm/test_slurm.sh SNPSE
# Exits with 77 where Slurm cannot be started; under CI=true that is a failure, too.
set -euo pipefail
cd "$(dirname "$0")/../.."

if [[ -z ${SLURM_TEST_INSIDE:-} ]]; then
  code=0
  SLURM_TEST_INSIDE=1 tests/slurm/local_slurm "$0" "$@" || code=$?
  [[ $code == 77 && ${CI:-} == true ]] && exit 1
  exit "$code"
fi

export SNPSE=$1
# A rank that waits lets another process have its core.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_mpi_yield_when_idle=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

give_up() {
  echo "test_slurm: $1" >&2
  tail -n 50 "$work"/*.log >&2
  exit 1
}

wait_until() {  # SECONDS COMMAND...
  local end=$((SECONDS + $1))
  until "${@:2}"; do
    ((SECONDS < end)) || give_up "waited in vain for: ${*:2}"
    sleep 0.5
  done
}

field() { scontrol show job "$1" | grep -oP "\b$2=\K\S+"; }
ended() { [[ $(field "$1" JobState) != @(PENDING|RUNNING|COMPLETING|CONFIGURING) ]]; }

submit() { sbatch --parsable --ntasks=2 --time=5 --output="$work/%x-%j.log" "$@"; }

cat >"$work/campaign.toml" <<'TOML'
[campaign]
seed = 1

[simulator]
task = "two_moons"

[observation]
x = [-0.6396706, 0.16234657]

[method]
name = "tsnpse"
rounds = 2
simulations = 200

[model]
width = 32

[training]
max_steps = 50
validation_every = 10

[truncation]
samples = 500

[posterior]
samples = 100
TOML

# Its simulations take ten seconds, so that the signal meets them.
two_parameters='run = ["sh", "-c", "sleep 0.1; echo {a} {b}"]
[[parameter]]
name = "a"
prior = { type = "uniform", low = -1.0, high = 1.0 }
[[parameter]]
name = "b"
prior = { type = "uniform", low = -1.0, high = 1.0 }'
awk -v own="$two_parameters" '/^task/ { print own; next } 1' "$work/campaign.toml" >"$work/slow.toml"

echo "A job that is told to stop goes back into the queue and continues"
job=$(submit jobs/slurm.sh "$work/slow.toml" "$work/stopped")
wait_until 60 test -e "$work/stopped/campaign.toml"
scancel --batch --signal=USR1 "$job"
wait_until 180 ended "$job"
[[ $(field "$job" JobState) == COMPLETED ]] || give_up "the job ended as $(field "$job" JobState)"
(($(field "$job" Restarts) >= 1)) || give_up "the job was not requeued"
[[ -s $work/stopped/posterior.h5 ]] || give_up "there is no posterior"

echo "A wrong campaign ends the job with the program's exit code"
echo '[campain]' >"$work/wrong.toml"
job=$(submit jobs/slurm.sh "$work/wrong.toml" "$work/wrong")
wait_until 60 ended "$job"
[[ $(field "$job" ExitCode) == 78:0 ]] || give_up "the exit code is $(field "$job" ExitCode)"

echo "An array runs one campaign for each observation"
mkdir "$work/observations"
echo '-0.6,0.2' >"$work/observations/a.csv"
echo '-0.1,0.3' >"$work/observations/b.csv"
job=$(submit --array=1-2 jobs/slurm_array.sh "$work/campaign.toml" "$work/observations" "$work/array")
wait_until 240 test -s "$work/array/a/posterior.h5" -a -s "$work/array/b/posterior.h5"
wait_until 30 eval "! squeue --noheader | grep -q ."

echo "An array of npse trains one network for all observations"
sed '/^rounds/d; s/tsnpse/npse/' "$work/campaign.toml" >"$work/npse.toml"
job=$(submit --array=1-2 jobs/slurm_array.sh "$work/npse.toml" "$work/observations" "$work/shared")
wait_until 400 test -s "$work/shared/a/posterior.h5" -a -s "$work/shared/b/posterior.h5"
wait_until 30 eval "! squeue --noheader | grep -q ."
(($(find "$work/shared" -name network.h5 | wc -l) == 1)) || give_up "there is more than one network"
