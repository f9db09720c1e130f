// The service worker: the course stays whole without a network.
//
// Two caches. The code cache holds one version of pages, styles and programs,
// each file checked against the SHA-256 that the build wrote into BUILD above;
// an update whose files do not all match is refused whole. The content cache
// holds the lesson texts and data that an instructor may edit on the host; it is
// fetched anew as one set, all files or none, and has no version.
//
// BUILD = {version, code: {path: sha256}, gzipOnly: [path], content: [path]}
'use strict';

const SCOPE = new URL('./', self.location).href;
const PREFIX = 'courselab:' + new URL(SCOPE).pathname + ':';
const CODE = PREFIX + 'code:' + BUILD.version;
const CONTENT = PREFIX + 'content:';
const SET = 'courselab-content-set';
const COURSE = 'content/course.md';

// Where the browser can unpack gzip, the raw copies of large files need no room.
const CAN_UNPACK = typeof DecompressionStream === 'function';

const address = (path) => new URL(path, SCOPE).href;
const inScope = (url) => url.href.startsWith(SCOPE);

// pathOf returns a file's path below the scope; where the address is no valid
// percent encoding, as it stands: no file has such a name.
function pathOf(url) {
  const path = url.pathname.slice(new URL(SCOPE).pathname.length);
  try {
    return decodeURI(path);
  } catch (err) {
    return path;
  }
}

function codeFiles() {
  const files = Object.keys(BUILD.code).filter((path) => {
    if (path.endsWith('.wasm.gz')) return CAN_UNPACK;
    if (path + '.gz' in BUILD.code) return !CAN_UNPACK;
    return true;
  });
  // The language model comes last: few pages need it, and none at once.
  const late = (path) => path.startsWith('assets/model/');
  return files.filter((path) => !late(path)).concat(files.filter(late));
}

self.addEventListener('install', (event) => event.waitUntil(install()));

async function install() {
  try {
    const cache = await caches.open(CODE);
    const files = codeFiles();
    // A few at a time: static hosts and phones both dislike a hundred at once.
    const next = async () => {
      for (let path = files.shift(); path !== undefined; path = files.shift()) {
        await cache.put(address(path), await fetchChecked(path, BUILD.code[path]));
      }
    };
    await Promise.all([next(), next(), next(), next()]);
    if (!(await currentContent())) await fetchContent(BUILD.content);
  } catch (err) {
    await caches.delete(CODE);
    await tell('failed', String(err && err.message || err));
    throw err;
  }
}

// fetchChecked returns the file as a response that is neither redirected nor
// tied to the network, or throws when its bytes are not the build's.
async function fetchChecked(path, want) {
  const response = await fetch(new Request(address(path), {cache: 'reload'}));
  if (!response.ok) throw new Error(path + ': HTTP ' + response.status);
  const body = await response.arrayBuffer();
  const got = await sha256(body);
  if (got !== want) {
    // A host that sends Content-Encoding for a .gz file hands over the unpacked
    // bytes. Packing again gives no known hash, so the raw file's is compared.
    const raw = path.endsWith('.gz') ? BUILD.code[path.slice(0, -3)] : undefined;
    if (got !== raw) throw new Error(path + '：内容与发布时的校验值不符，主机可能改写了文件');
  }
  return plain(body, response.headers.get('Content-Type'), path);
}

function plain(body, type, path) {
  const headers = {'Content-Length': String(body.byteLength)};
  headers['Content-Type'] = path.endsWith('.wasm') ? 'application/wasm' : type || 'application/octet-stream';
  return new Response(body, {status: 200, headers});
}

async function sha256(body) {
  const digest = await crypto.subtle.digest('SHA-256', body);
  return Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, '0')).join('');
}

async function tell(state, reason) {
  const clients = await self.clients.matchAll({includeUncontrolled: true, type: 'window'});
  for (const client of clients) {
    if (client.url.startsWith(SCOPE)) client.postMessage({type: 'courselab-offline', state, reason});
  }
}

self.addEventListener('activate', (event) => event.waitUntil(activate()));

