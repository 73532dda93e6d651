#pragma once

#include <memory>
#include <optional>

#include "core/box.hpp"
#include "core/prior.hpp"
#include "core/record.hpp"

namespace snpse {

/// A box of parameters in the record of a proposal or a network.
void put_box(Record& record, const Box& box);
/// The box that put_box() left in the record; none where it has none.
std::optional<Box> get_box(const Record& record);

/// The prior restricted to the record's box; the prior itself where there is no box, or no closed form of the
/// restriction.
std::shared_ptr<const Prior> boxed_prior(const std::shared_ptr<const Prior>& prior, const Record& record);

}  // namespace snpse
