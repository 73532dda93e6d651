#!/bin/bash
# Runs a campaign under Slurm, across as many time limits as it takes:
#
#   sbatch --ntasks=64 --time=8:00:00 SCRIPT CAMPAIGN.toml FOLDER [OPTION of snpse run...]
#
# Two minutes before the limit Slurm sends SIGUSR1. snpse then saves its work and exits with 75, and the job goes back
# into the queue; it continues where it stopped. The same happens after a preemption or the loss of a node. Any other
# exit code ends the job. $SNPSE names the program where it is not on PATH.
#
#SBATCH --job-name=snpse
#SBATCH --output=%x-%j.log
#SBATCH --open-mode=append
#SBATCH --ntasks=8
#SBATCH --cpus-per-task=1
#SBATCH --time=04:00:00
#SBATCH --requeue
#SBATCH --signal=B:USR1@120
set -uo pipefail

if (($# < 2)); then
  echo "usage: sbatch [OPTION of sbatch...] job.sh CAMPAIGN.toml FOLDER [OPTION of snpse run...]" >&2
  exit 64
fi

# One rank for each core: threads of their own would only get in each other's way.
export OMP_NUM_THREADS=${SLURM_CPUS_PER_TASK:-1} OPENBLAS_NUM_THREADS=${SLURM_CPUS_PER_TASK:-1}

if srun --mpi=list 2>&1 | grep -qw pmix; then
  launch=(srun --mpi=pmix)
else
  launch=(mpirun)
fi

# Slurm signals this shell (B:), which passes it on: srun and mpirun both forward it to all ranks.
"${launch[@]}" "${SNPSE:-snpse}" run "$1" --out "$2" "${@:3}" &
ranks=$!
trap 'signalled=1; kill -USR1 "$ranks"' USR1
signalled=1
while ((signalled)); do  # a trapped signal ends `wait` early
  signalled=0
  wait "$ranks"
  code=$?
done

if ((code == 75)); then
  exec scontrol requeue "$SLURM_JOB_ID"
fi
exit "$code"
