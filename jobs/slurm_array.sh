#!/bin/bash
# One posterior for each observation, as an array job:
#
#   sbatch --array=1-20 jobs/slurm_array.sh CAMPAIGN.toml OBSERVATIONS FOLDER [OPTION of snpse run...]
#
# OBSERVATIONS holds one CSV file an observation. Task i takes the i-th in alphabetical order, in place of the
# campaign file's [observation], and writes to FOLDER/NAME, NAME being the file's without .csv.
#
# tsnpse and the snpse methods run a campaign for each observation. npse and nlse train one network for all: the first
# task to come runs the campaign FOLDER/network, the others go back into the queue until the network is there, and
# each then draws its FOLDER/NAME/posterior.h5. Stops and requeues as slurm.sh does. $SNPSE names the program where it
# is not on PATH.
#
#SBATCH --job-name=snpse
#SBATCH --output=%x-%A_%a.log
#SBATCH --open-mode=append
#SBATCH --ntasks=8
#SBATCH --cpus-per-task=1
#SBATCH --time=04:00:00
#SBATCH --requeue
#SBATCH --signal=B:USR1@120
set -uo pipefail

if (($# < 3)) || [[ -z ${SLURM_ARRAY_TASK_ID:-} ]]; then
  echo "usage: sbatch --array=1-N slurm_array.sh CAMPAIGN.toml OBSERVATIONS FOLDER [OPTION of snpse run...]" >&2
  exit 64
fi
campaign=$1 folder=$3
shopt -s nullglob
files=("$2"/*.csv)
if ((SLURM_ARRAY_TASK_ID < 1 || SLURM_ARRAY_TASK_ID > ${#files[@]})); then
  echo "slurm_array.sh: there is no observation $SLURM_ARRAY_TASK_ID: $2 holds ${#files[@]} CSV files" >&2
  exit 66
fi
file=${files[SLURM_ARRAY_TASK_ID - 1]}
results=$folder/$(basename "$file" .csv)

# One rank for each core: threads of their own would only get in each other's way.
export OMP_NUM_THREADS=${SLURM_CPUS_PER_TASK:-1} OPENBLAS_NUM_THREADS=${SLURM_CPUS_PER_TASK:-1}

if srun --mpi=list 2>&1 | grep -qw pmix; then
  launch=(srun --mpi=pmix)
else
  launch=(mpirun)
fi

requeue() { exec scontrol requeue "$SLURM_JOB_ID"; }

# Slurm signals this shell (B:), which passes the signal on: srun and mpirun both forward it to all ranks.
snpse_on_ranks() {
  "${launch[@]}" "${SNPSE:-snpse}" "$@" &
  local ranks=$! signalled=1 code=0
  trap 'signalled=1; kill -USR1 "$ranks"' USR1
  while ((signalled)); do  # a trapped signal ends `wait` early
    signalled=0
    wait "$ranks"
    code=$?
  done
  ((code != 75)) || requeue
  ((code == 0)) || exit "$code"
}

if ! grep -Eq "^[[:space:]]*(method\.)?name[[:space:]]*=[[:space:]]*[\"'](npse|nlse)[\"']" "$campaign"; then
  snpse_on_ranks run "$campaign" --out "$results" --observation "$file" "${@:4}"
  exit 0
fi

network=$folder/network
if [[ $results == "$network" ]]; then
  echo "slurm_array.sh: $network is the folder of the network; give $file another name" >&2
  exit 64
fi
if [[ ! -s $network/posterior.h5 ]]; then
  mkdir -p "$folder"
  exec 9>"$folder/.network.lock"
  flock --nonblock --conflict-exit-code 75 9 && code=0 || code=$?
  if ((code == 75)); then
    echo "Another task of the array trains $network; this one comes back later."
    requeue
  fi
  snpse_on_ranks run "$campaign" --out "$network" --observation "${files[0]}" "${@:4}"
  exec 9>&-
fi
samples=$(sed -n '/^\[posterior\]/,$ s/^samples = \([0-9]*\).*/\1/p' "$network/campaign.toml")
mkdir -p "$results"
snpse_on_ranks sample "$network" --observation "$file" --samples "$samples" --output "$results/posterior.h5"
