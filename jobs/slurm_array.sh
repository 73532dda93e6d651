#!/bin/bash
# One campaign for each observation, as an array job; submitted from the project's folder:
#
#   sbatch --array=1-20 jobs/slurm_array.sh CAMPAIGN.toml OBSERVATIONS FOLDER
#
# OBSERVATIONS holds one CSV file an observation. Task i takes the i-th in alphabetical order, in place of the
# campaign file's [observation], and writes to FOLDER/NAME, NAME being the file's without .csv. Stops and requeues
# as jobs/slurm.sh does.
#
#SBATCH --job-name=snpse
#SBATCH --output=%x-%A_%a.log
#SBATCH --open-mode=append
#SBATCH --ntasks=8
#SBATCH --cpus-per-task=1
#SBATCH --time=04:00:00
#SBATCH --requeue
#SBATCH --signal=B:USR1@120
set -euo pipefail

files=("$2"/*.csv)
file=${files[SLURM_ARRAY_TASK_ID - 1]:?"$2 holds fewer observations than the array has tasks"}
exec bash jobs/slurm.sh "$1" "$3/$(basename "$file" .csv)" --observation "$file"
