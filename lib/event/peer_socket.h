// The other end of a connection, where it is a socket of this machine: is anybody there?

#pragma once

namespace trunkd {

// Whether the other end of a connected TCP or Unix socket is closed as a whole: by close(2) or the
// end of its process, and not by shutdown(2), after which it may still read. A FIN does not tell
// the two apart, the system does (sock_diag(7)). False where that cannot be known: the peer is on
// another machine, in another network namespace, or the system does not answer. Costs a few system
// calls.
bool peer_is_closed(int socket);

}  // namespace trunkd
