// worker.js runs the engine in a dedicated worker. The page makes the worker
// from a Blob that imports this file, so that the page's policy covers it too,
// and sends an "init" message first: {module, base, wasmExec, kernel,
// kernelRelaxed, params}; in the single-file edition with files and without
// wasmExec, which stands before this script then.
//
// A worker drops messages until somebody listens, and Go listens only once it
// runs: what comes before that waits here.
'use strict';

(function () {
  var waiting = [];
  var receive = null;

  // Go sets courselabReceive when it is ready; the setter hands over the backlog.
  Object.defineProperty(self, 'courselabReceive', {
    get: function () { return receive; },
    set: function (f) {
      receive = f;
      while (receive && waiting.length > 0) receive(waiting.shift());
    }
  });

  self.onmessage = function (event) {
    if (event.data && event.data.type === 'init') {
      start(event.data);
    } else if (receive) {
      receive(event.data);
    } else {
      waiting.push(event.data);
    }
  };

  function fatal(err) {
    self.postMessage({type: 'fatal', message: String(err && err.message || err)});
  }

  self.addEventListener('unhandledrejection', function (event) { fatal(event.reason); });

  // answerFrom makes fetch answer from the files that came with the message:
  // {path: {blob, packed, size}}, packed with gzip.
  function answerFrom(files, base) {
    self.fetch = async function (address) {
      var file = files[String(address).slice(base.length)];
      if (!file) return new Response('', {status: 404});
      var stream = file.blob.stream();
      if (file.packed) stream = stream.pipeThrough(new DecompressionStream('gzip'));
      return new Response(stream, {headers: {'Content-Length': String(file.size)}});
    };
  }

  async function start(init) {
    try {
      if (init.wasmExec) importScripts(init.wasmExec);
      if (init.files) answerFrom(init.files, init.base);
      var go = new Go();
      var instance = await WebAssembly.instantiate(init.module, go.importObject);
      self.courselabInit = init;
      // The SIMD kernel works on Go's own memory.
      self.courselabMemory = instance.exports.mem;
      await go.run(instance);
      fatal('计算程序已退出');
    } catch (err) {
      fatal(err);
    }
  }
})();