async function activate() {
  for (const name of await caches.keys()) {
    // Only our own: other apps may live on this origin.
    if (name.startsWith(PREFIX + 'code:') && name !== CODE) await caches.delete(name);
  }
  await self.clients.claim();
  await tell('ready', '');
}

// ---- content -------------------------------------------------------------

// currentContent returns the newest complete set's cache, or undefined. A set is
// complete when its list stands in it, which is written last.
async function currentContent() {
  return current || (current = await findContent());
}

// current spares every request the search through all caches; it is forgotten
// with the worker, and when a new set is complete.
let current;

async function findContent() {
  const names = (await caches.keys()).filter((n) => n.startsWith(CONTENT)).sort();
  for (const name of names.reverse()) {
    const cache = await caches.open(name);
    if (await cache.match(address(SET))) return {name, cache};
  }
  return undefined;
}

async function contentPaths() {
  const set = await currentContent();
  const list = set && await set.cache.match(address(SET));
  if (list) return (await list.json()).paths;
  // Never fetched, or cleared since with the site's data.
  current = undefined;
  return BUILD.content;
}

let fetching = null;

function fetchContent(paths) {
  if (!fetching) fetching = fetchSet(paths).finally(() => { fetching = null; });
  return fetching;
}

async function fetchSet(paths) {
  const newest = await currentContent();
  const serial = newest ? Number(newest.name.slice(CONTENT.length)) + 1 : 1;
  const name = CONTENT + String(serial).padStart(9, '0');
  const cache = await caches.open(name);
  try {
    const kept = [];
    const course = await fetch(new Request(address(COURSE), {cache: 'no-cache'}));
    const named = course.ok ? namedIn(await course.text()) : [];
    await Promise.all(union(paths, named).map(async (path) => {
      const response = await fetch(new Request(address(path), {cache: 'no-cache'}));
      // A file that is gone leaves the set; any other failure refuses the set.
      // What the course file names must be there: it may not be uploaded yet.
      if (response.status === 404 || response.status === 410) {
        if (named.includes(path)) throw Object.assign(new Error(path + '：course.md 里有，主机上没有'), {fault: true});
        return;
      }
      if (!response.ok) throw new Error(path + ': HTTP ' + response.status);
      const type = response.headers.get('Content-Type') || '';
      if (type.startsWith('text/html')) throw new Error(path + '：主机返回了网页而不是文件');
      await cache.put(address(path), plain(await response.arrayBuffer(), type, path));
      kept.push(path);
    }));
    if (!kept.includes(COURSE)) throw new Error(COURSE + '：主机上没有这个文件');
    await cache.put(address(SET), new Response(JSON.stringify({paths: kept.sort()})));
  } catch (err) {
    await caches.delete(name);
    throw err;
  }
  current = undefined;
  for (const old of await caches.keys()) {
    if (old.startsWith(CONTENT) && old < name) await caches.delete(old);
  }
}

