// boot.js starts the course: it takes the site's base from its own address, so
// that one build runs unchanged at "/", under "/any/sub/path/" and from a cache;
// mends a damaged address; sets what go-app asks of its page; loads app.wasm;
// announces updates. In the single-file edition single.js stands before it and
// hands over the files; in a package for a learning platform scorm.js does, and
// finds the platform.
(function () {
  'use strict';

  var script = document.currentScript;
  var files = globalThis.courselabFiles || null;
  // One document holds all pages of the single-file edition: they are named by
  // its query, since a page from a disk cannot change its path.
  var root = files ? new URL(location.pathname, location.href) : new URL('../', script.src);
  var page = document.documentElement;
  var query = new URLSearchParams(location.search);
  var course = page.dataset.course || 'course';

  // Progress is kept apart by address, on a platform by learner too, since many
  // sit at one computer. A file that is moved keeps its progress.
  var keep = files ? 'single-file' : root.pathname;
  var host = globalThis.courselabHost || null;
  if (host && host.learner) keep += '@' + host.learner;

  var lab = {
    base: root.pathname,
    single: Boolean(files),
    keep: keep,
    host: host,
    course: course,
    version: page.dataset.version || '',
    modelBytes: Number(page.dataset.modelBytes) || 0,
    noWasm: query.get('wasm') === 'false' && !files,
    embed: query.get('embed') === '1',
    backend: query.get('backend') || '',
    storagePrefix: 'courselab/' + encodeURIComponent(course) + '/' + encodeURIComponent(keep) + '/',
    storage: {kind: 'local', reason: ''},
    // offline.state: unsupported, installing, ready or failed.
    offline: {state: 'unsupported', reason: ''},
    updateReady: false,
    onUpdate: null,
    onOffline: null,
    applyUpdate: applyUpdate,
    contentUsed: contentUsed,
    contentReady: Promise.resolve(false),
    engineModule: engineModule,
    forgetEngine: forgetEngine,
    workerStart: workerStart,
    read: read,
    fileAddress: function (path) { return files ? files.address(path) : root.pathname + path; },
    absolute: function (path) { return new URL(path, root).href; }
  };
  globalThis.courselab = lab;

  // go-app crashes on an address that Go cannot parse, such as "#%zz". The
  // listener comes before go-app's own, so that it sees the mended address too.
  mendAddress();
  window.addEventListener('popstate', mendAddress);

  // mendAddress puts U+FFFD for each '%' that begins no percent encoding; a lab
  // says so of its own link where it finds one.
  function mendAddress() {
    var mend = function (s) { return s.replace(/%(?![0-9A-Fa-f]{2})/g, '%EF%BF%BD'); };
    var mended = mend(location.pathname) + location.search + mend(location.hash);
    if (mended === location.pathname + location.search + location.hash) return;
    history.replaceState(history.state, '', mended);
  }

  // A browser that denies storage throws on the very access; go-app does not
  // survive that, so it gets a stand-in that forgets with the page.
  ['localStorage', 'sessionStorage'].forEach(function (name) {
    try {
      var probe = 'courselab/probe';
      window[name].setItem(probe, '1');
      window[name].removeItem(probe);
    } catch (err) {
      // A full storage is still a storage: what lies in it can be read.
      if (err && err.name === 'QuotaExceededError') return;
      Object.defineProperty(window, name, {value: memoryStorage(), configurable: true});
      lab.storage = {kind: 'memory', reason: String(err && err.message || err)};
    }
  });

  function memoryStorage() {
    var items = new Map();
    return {
      get length() { return items.size; },
      key: function (i) { var k = Array.from(items.keys())[i]; return k === undefined ? null : k; },
      getItem: function (k) { return items.has(String(k)) ? items.get(String(k)) : null; },
      setItem: function (k, v) { items.set(String(k), String(v)); },
      removeItem: function (k) { items.delete(String(k)); },
      clear: function () { items.clear(); }
    };
  }

  // The learner's theme and text size stand before the first paint.
  try {
    var settings = JSON.parse(localStorage.getItem(lab.storagePrefix + 'settings') || '{}');
    if (settings.theme === 'light' || settings.theme === 'dark') page.dataset.theme = settings.theme;
    if (/^(s|m|l|xl)$/.test(settings.size || '')) page.dataset.size = settings.size;
  } catch (err) {
    // The settings page reports a damaged record; here the defaults do.
  }

  var env = {
    GOAPP_VERSION: lab.version,
    // go-app takes it off paths as Go reads them: decoded.
    GOAPP_ROOT_PREFIX: decoded(root.pathname).replace(/\/$/, ''),
    GOAPP_STATIC_RESOURCES_URL: root.pathname.replace(/\/$/, ''),
    GOAPP_INTERNAL_URLS: '[]'
  };
  function decoded(path) {
    try {
      return decodeURIComponent(path);
    } catch (err) {
      return path;
    }
  }
  globalThis.goappGetenv = function (k) { return env[k] || ''; };

  if (files) {
    // The document shows the course map until the program turns the page.
    if (query.get('p') && query.get('p') !== '/') page.dataset.elsewhere = '';
    // A navigation to where the page is already makes no entry in the history.
    var push = history.pushState;
    history.pushState = function (state, title, url) {
      var same = url && new URL(url, location.href).href === location.href;
      (same ? history.replaceState : push).call(history, state, title, url);
    };
  }

  if (lab.embed) embed();

  // embed leaves the lab or lesson alone in its frame: what leads elsewhere opens
  // the whole course beside it.
  function embed() {
    page.dataset.embed = '';
    document.addEventListener('click', function (event) {
      var a = event.target instanceof Element && event.target.closest('a[href]');
      if (!a || a.hasAttribute('download')) return;
      var url = new URL(a.href, location.href);
      if (url.pathname === location.pathname && (!files || url.search === location.search)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      window.open(url.href, '_blank', 'noopener');
    }, true);
  }

  var worker = navigator.serviceWorker;
  // A platform's files are its own to keep: no offline copy of them.
  if (files) {
    lab.offline.state = 'ready';
  } else if (worker && location.protocol !== 'file:' && !host) {
    lab.offline.state = worker.controller ? 'ready' : 'installing';
    worker.addEventListener('message', function (event) {
      if (!event.data || event.data.type !== 'courselab-offline') return;
      setOffline(event.data.state, event.data.reason || '');
    });
    if (worker.controller) lab.contentReady = revalidateContent(1500);
    // Who asked for the text alone did not ask for megabytes in the background.
    if (!lab.noWasm) register();
  }

  // The program comes down and is compiled while the page is still being read.
  var program = lab.noWasm || files ? null : fetchWasm('assets/app.wasm').then(compile);
  if (program) program.catch(function () { /* start() reports it */ });

  document.addEventListener('DOMContentLoaded', function () {
    // After pushState a relative address would resolve elsewhere.
    document.querySelectorAll('link[rel~="icon"], link[rel="apple-touch-icon"], link[rel="manifest"]').forEach(function (link) {
      link.href = link.href;
    });
    if (lab.noWasm) {
      page.dataset.app = 'static';
      keepFlag();
      return;
    }
    start();
  });

  function keepFlag() {
    document.querySelectorAll('a[href]').forEach(function (a) {
      var url = new URL(a.href, location.href);
      if (url.origin !== location.origin || a.getAttribute('href').charAt(0) === '#') return;
      url.searchParams.set('wasm', 'false');
      a.href = url.href;
    });
  }

  async function start() {
    try {
      if (typeof WebAssembly !== 'object') throw new Error('这个浏览器不支持 WebAssembly');
      if (files) {
        if (typeof DecompressionStream !== 'function') throw new Error('这个浏览器太旧，不会解压');
        program = compile(files.response('assets/app.wasm'));
        await files.ready();
      }
      var go = new Go();
      var instance = await WebAssembly.instantiate(await program, go.importObject);
      await go.run(instance);
      failed(new Error('程序意外退出'));
    } catch (err) {
      failed(err);
    }
  }

  function failed(err) {
    console.error('courselab: start', err);
    page.dataset.app = 'failed';
    var note = document.createElement('p');
    note.className = 'boot-failed';
    note.setAttribute('role', 'alert');
    note.textContent = '互动部分没有启动：' + (err && err.message || err) + (files ? '。单文件版的课文要由程序来显示：请换用新版的 Chrome、Edge、Firefox 或 Safari 打开。' : '。正文仍可阅读；刷新页面可重试。');
    document.body.insertBefore(note, document.body.children[1] || null);
  }

  // versioned names a file of the programs with the version, which hosts pass over:
  // a copy that the browser still has of an earlier version is another's.
  function versioned(path) { return lab.absolute(path) + (lab.version ? '?v=' + lab.version : ''); }

  // fetchWasm fetches the compressed copy where the browser can unpack it, since
  // many static hosts send .wasm as it is. A host may also unpack it on the way
  // (Content-Encoding), so the first bytes decide, not the name.
  // fresh passes over the browser's own copy, which may be what did not work.
  async function fetchWasm(path, onProgress, fresh) {
    var how = {cache: fresh ? 'reload' : 'default'};
    var packed = typeof DecompressionStream === 'function';
    var response = await fetch(versioned(packed ? path + '.gz' : path), how);
    if (!response.ok && packed) {
      packed = false;
      response = await fetch(versioned(path), how);
    }
    if (!response.ok) throw new Error(path + ': HTTP ' + response.status);
    var total = Number(response.headers.get('Content-Length')) || 0;
    var reader = response.body.getReader();
    var first = await reader.read();
    var done = 0;
    var count = function (chunk) {
      done += chunk.byteLength;
      if (onProgress) onProgress(done, total);
    };
    var stream = new ReadableStream({
      start: function (controller) {
        if (first.value) { count(first.value); controller.enqueue(first.value); }
        if (first.done) controller.close();
      },
      pull: async function (controller) {
        var next = await reader.read();
        if (next.done) { controller.close(); return; }
        count(next.value);
        controller.enqueue(next.value);
      },
      cancel: function (reason) { return reader.cancel(reason); }
    });
    var head = first.value || new Uint8Array();
    if (head[0] === 0x1f && head[1] === 0x8b) stream = stream.pipeThrough(new DecompressionStream('gzip'));
    return new Response(stream, {headers: {'Content-Type': 'application/wasm'}});
  }

  function compile(response) {
    return WebAssembly.compileStreaming
      ? WebAssembly.compileStreaming(response)
      : response.arrayBuffer().then(WebAssembly.compile);
  }

  // engineModule compiles engine.wasm once for every (re)start of the worker.
  var engine = null;
  var again = false;
  function engineModule(onProgress) {
    if (!engine) {
      engine = (files ? Promise.resolve(files.response('assets/engine.wasm'))
        : fetchWasm('assets/engine.wasm', onProgress || function (done, total) {
          window.dispatchEvent(new CustomEvent('courselab-download', {detail: {what: 'engine', done: done, total: total}}));
        }, again)).then(compile);
      engine.catch(forgetEngine);
    }
    return engine;
  }

  // forgetEngine has the next start fetch the program anew.
  function forgetEngine() {
    engine = null;
    again = true;
  }

  // workerStart returns the engine's script, and the message that starts it
  // short of the compiled program.
  function workerStart() {
    if (files) {
      var at = 'single-file:/';
      return {
        script: files.text('assets/wasm_exec.js') + files.text('assets/worker.js'),
        init: {type: 'init', base: at, kernel: at + 'assets/kernel.wasm', kernelRelaxed: at + 'assets/kernel-relaxed.wasm',
          files: Object.assign(files.forWorker('assets/kernel'), files.forWorker('assets/model/'))}
      };
    }
    return {
      script: 'importScripts(' + JSON.stringify(versioned('assets/worker.js')) + ');',
      init: {type: 'init', base: root.href, wasmExec: versioned('assets/wasm_exec.js'),
        kernel: lab.absolute('assets/kernel.wasm'), kernelRelaxed: lab.absolute('assets/kernel-relaxed.wasm')}
    };
  }

  // read answers with a file of the site; the browser asks the host whether its
  // copy is still good.
  function read(path) {
    return files ? Promise.resolve(files.response(path)) : fetch(root.pathname + path, {cache: 'no-cache'});
  }

  async function register() {
    try {
      var registration = await worker.register(new URL('sw.js', root).href, {scope: root.pathname, updateViaCache: 'none'});
      lab.registration = registration;
      if (registration.waiting && worker.controller) announce();
      if (registration.installing) watch(registration.installing);
      registration.addEventListener('updatefound', function () { watch(registration.installing); });
      if (registration.active && !registration.installing) setOffline('ready', '');
    } catch (err) {
      setOffline('failed', String(err && err.message || err));
    }
  }

  function watch(installing) {
    installing.addEventListener('statechange', function () {
      if (installing.state === 'installed' && worker.controller) announce();
      if (installing.state === 'activated') setOffline('ready', '');
      if (installing.state === 'redundant' && !worker.controller && lab.offline.state !== 'ready') {
        setOffline('failed', lab.offline.reason || '离线副本没有通过校验');
      }
    });
  }

  function announce() {
    lab.updateReady = true;
    if (lab.onUpdate) lab.onUpdate();
  }

  function setOffline(state, reason) {
    lab.offline = {state: state, reason: reason};
    page.dataset.offline = state;
    if (lab.onOffline) lab.onOffline();
  }

  function applyUpdate() {
    var registration = lab.registration;
    var waiting = registration && registration.waiting;
    if (!waiting) { location.reload(); return; }
    worker.addEventListener('controllerchange', function () { location.reload(); }, {once: true});
    waiting.postMessage({type: 'courselab-activate'});
    // Chromium sometimes keeps the old worker on although it has no work left.
    // While the host answers, letting the old worker go does the same: the next
    // load comes from the host and installs the new one.
    setTimeout(async function () {
      try {
        var response = await fetch(new URL('sw.js', root).href, {cache: 'no-store'});
        if (response.ok) await registration.unregister();
      } finally {
        location.reload();
      }
    }, 3000);
  }

  // revalidateContent asks the service worker to fetch the whole course text
  // anew, all files or none, and waits for it no longer than the limit. The answer
  // is whether it has, or what the author has to put right before it can.
  function revalidateContent(limit) {
    return new Promise(function (resolve) {
      var channel = new MessageChannel();
      var timer = setTimeout(function () { resolve(false); }, limit);
      channel.port1.onmessage = function (event) {
        clearTimeout(timer);
        var word = event.data || {};
        resolve(word.fault ? word.reason : Boolean(word.fresh));
      };
      worker.controller.postMessage({type: 'courselab-revalidate'}, [channel.port2]);
    });
  }

  // contentUsed tells the service worker which content files this page read, so
  // that files an instructor added later are kept offline with the rest.
  function contentUsed(paths) {
    if (!worker || !worker.controller) return;
    worker.controller.postMessage({type: 'courselab-content', paths: Array.from(paths)});
  }
})();
