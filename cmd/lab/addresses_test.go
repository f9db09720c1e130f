package main

import (
	"net"
	"slices"
	"testing"
)

func TestAddresses(t *testing.T) {
	network := func(s string) net.Addr {
		ip, n, err := net.ParseCIDR(s)
		if err != nil {
			t.Fatal(err)
		}
		return &net.IPNet{IP: ip, Mask: n.Mask}
	}
	machine := []net.Addr{network("127.0.0.1/8"), network("::1/128"), network("2001:db8::7/64"), network("192.168.1.20/24"), network("fe80::1/64")}
	for _, tt := range []struct {
		listener string
		want     []string
	}{
		{"127.0.0.1:8080", []string{"http://127.0.0.1:8080/"}},
		{"192.168.1.20:80", []string{"http://192.168.1.20:80/"}},
		{"0.0.0.0:8080", []string{"http://127.0.0.1:8080/", "http://192.168.1.20:8080/"}},
		{"[::]:8080", []string{"http://127.0.0.1:8080/", "http://192.168.1.20:8080/", "http://[2001:db8::7]:8080/"}},
	} {
		at, err := net.ResolveTCPAddr("tcp", tt.listener)
		if err != nil {
			t.Fatal(err)
		}
		if got := addresses(at, machine); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.listener, got, tt.want)
		}
	}
}
