/** Who may come: addresses and networks, origins, tokens, and where a request really came from. */
package io.sdros.transport.undertow.access;
