#pragma once

#include <cstdint>
#include <vector>

#include "numerics/matrix.hpp"

namespace snpse {

/// Weights of simulations that come from regions one of which was cut too tight. By proposition 3.1 a pool
/// needs no weights where every region holds the posterior. A failed region does not, and its simulations
/// make the posterior inside it too heavy, by n_r / Z_r against what the others have there (n_r: its
/// simulations, Z_r: the prior's mass in it).
///
/// The regions divide the parameters into cells, inside each of which every round is a draw of the prior. A
/// row is weighed by the fraction of its cell's rows that come from the prior and from the regions that hold:
/// so these alone decide on a cell's mass, and the failed regions' rows help to tell what the posterior looks
/// like inside it. No Z_r need be known.
///
/// inside: [n, r], 1 where a row lies in the region of a round from 2 on, else 0; round: of the row, from 1,
/// [n]; failed: of each round, [r + 1]. Returns [n], in [0, 1].
Vector region_weights(const Matrix& inside, const std::vector<int>& round, const std::vector<bool>& failed);

}  // namespace snpse