// namedIn lists the lessons and the glossary that a course file names, as far as
// that can be told without its parser: a set without one of them is not whole.
function namedIn(text) {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n?|\n/);
  const value = (key) => {
    const line = lines.find((l) => l.startsWith(key + ':')) || '';
    return line.slice(key.length + 1).replace(/\s#.*$/, '').replace(/["'\s]/g, '');
  };
  const modules = value('modules').replace(/[[\]]/g, '').split(',');
  const at = lines.findIndex((l) => l.startsWith('modules:'));
  for (const line of at < 0 ? [] : lines.slice(at + 1)) {
    const item = /^\s*-\s+["']?([\w-]+)/.exec(line);
    if (item) modules.push(item[1]);
    else if (line.trim() !== '' && !line.trim().startsWith('#')) break;
  }
  const files = modules.filter((id) => /^[A-Za-z][\w-]*$/.test(id)).map((id) => id + '.md');
  const glossary = value('glossary');
  if (/^[A-Za-z][\w-]*\.md$/.test(glossary)) files.push(glossary);
  const lang = value('lang');
  return /^[A-Za-z][\w-]*$/.test(lang) ? files.map((file) => 'content/' + lang + '/' + file) : [];
}

const union = (a, b) => Array.from(new Set(a.concat(b)));

self.addEventListener('message', (event) => {
  const data = event.data || {};
  if (data.type === 'courselab-activate') self.skipWaiting();
  if (data.type === 'courselab-revalidate') {
    const port = event.ports[0];
    event.waitUntil(contentPaths().then(fetchContent).then(
      () => port && port.postMessage({fresh: true}),
      (err) => port && port.postMessage({fresh: false, fault: Boolean(err && err.fault), reason: String(err && err.message || err)})).then(mend));
  }
  if (data.type === 'courselab-content') event.waitUntil(addContent(data.paths || []));
});

async function addContent(paths) {
  // A set that is being fetched does not know of these paths.
  while (fetching) await fetching.catch(() => {});
  const known = await contentPaths();
  const added = paths.filter((p) => typeof p === 'string' && p.startsWith('content/') && !known.includes(p));
  if (added.length > 0) await fetchContent(known.concat(added));
}

// ---- requests ------------------------------------------------------------

self.addEventListener('fetch', (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin || !inScope(url)) return;
  event.respondWith(request.mode === 'navigate' ? navigate(request, url) : resource(event, request, url));
});

async function navigate(request, url) {
  const cache = await codeCache();
  const path = pathOf(url);
  const file = path === '' || path.endsWith('/') ? path + 'index.html' : path;
  const hit = await cache.match(address(file), {ignoreSearch: true});
  if (hit) return hit;
  // The page's own links are relative to the folder form.
  if (await cache.match(address(file + '/index.html'))) {
    return Response.redirect(SCOPE + path + '/' + url.search, 302);
  }
  const added = await addedLesson(path);
  if (added && !path.includes('/', 'lessons/'.length)) return Response.redirect(SCOPE + path + '/' + url.search, 302);
  try {
    const response = await fetch(request);
    if (response.ok || !added) return response;
  } catch (err) {
    if (!added) return (await cache.match(address('404.html'))) || Response.error();
  }
  return (await cache.match(address('lessons/new/index.html'))) || Response.error();
}

// addedLesson reports whether a path is the page of a lesson that the course has
// got since it was built, so that no page of it was made.
async function addedLesson(path) {
  const page = /^lessons\/([A-Za-z][\w-]*)\/?(index\.html)?$/.exec(path);
  return page !== null && (await contentPaths()).some((p) => p.startsWith('content/') && p.endsWith('/' + page[1] + '.md'));
}

// The code cache, opened once in the worker's life.
let code;
const codeCache = () => code || (code = caches.open(CODE));

// mend fetches what the offline copy has lost since it was whole, as when the
// site's data is cleared while the worker stays. Files of another version are
// refused as ever: then the copy stays as it is until the update is installed.
let mending = null;

function mend() {
  if (!mending) mending = mendCode().finally(() => { mending = null; });
  return mending;
}

async function mendCode() {
  const cache = await (code = caches.open(CODE));
  const kept = new Set((await cache.keys()).map((request) => request.url));
  const lost = codeFiles().filter((path) => !kept.has(address(path)));
  if (lost.length === 0) return;
  await tell('installing', '');
  try {
    for (const path of lost) await cache.put(address(path), await fetchChecked(path, BUILD.code[path]));
    await tell('ready', '');
  } catch (err) {
    await tell('failed', String(err && err.message || err));
  }
}

async function resource(event, request, url) {
  const path = pathOf(url);
  if (path.startsWith('content/')) {
    const set = await currentContent();
    const hit = set && await set.cache.match(address(path));
    if (hit) return hit;
    const response = await fetch(request);
    // A picture that was added since: it belongs to the set from now on.
    if (set && response.ok) event.waitUntil(addContent([path]).catch(() => {}));
    return response;
  }
  const cache = await codeCache();
  return (await cache.match(address(path), {ignoreSearch: true})) || fetch(request);
}
