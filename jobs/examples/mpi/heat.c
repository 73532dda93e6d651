/* Heat spreads from a hot spot in a square plate whose edges are cold, in parallel by MPI: heat INPUT OUTPUT.
   INPUT has the conductivity, the place of the spot, and a seed. OUTPUT gets four temperatures, measured with
   noise. The temperatures are the same to the bit for any number of ranks. */
#include <math.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

enum { kCells = 48, kSteps = 200, kSensors = 4 };
typedef double Row[kCells + 2];

/* The rows of the neighbours that lie beside ours. */
static void exchange(Row* u, int rows, int rank, int size) {
  const int below = rank > 0 ? rank - 1 : MPI_PROC_NULL, above = rank < size - 1 ? rank + 1 : MPI_PROC_NULL;
  MPI_Sendrecv(u[1], kCells + 2, MPI_DOUBLE, below, 0, u[rows + 1], kCells + 2, MPI_DOUBLE, above, 0,
               MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  MPI_Sendrecv(u[rows], kCells + 2, MPI_DOUBLE, above, 0, u[0], kCells + 2, MPI_DOUBLE, below, 0, MPI_COMM_WORLD,
               MPI_STATUS_IGNORE);
}

int main(int argc, char** argv) {
  static const int sensors[kSensors][2] = {{12, 12}, {12, 36}, {36, 12}, {36, 36}};
  double theta[4], mine[kSensors] = {0}, x[kSensors];
  int rank, size;
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  FILE* input = argc == 3 ? fopen(argv[1], "r") : NULL;
  if (!input || fscanf(input, "%lf %lf %lf %lf", &theta[0], &theta[1], &theta[2], &theta[3]) != 4)
    MPI_Abort(MPI_COMM_WORLD, 2);
  fclose(input);

  const int first = kCells * rank / size, rows = kCells * (rank + 1) / size - first;
  Row* u = calloc(rows + 2, sizeof(Row));
  Row* next = calloc(rows + 2, sizeof(Row));
  for (int i = 1; i <= rows; ++i)
    for (int j = 1; j <= kCells; ++j)
      u[i][j] = 10 * exp(-(pow((first + i - 0.5) / kCells - theta[1], 2) + pow((j - 0.5) / kCells - theta[2], 2)) / 0.02);
  for (int step = 0; step < kSteps; ++step) {
    exchange(u, rows, rank, size);
    for (int i = 1; i <= rows; ++i)
      for (int j = 1; j <= kCells; ++j)
        next[i][j] =
            u[i][j] + 0.2 * theta[0] * (u[i - 1][j] + u[i + 1][j] + u[i][j - 1] + u[i][j + 1] - 4 * u[i][j]);
    Row* const old = u;
    u = next;
    next = old;
  }

  for (int k = 0; k < kSensors; ++k)
    if (sensors[k][0] >= first && sensors[k][0] < first + rows) mine[k] = u[sensors[k][0] - first + 1][sensors[k][1]];
  MPI_Reduce(mine, x, kSensors, MPI_DOUBLE, MPI_SUM, 0, MPI_COMM_WORLD);
  if (rank == 0) {
    FILE* output = fopen(argv[2], "w");
    if (!output) MPI_Abort(MPI_COMM_WORLD, 3);
    srand48((long)theta[3]);
    for (int k = 0; k < kSensors; ++k) {
      const double radius = sqrt(-2 * log(1 - drand48()));
      fprintf(output, "%.17g\n", x[k] + 0.05 * radius * cos(6.283185307179586 * drand48()));
    }
    fclose(output);
  }
  MPI_Finalize();
}
