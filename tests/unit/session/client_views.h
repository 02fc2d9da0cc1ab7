// How a client can see a session: its own listener, a path, a target of the path, a proxy.

#pragma once

#include "session/client_view.h"

namespace trunkd {

inline const ClientView kLocalView{ClientView::Kind::local, ""};
inline const ClientView kPrefix{ClientView::Kind::prefix, "/s/shop"};
inline const ClientView kTarget{ClientView::Kind::target, "/s/crawler"};
inline const ClientView kAbsolute{ClientView::Kind::absolute, ""};

}  // namespace trunkd
