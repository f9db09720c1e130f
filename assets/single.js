// single.js stands before boot.js in the single-file edition and reads the files
// that the document carries: each is the text of a
// <script type="text/plain" data-file="PATH" data-size="BYTES">, as it is, or
// with data-packed gzip-compressed and written in base 85 (see app/site/single.go).
// Nothing is ever fetched, so the file works from a disk.
(function () {
  'use strict';

  var blocks = null;   // path → element, once the document has been read
  var unpacked = {};   // path → Uint8Array, of files that are asked for at once
  var addresses = {};  // path → object URL

  var types = {
    css: 'text/css', csv: 'text/csv', gif: 'image/gif', jpeg: 'image/jpeg', jpg: 'image/jpeg', js: 'text/javascript',
    json: 'application/json', md: 'text/markdown', pdf: 'application/pdf', png: 'image/png', svg: 'image/svg+xml',
    txt: 'text/plain', wasm: 'application/wasm', webp: 'image/webp'
  };

  function typeOf(path) {
    return types[path.slice(path.lastIndexOf('.') + 1).toLowerCase()] || 'application/octet-stream';
  }

  function all() {
    if (!blocks) {
      blocks = new Map();
      document.querySelectorAll('script[data-file]').forEach(function (e) { blocks.set(e.dataset.file, e); });
    }
    return blocks;
  }

  // bytes undoes base 85: five digits from '!' to 'u' are four bytes, a short
  // last group is filled up, and 'v' stands for '<', which would be markup.
  function bytes(text) {
    var out = new Uint8Array(Math.ceil(text.length / 5) * 4), n = 0, value = 0, digits = 0;
    for (var i = 0; i < text.length; i++) {
      var c = text.charCodeAt(i);
      value = value * 85 + (c === 118 ? 60 : c) - 33;
      if (++digits === 5) {
        out[n] = value >>> 24; out[n + 1] = value >>> 16; out[n + 2] = value >>> 8; out[n + 3] = value;
        n += 4; value = 0; digits = 0;
      }
    }
    if (digits > 0) {
      for (var fill = digits; fill < 5; fill++) value = value * 85 + 84;
      for (var k = 0; k < digits - 1; k++) out[n++] = value >>> (24 - 8 * k);
    }
    return out.slice(0, n);
  }

  // blob returns a file as it is carried, packed where that is said.
  function blob(e) {
    return new Blob([e.dataset.packed === undefined ? e.textContent : bytes(e.textContent)]);
  }

  function unpack(e, path, data) {
    var stream = data.stream();
    if (e.dataset.packed !== undefined) stream = stream.pipeThrough(new DecompressionStream('gzip'));
    return new Response(stream, {headers: {'Content-Type': typeOf(path), 'Content-Length': e.dataset.size || ''}});
  }

  globalThis.courselabFiles = {
    // response answers as a host does.
    response: function (path) {
      if (unpacked[path]) return new Response(unpacked[path], {headers: {'Content-Type': typeOf(path)}});
      var e = all().get(path);
      return e ? unpack(e, path, blob(e)) : new Response('', {status: 404});
    },
    // text returns a script that is carried as it is.
    text: function (path) { return all().get(path).textContent; },
    // forWorker returns all files below a folder: path → {blob, packed, size}.
    forWorker: function (folder) {
      var files = {};
      all().forEach(function (e, path) {
        if (!path.startsWith(folder)) return;
        files[path] = {blob: blob(e), packed: e.dataset.packed !== undefined, size: Number(e.dataset.size) || 0};
      });
      return files;
    },
    // ready unpacks the course's files, which address and the pages want at once.
    ready: async function () {
      await Promise.all(Array.from(all(), async function (entry) {
        var path = entry[0], e = entry[1];
        if (path.startsWith('content/')) unpacked[path] = new Uint8Array(await unpack(e, path, blob(e)).arrayBuffer());
      }));
    },
    // address returns an address for an image or a link, '' where there is no file.
    address: function (path) {
      if (!addresses[path] && unpacked[path]) {
        addresses[path] = URL.createObjectURL(new Blob([unpacked[path]], {type: typeOf(path)}));
      }
      return addresses[path] || '';
    }
  };
})();
