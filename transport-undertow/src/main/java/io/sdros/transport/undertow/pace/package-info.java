/** What a client's connection carries, and how much is to be on its way: measurements and arithmetic, no connection. */
package io.sdros.transport.undertow.pace;
