package main

import (
	"net"
	"net/netip"
	"slices"
)

// addresses returns where a listener can be reached: its own address, or where
// it listens everywhere this machine's, its own name for itself first.
func addresses(listener net.Addr, machine []net.Addr) []string {
	at, err := netip.ParseAddrPort(listener.String())
	if err != nil || !at.Addr().IsUnspecified() {
		return []string{"http://" + listener.String() + "/"}
	}
	loopback := netip.MustParseAddr("127.0.0.1")
	found := []netip.Addr{loopback}
	for _, a := range machine {
		prefix, err := netip.ParsePrefix(a.String())
		if err != nil {
			continue
		}
		ip := prefix.Addr().Unmap()
		// A link-local address needs a zone, which browsers do not take.
		if ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsMulticast() || at.Addr().Is4() && !ip.Is4() {
			continue
		}
		found = append(found, ip)
	}
	slices.SortStableFunc(found[1:], func(a, b netip.Addr) int {
		// The short ones first: they are read out in class.
		return a.BitLen() - b.BitLen()
	})
	urls := make([]string, 0, len(found))
	for _, ip := range slices.Compact(found) {
		urls = append(urls, "http://"+netip.AddrPortFrom(ip, at.Port()).String()+"/")
	}
	return urls
}
