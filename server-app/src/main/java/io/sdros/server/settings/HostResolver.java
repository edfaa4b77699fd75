package io.sdros.server.settings;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Turns a host name or an address literal (IPv6 in brackets) into an address; may ask the network. */
@FunctionalInterface
interface HostResolver {

    InetAddress resolve(String host) throws UnknownHostException;

    static HostResolver system() {
        return InetAddress::getByName;
    }
}
