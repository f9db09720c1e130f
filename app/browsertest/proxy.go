//go:build !js

package browsertest

import (
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
)

// Request is one request that left the browser, whoever in it made it.
type Request struct {
	Method string
	URL    string // of a refused HTTPS request: "https://host:port"
	Status int    // 0 while unanswered, offline, or refused
	Bytes  int64  // of the body, as transferred
	Local  bool   // to this machine
	Own    bool   // by Chromium for itself, whatever page it shows
}

// Requests returns what the whole browser asked of the network so far, in
// order. What a cache or a service worker answered does not appear.
func (b *Browser) Requests() []Request { return b.proxy.recorded() }

// Foreign returns the requests that a page or its workers made to another
// machine; all of them were refused.
func (b *Browser) Foreign() []Request {
	return slices.DeleteFunc(b.Requests(), func(r Request) bool { return r.Local || r.Own })
}

// ownHosts are asked by Chromium itself at start, with every flag set that is
// meant to keep it quiet: for the time, its components and its account.
var ownHosts = []string{"clients2.google.com", "update.googleapis.com", "accounts.google.com"}

// proxy forwards to this machine only, records everything, and can go silent.
type proxy struct {
	server *httptest.Server
	onward *http.Transport

	mu       sync.Mutex
	offline  bool
	requests []Request
}

func newProxy() *proxy {
	p := &proxy{onward: &http.Transport{DisableCompression: true}}
	p.server = httptest.NewServer(p)
	return p
}

func (p *proxy) close() {
	p.server.CloseClientConnections()
	p.server.Close()
	p.onward.CloseIdleConnections()
}

func (p *proxy) address() string { return p.server.URL }

func (p *proxy) setOffline(offline bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.offline = offline
}

func (p *proxy) recorded() []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.requests)
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	url, local := r.URL.String(), loopback(r.URL.Hostname())
	if r.Method == http.MethodConnect {
		url, local = "https://"+r.Host, false
	}
	p.mu.Lock()
	at := len(p.requests)
	p.requests = append(p.requests, Request{Method: r.Method, URL: url, Local: local, Own: slices.Contains(ownHosts, r.URL.Hostname())})
	offline := p.offline
	p.mu.Unlock()
	if offline || !local {
		// The connection ends without an answer, as without a network.
		panic(http.ErrAbortHandler)
	}
	out := r.Clone(r.Context())
	out.RequestURI = ""
	for _, name := range []string{"Proxy-Connection", "Connection", "Keep-Alive"} {
		out.Header.Del(name)
	}
	response, err := p.onward.RoundTrip(out)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer response.Body.Close()
	maps.Copy(w.Header(), response.Header)
	w.Header().Del("Connection")
	w.WriteHeader(response.StatusCode)
	n, err := io.Copy(w, response.Body)
	p.mu.Lock()
	p.requests[at].Status, p.requests[at].Bytes = response.StatusCode, n
	p.mu.Unlock()
	if err != nil {
		panic(http.ErrAbortHandler) // a body cut short stays cut short
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
